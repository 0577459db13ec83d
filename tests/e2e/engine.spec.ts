/** The engine in a real browser, through its JavaScript API: what it reaches, that both devices agree, and what happens without a GPU. */

import type { Page } from '@playwright/test';
import type * as Vitrine from '../../www/engine/client.ts';
import { expect, patchWorker, test } from './support.ts';

type Device = Vitrine.DeviceChoice;

/** Opens a page of the site that does nothing by itself, and makes the API its `vitrine`. */
async function open(page: Page, url: string): Promise<void> {
  await page.goto(`${url}embed.html`);
  await page.evaluate(async (module) => Object.assign(window, { vitrine: await import(module) }), `${url}vitrine.js`);
}

declare global {
  interface Window {
    vitrine: typeof Vitrine;
  }
}

/** Validation accuracy of LeNet-5 on the digits, measured after every epoch until it reaches `goal` or `epochs` are over. */
function learnDigits(page: Page, device: Device, goal: number, epochs: number) {
  return page.evaluate(
    async ({ device, goal, epochs }) => {
      const engine = await window.vitrine.Engine.create({ device });
      const data = await engine.dataset({ kind: 'digits' });
      const { shape, classes, mean, std } = data.info;
      const model = await engine.model({ ...(await engine.preset('lenet-5', shape, classes.length)), mean, std });
      const trainer = await model.trainer(data, { seed: 7 });
      let accuracy = 0;
      while (accuracy < goal && trainer.epoch < epochs) {
        await trainer.run(trainer.stepsPerEpoch);
        accuracy = (await trainer.evaluate('validation')).accuracy;
      }
      const { kind } = await engine.info();
      const { train, validation } = data.info;
      engine.dispose();
      return { accuracy, epoch: trainer.epoch, kind, train, validation };
    },
    { device, goal, epochs },
  );
}

/** The losses of the first `steps` steps of one seed. */
function losses(page: Page, device: Device, steps: number): Promise<number[]> {
  return page.evaluate(
    async ({ device, steps }) => {
      const engine = await window.vitrine.Engine.create({ device });
      const data = await engine.dataset({ kind: 'digits' });
      const model = await engine.model(await engine.preset('lenet-5', data.info.shape, data.info.classes.length));
      const trainer = await model.trainer(data, { seed: 7 });
      const { metrics } = await trainer.run(steps);
      engine.dispose();
      return metrics.map(({ loss }) => loss);
    },
    { device, steps },
  );
}

for (const [device, kind] of [
  ['cpu', 'cpu'],
  ['gpu-software', 'gpu'],
] as const) {
  test(`LeNet-5 reads 97.5 % of the held-out digits within 30 epochs on ${device}`, async ({ page, site }) => {
    test.setTimeout(300_000);
    await open(page, site.url);
    const result = await learnDigits(page, device, 0.975, 30);
    console.log(`${device}: ${(100 * result.accuracy).toFixed(2)} % after ${result.epoch} epochs`);
    expect(result.kind).toBe(kind);
    expect(result.train + result.validation).toBe(1797);
    expect(result.validation / 1797).toBeCloseTo(0.2, 2);
    expect(result.accuracy).toBeGreaterThanOrEqual(0.975);
  });
}

test('auto times the network on both devices, takes the faster one and says so; another batch is another choice', async ({
  page,
  site,
}) => {
  await open(page, site.url);
  const result = await page.evaluate(async () => {
    const engine = await window.vitrine.Engine.create({ device: 'auto-software' });
    const before = await engine.info();
    const changes: Vitrine.DeviceInfo[] = [];
    engine.onDeviceChange((info) => changes.push(info));
    const data = await engine.dataset({ kind: 'digits' });
    const model = await engine.model(await engine.preset('lenet-5', data.info.shape, data.info.classes.length));
    const steps = async (options: object) => (await (await model.trainer(data, options)).run(5)).metrics.map(({ loss }) => loss);
    const first = await steps({ seed: 7 });
    const again = await steps({ seed: 7 });
    await steps({ seed: 7, batchSize: 8 });
    const after = await engine.info();
    engine.dispose();
    const forced = await window.vitrine.Engine.create({ device: after.kind === 'gpu' ? 'gpu-software' : 'cpu' });
    const plain = await forced.model(await forced.preset('lenet-5', data.info.shape, data.info.classes.length));
    const trainer = await plain.trainer(await forced.dataset({ kind: 'digits' }), { seed: 7 });
    const expected = (await trainer.run(5)).metrics.map(({ loss }) => loss);
    forced.dispose();
    return { before, changes, first, again, after, expected };
  });
  const { before, changes, after } = result;
  expect(before.kind).toBe('gpu');
  expect(before.rates).toBeNull();
  expect(changes).toHaveLength(3);
  for (const { kind, rates, reason } of changes) {
    expect(rates!.cpu).toBeGreaterThan(0);
    expect(rates!.gpu).toBeGreaterThan(0);
    expect(kind).toBe(rates!.gpu >= rates!.cpu ? 'gpu' : 'cpu');
    expect(reason).toMatch(
      /^This model trains faster on the [CG]PU, by measurement: [\d.]+ steps a second on the CPU, [\d.]+ on WebGPU/,
    );
  }
  console.log(after.reason);
  // Kept for the same architecture and batch, measured anew for another.
  expect(changes[1].rates).toEqual(changes[0].rates);
  expect(changes[2].rates).not.toEqual(changes[0].rates);
  // No step of the comparison has touched the run.
  expect(result.again).toEqual(result.first);
  if (changes[0].kind === after.kind) expect(result.first).toEqual(result.expected);
});

test('CPU and GPU agree on the loss of every one of the first 50 steps', async ({ page, site }) => {
  await open(page, site.url);
  const [cpu, gpu] = [await losses(page, 'cpu', 50), await losses(page, 'gpu-software', 50)];
  expect(cpu).toHaveLength(50);
  expect(gpu).toHaveLength(50);
  const worst = Math.max(...cpu.map((loss, i) => Math.abs(loss - gpu[i]) / Math.abs(loss)));
  console.log(`largest relative difference ${worst.toExponential(1)}`);
  expect(worst).toBeLessThan(1e-3);
});

test('the same seed gives the same run, bit for bit', async ({ page, site }) => {
  await open(page, site.url);
  expect(await losses(page, 'cpu', 30)).toEqual(await losses(page, 'cpu', 30));
});

for (const [what, patch] of [
  ['absent', "Object.defineProperty(navigator, 'gpu', { value: undefined })"],
  ['refused', 'GPU.prototype.requestAdapter = async () => null'],
  [
    'failing to make a device',
    "GPUAdapter.prototype.requestDevice = async () => { throw new DOMException('no', 'OperationError') }",
  ],
] as const) {
  test(`with WebGPU ${what}, auto trains on the CPU and gpu is refused`, async ({ page, site }) => {
    await patchWorker(page, patch);
    await open(page, site.url);
    const result = await learnDigits(page, 'auto', 0.5, 10);
    expect(result.kind).toBe('cpu');
    expect(result.accuracy).toBeGreaterThan(0.5);
    const code = await page.evaluate(() =>
      window.vitrine.Engine.create({ device: 'gpu' }).then(
        () => 'accepted',
        (error) => error.code,
      ),
    );
    expect(code).toBe('device');
  });
}

test('a GPU lost in mid-training: the run goes on, on the CPU, from the last checkpoint, as if it had always been there', async ({
  page,
  site,
}) => {
  await open(page, site.url);
  const result = await page.evaluate(async () => {
    const engine = await window.vitrine.Engine.create({ device: 'gpu-software' });
    const changes: string[] = [];
    engine.onDeviceChange(({ kind, reason }) => changes.push(`${kind}: ${reason}`));
    const data = await engine.dataset({ kind: 'digits' });
    const model = await engine.model(await engine.preset('lenet-5', data.info.shape, data.info.classes.length));
    const trainer = await model.trainer(data, { seed: 7 });
    const before = (await trainer.run(150)).metrics;
    await engine.simulateDeviceLoss();
    const after = (await trainer.run(40)).metrics;
    const { kind } = await engine.info();
    engine.dispose();
    return { kind, changes, before, after };
  });
  expect(result.kind).toBe('cpu');
  expect(result.changes.join()).toMatch(/^cpu: .*lost/i);
  expect(result.before).toHaveLength(150);
  expect(result.after).toHaveLength(40);
  // Not from the beginning: a checkpoint is never far behind.
  expect(result.after[0].step).toBeGreaterThan(result.before[0].step);
  expect(result.after[0].step).toBeLessThanOrEqual(result.before[149].step + 1);
  const alone = await losses(page, 'cpu', 190);
  for (const { step, loss } of [...result.before, ...result.after]) {
    const expected = alone[step - result.before[0].step];
    expect(Math.abs(loss - expected) / expected, `step ${step}`).toBeLessThan(1e-2);
  }
});

test('an own graph spreads an image by a transposed convolution', async ({ page, site }) => {
  await open(page, site.url);
  const result = await page.evaluate(async () => {
    const engine = await window.vitrine.Engine.create({ device: 'cpu' });
    const program = await engine.program((g) => {
      const [x, weight] = [g.input('x', [1, 1, 2, 2]), g.input('weight', [1, 1, 2, 2])];
      g.output('spread', x.convTranspose2d(weight, [4, 4], { stride: 2 }));
      g.output('padded', x.convTranspose2d(weight, [3, 3], { stride: 2, padding: 1 }));
    });
    const { spread, padded } = await program.run({ x: [1, 2, 3, 4], weight: [1, 10, 100, 1000] });
    engine.dispose();
    return { spread: [spread!.shape, [...spread!.data]], padded: [padded!.shape, [...padded!.data]] };
  });
  // Stride and size alike: the Kronecker product (COURSE C3). Padding cuts the border off.
  expect(result.spread).toEqual([
    [1, 1, 4, 4],
    [1, 10, 2, 20, 100, 1000, 200, 2000, 3, 30, 4, 40, 300, 3000, 400, 4000],
  ]);
  expect(result.padded).toEqual([
    [1, 1, 3, 3],
    [1000, 200, 2000, 30, 4, 40, 3000, 400, 4000],
  ]);
});

test('measures of explanations come out the same twice, alike on both devices, and a lost GPU does not stop them', async ({
  page,
  site,
}) => {
  await open(page, site.url);
  const measure = (device: Device, lose: boolean) =>
    page.evaluate(
      async ({ device, lose }) => {
        const engine = await window.vitrine.Engine.create({ device });
        const data = await engine.dataset({ kind: 'rooms', size: 16, count: 40 }, { seed: 1 });
        const model = await engine.model(await engine.preset('gap-cnn', data.info.shape, data.info.classes.length), { seed: 1 });
        const report = await model.measure(data, {
          methods: ['saliency', 'grad-cam', 'integrated-gradients'],
          explain: { steps: 8 },
          images: 3,
          seed: 5,
          onProgress: ({ done }) => {
            if (lose && done === 1) void engine.simulateDeviceLoss();
          },
        });
        const { kind } = await engine.info();
        engine.dispose();
        const figures = report.rows.map(({ figures: { time: _, ...figures } }) => figures);
        const times = report.rows.map(({ figures }) => figures.time);
        const { n, mean, low, high } = report.summary[1].figures.auc;
        return {
          kind,
          figures,
          times,
          auc: { n, mean, low, high },
          tests: report.tests.length,
          deletion: [...report.curves[0].deletion],
        };
      },
      { device, lose },
    );
  const [once, twice, gpu, lost] = [
    await measure('cpu', false),
    await measure('cpu', false),
    await measure('gpu-software', false),
    await measure('gpu-software', true),
  ];
  expect(once.figures).toHaveLength(9);
  expect(once.tests).toBe(9 * 3);
  expect(once.deletion).toHaveLength(17);
  expect(twice.figures).toEqual(once.figures);
  expect(twice.deletion).toEqual(once.deletion);
  expect(once.times.every((time) => time !== null && time >= 0)).toBe(true);
  const aucs = [1, 4, 7].map((i) => once.figures[i].auc!);
  expect(once.auc.n).toBe(3);
  expect(once.auc.mean).toBeCloseTo(aucs.reduce((sum, auc) => sum + auc) / 3, 9);
  expect(once.auc.low).toBeLessThan(once.auc.mean!);
  expect([gpu.kind, lost.kind]).toEqual(['gpu', 'cpu']);
  for (const other of [gpu, lost]) {
    expect(other.figures).toHaveLength(9);
    other.figures.forEach(({ auc, deletion, insertion }, i) => {
      expect(auc).toBeCloseTo(once.figures[i].auc!, 2);
      expect(deletion).toBeCloseTo(once.figures[i].deletion!, 3);
      expect(insertion).toBeCloseTo(once.figures[i].insertion!, 3);
    });
  }
});

test('only rooms have masks, and the settings of a measurement are checked', async ({ page, site }) => {
  await open(page, site.url);
  const codes = await page.evaluate(async () => {
    const engine = await window.vitrine.Engine.create({ device: 'cpu' });
    const digits = await engine.dataset({ kind: 'digits' });
    const rooms = await engine.dataset({ kind: 'rooms', size: 16, count: 10 }, { seed: 1 });
    const model = await engine.model([{ type: 'flatten' }, { type: 'dense', units: 5 }], { input: [3, 16, 16] });
    const problem = (promise: Promise<unknown>) =>
      promise.then(
        () => 'none',
        ({ code, message }) => `${code} ${message}`,
      );
    const codes = [
      await problem(digits.masks('train', [0])),
      await problem(rooms.masks('validation', [2])),
      await problem(model.measure(rooms, { methods: [] })),
      await problem(model.measure(rooms, { methods: ['grad-cam'] })),
      await problem(model.measure(rooms, { methods: ['saliency'], images: 0 })),
    ];
    const mask = (await rooms.masks('validation', [1]))!;
    engine.dispose();
    return {
      codes,
      known: [digits.info.masks, rooms.info.masks],
      covered: mask.filter((share) => share >= 0.5).length,
      size: mask.length,
    };
  });
  expect(codes.codes).toEqual([
    expect.stringMatching(/^option .*rooms/),
    expect.stringMatching(/^option .*no image 2/),
    expect.stringMatching(/^option .*methods/),
    expect.stringMatching(/^option .*convolution/),
    expect.stringMatching(/^option .*none to measure/),
  ]);
  expect(codes.known).toEqual([false, true]);
  expect(codes.size).toBe(256);
  expect(codes.covered).toBeGreaterThan(10);
  expect(codes.covered).toBeLessThan(128);
});
