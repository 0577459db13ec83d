/** Autoencoders through the JavaScript API, and their lab, in a real browser. */
import type { Page } from '@playwright/test';
import type * as Vitrine from '../../www/engine/client.ts';
import { largeHalves } from './files.ts';
import { Lab } from './lab.ts';
import { expect, expectAccessible, test } from './support.ts';

declare global {
  interface Window {
    vitrine: typeof Vitrine;
  }
}

test.describe('through the JavaScript API', () => {
  test.beforeEach(async ({ page, site }) => {
    await page.goto(`${site.url}embed.html`);
    await page.evaluate(async (module) => Object.assign(window, { vitrine: await import(module) }), `${site.url}vitrine.js`);
  });

  test('a variational autoencoder learns the digits, draws, walks, and repeats itself', async ({ page }) => {
    const found = await page.evaluate(async () => {
      const engine = await window.vitrine.Engine.create({ device: 'cpu' });
      const data = await engine.dataset({ kind: 'digits' });
      const coder = await engine.autoencoder(data, {
        regulariser: 'variational',
        hidden: [32],
        seed: 3,
      });
      const first = await coder.run(300);
      const { pixels } = await data.images('validation', [0, 1, 2]);
      const { codes, deviations } = await coder.encode(pixels);
      const back = await coder.reconstruct(pixels);
      const walk = await coder.interpolate(pixels.slice(0, 64), pixels.slice(64, 128), 5);
      const grid = await coder.grid(4, Float32Array.of(0, 0));
      const line = await coder.traverse(Float32Array.of(0, 0), 1, -2, 2, 5);
      const samples = await coder.sample(10, { prior: 'fitted', seed: 4 });
      const latents = await coder.latents(pixels);
      const cost = await coder.cost();
      await coder.setStrength(4);
      await coder.setLearningRate(0.01);
      await coder.setStrength(1);
      await coder.setLearningRate(0.001);
      await coder.rewind();
      const again = await coder.run(300);
      await coder.rewind(9);
      const other = await coder.run(1);
      engine.dispose();
      const images = [back.images, walk.images, grid.images, line.images, samples.images];
      return {
        first,
        same: JSON.stringify(first) === JSON.stringify(again),
        other: other.steps[0].loss,
        codes: [...codes],
        deviations: deviations?.length,
        lengths: images.map((list) => list.length / 64),
        bounded: images.every((list) => list.every((value) => value >= 0 && value <= 1)),
        ends: [...walk.codes.slice(0, 2), ...walk.codes.slice(8)],
        line: [...line.codes],
        latents,
        cost,
      };
    });
    const { steps, diverged } = found.first;
    expect([steps.length, diverged, steps[299].step]).toEqual([300, null, 300]);
    expect(steps[299].loss).toBeLessThan(0.8 * steps[0].loss);
    expect(steps[299].penalty).toBeCloseTo(steps[299].divergences[0] + steps[299].divergences[1], 4);
    expect(found.same).toBe(true);
    expect(found.other).not.toBe(steps[0].loss);
    expect(found.deviations).toBe(6);
    expect(found.lengths).toEqual([3, 5, 16, 5, 10]);
    expect(found.bounded).toBe(true);
    expect(found.ends).toEqual(found.codes.slice(0, 4));
    expect(found.line).toEqual([0, -2, 0, -1, 0, 0, 0, 1, 0, 2]);
    expect(found.latents).toHaveLength(2);
    // 64 → 32 → 2·2 and 2 → 32 → 64, with biases.
    expect(found.cost).toMatchObject({
      parameters: 64 * 32 + 32 + 32 * 4 + 4 + 2 * 32 + 32 + 32 * 64 + 64,
      encoderMacs: 64 * 32 + 32 * 4,
    });
  });

  test('pairs of rooms supervise, and a lost GPU does not end the run', async ({ page }) => {
    const found = await page.evaluate(async () => {
      const engine = await window.vitrine.Engine.create({
        device: 'gpu-software',
      });
      const data = await engine.dataset({
        kind: 'rooms',
        size: 16,
        count: 60,
        scatter: 0,
      });
      const options = {
        shape: 'convolutional',
        filters: [4, 8],
        hidden: [16],
        latent: 4,
        batch: 16,
      } as const;
      const coder = await engine.autoencoder(data, {
        ...options,
        regulariser: 'variational',
        pairs: 'one-factor',
      });
      const before = await coder.run(3);
      await engine.simulateDeviceLoss();
      const after = await coder.run(3);
      const { kind } = await engine.info();
      engine.dispose();
      return {
        kind,
        steps: [...before.steps, ...after.steps].map(({ step, loss }) => [step, loss]),
      };
    });
    expect(found.kind).toBe('cpu');
    expect(found.steps.map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(found.steps.every(([, loss]) => Number.isFinite(loss))).toBe(true);
  });

  test('codes are judged: against PCA, as features, against factors; a matrix is factorised', async ({ page }) => {
    const found = await page.evaluate(async () => {
      const engine = await window.vitrine.Engine.create({ device: 'cpu' });
      const data = await engine.dataset({ kind: 'digits' });
      const options = {
        shape: 'linear',
        latent: 2,
        batch: 512,
        learningRate: 0.02,
        halfLife: 200,
        seed: 3,
      } as const;
      const linear = await engine.autoencoder(data, options);
      const before = await linear.principal();
      await linear.run(1000);
      const after = await linear.principal();
      const probe = await linear.probe(500);
      const shares: number[] = [];
      const onProgress = ({ done, of }: { done: number; of: number }) => shares.push(done / of);
      const few = await linear.fewLabels({ perClass: 3, repeats: 2, steps: 60, onProgress });
      const again = await linear.fewLabels({ perClass: 3, repeats: 1, steps: 60, seed: 2 });
      const control = new AbortController();
      const stopped = await linear.fewLabels({ signal: control.signal, onProgress: () => control.abort() }).then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
      const { pixels } = await data.images('train', [7]);
      const similar = await linear.similar(pixels, 3);
      const rooms = await engine.dataset({
        kind: 'rooms',
        size: 16,
        count: 60,
        scatter: 0,
      });
      const coder = await engine.autoencoder(rooms, { latent: 3, batch: 16 });
      const { importance, mig } = await coder.disentanglement('train');
      const factors = await coder.factors('train', [0, 1]);
      const matrix = Float32Array.from({ length: 30 }, (_, i) => Math.sin(i * i));
      const { losses, best } = await engine.factorise(matrix, [5, 6], 2);
      engine.dispose();
      const angles = [before, after].map((found) => Math.max(...found.angles));
      const ratio = after.own / after.error;
      const first = [similar.codes[0], similar.pixels[0]];
      return {
        angles,
        ratio,
        probe,
        few,
        again,
        shares,
        stopped,
        first,
        importance,
        mig,
        factors: [...factors],
        losses,
        best,
      };
    });
    expect(found.angles[0]).toBeGreaterThan(0.5);
    expect(found.angles[1]).toBeLessThan(0.1);
    expect(found.ratio).toBeCloseTo(1, 2);
    expect(found.probe).toMatchObject({ train: 500 });
    expect(found.probe.pixels.knn).toBeGreaterThan(found.probe.codes.knn);
    expect(found.probe.codes.knn).toBeGreaterThan(0.3);
    expect([found.few.train, found.few.learnt.length, found.few.pixels.knn.length, found.stopped]).toEqual([30, 2, 2, 'cancelled']);
    expect(found.again).toMatchObject({ learnt: [found.few.learnt[1]], scratch: [found.few.scratch[1]] });
    // Each repetition: the simple ones, and three blocks of steps for each of two networks.
    expect(found.shares).toEqual(Array.from({ length: 14 }, (_, i) => (i + 1) / 14));
    expect(Math.min(...found.few.learnt, ...found.few.scratch)).toBeGreaterThan(0.3);
    expect(found.first).toEqual([7, 7]);
    expect(found.importance.map((row) => row.length)).toEqual([6, 6, 6]);
    expect(found.mig).toBeGreaterThanOrEqual(0);
    // The labelled factor, shape, takes its values in turn.
    expect([found.factors[4], found.factors[10]]).toEqual([0, 1]);
    expect(found.losses[found.losses.length - 1] / found.best).toBeCloseTo(1, 2);
  });

  test('hostile settings are refused', async ({ page }) => {
    const codes = await page.evaluate(async () => {
      const engine = await window.vitrine.Engine.create({ device: 'cpu' });
      const data = await engine.dataset({ kind: 'digits' });
      const code = (error: { code: string }): string => error.code;
      const hostile: object[] = [
        { latent: 0 },
        { latent: 1e9 },
        { shape: 'spiral' },
        { shape: 'convolutional', filters: [8, 8, 8, 8] },
        { shape: 'linear', reconstruction: 'bce' },
        { hidden: [1e9] },
        { batch: 1e9 },
        { learningRate: -1 },
        { strength: Number.NaN },
        { regulariser: 'variational', pairs: 'adaptive' },
      ];
      const made = hostile.map((options) => engine.autoencoder(data, options).then(() => 'made', code));
      const coder = await engine.autoencoder(data);
      const calls = [
        coder.decode(new Float32Array(3)),
        coder.decode(new Float32Array(0)),
        coder.encode(new Float32Array(65)),
        coder.sample(0),
        coder.sample(1e9),
        coder.grid(1000, new Float32Array(2)),
        coder.grid(2, new Float32Array(2), [0, 7]),
        coder.traverse(new Float32Array(2), 2),
        coder.probeFew(0),
        coder.fineTuning(1e9),
        coder.fineTuning(5, { batch: 0 }),
        coder.fineTuning(5, { encoderRate: Number.NaN }),
        coder.fineTuning(5, { start: 'elsewhere' as 'scratch' }),
        coder.setLearningRate(0),
        coder.setStrength(-1),
      ].map((call: Promise<unknown>) => call.then(() => 'done', code));
      const all = await Promise.all([...made, ...calls]);
      engine.dispose();
      return all;
    });
    expect(codes).toEqual(codes.map(() => 'option'));
  });
});

test.describe('the lab', () => {
  const open = (page: Page, url: string, state = ''): Promise<Lab> => Lab.open(page, url, state, 'autoencoder');

  /** The error of the autoencoder `title`, as the table says. */
  async function error(lab: Lab, title: string): Promise<number> {
    const row = lab.root.getByRole('region', { name: 'Errors now' }).getByRole('row', { name: new RegExp(`^${title}`) });
    return Number(await row.getByRole('cell').nth(1).innerText());
  }

  test('three codes are trained in turns; the wider, the better; the same again after a rewind', async ({ page, site }) => {
    const lab = await open(page, site.url);
    expect(await lab.step()).toBe(0);
    await expect(lab.root.getByRole('group', { name: 'original' })).toBeVisible();
    const before = await error(lab, '2 latents');
    for (let i = 0; i < 6; i++) {
      await lab.button('Epoch').click();
      await expect.poll(() => lab.step(), { timeout: 60_000 }).toBe(22 * (i + 1));
      await expect(lab.button('Epoch')).toBeEnabled();
    }
    const errors = await Promise.all(['2 latents', '5 latents', '32 latents'].map((title) => error(lab, title)));
    expect(errors[0]).toBeLessThan(before);
    expect(errors[1]).toBeLessThan(errors[0]);
    expect(errors[2]).toBeLessThan(errors[1]);
    await lab.button('Rewind').click();
    await expect.poll(() => lab.step()).toBe(0);
    expect(await error(lab, '2 latents')).toBe(before);
    await lab.button('Step').click();
    await expect.poll(() => lab.step()).toBe(1);
    await expectAccessible(page, 'autoencoder');
  });

  test('the map is walked by mouse and by keyboard; walks, samples and features follow', async ({ page, site }) => {
    const lab = await open(page, site.url);
    await lab.trainTo(50);
    const map = lab.root.getByRole('application', { name: /^Map of the two-number code/ });
    const place = lab.root.getByText(/^h = \(/);
    const middle = await place.innerText();
    await map.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowUp');
    await expect(place).not.toHaveText(middle);
    const byKeys = await place.innerText();
    await map.click({ position: { x: 20, y: 20 } });
    await expect(place).not.toHaveText(byKeys);
    const decoded = lab.root.getByRole('group', { name: /^Decoded from the cross-hair/ });
    await expect(decoded).toBeVisible();
    await lab.button('Both').click();
    await expect(lab.button('Both')).toHaveAttribute('aria-pressed', 'true');

    await expect(lab.root.getByRole('group', { name: 'Codes mixed: 2 latents' }).getByRole('button')).toHaveCount(7);
    await lab.root.getByRole('tab', { name: 'Samples' }).click();
    await expect(lab.root.getByRole('group', { name: /^Samples of/ })).toHaveCount(3);
    await expectAccessible(page, 'autoencoder, samples');
    await lab.root.getByRole('tab', { name: 'Features' }).click();
    await lab.root.getByRole('button', { name: 'Measure' }).click();
    const accuracies = lab.root.getByRole('region', { name: 'Accuracy on held-out images' });
    await expect(accuracies.getByRole('row')).toHaveCount(5, { timeout: 60_000 });
    await expect(lab.root.getByRole('group', { name: /^Nearest/ })).toHaveCount(4);
    await expectAccessible(page, 'autoencoder, features');
  });

  test('the encoder is fine-tuned on few labels beside a network from scratch; a comparison can be stopped', async ({
    page,
    site,
  }) => {
    const lab = await open(page, site.url, 'view=features');
    await lab.trainTo(100);
    const few = lab.root.getByRole('region', { name: 'Few labels' });
    await few.getByRole('button', { name: 'Compare' }).click();
    await few.getByRole('button', { name: 'Stop' }).click();
    await expect(few.getByRole('button', { name: 'Compare' })).toBeEnabled();
    await few.getByRole('button', { name: '5', exact: true }).click();
    await expect(page).toHaveURL(/labels=5/);
    await few.getByLabel('Encoder').selectOption('5 latents');
    await few.getByRole('button', { name: 'Compare' }).click();
    const plot = few.getByRole('img', { name: /^Held-out images named right, %/ });
    await expect(plot).toBeVisible({ timeout: 60_000 });
    const text = (await plot.getAttribute('aria-label'))!;
    for (const method of ['pixels, logistic regression', 'code, 5 nearest', 'network from scratch', 'encoder fine-tuned'])
      expect(Number(new RegExp(`${method} ([\\d.]+)`).exec(text)?.[1])).toBeGreaterThan(20);
    await expect(few.getByText(/5 latents at step .*: 5 labels a class, 50 in all/)).toBeVisible();
    await expect(few.getByText(/same network from scratch/).last()).toBeVisible();
    await expectAccessible(page, 'autoencoder, few labels');
  });

  test('a variational one is trained beside them, and its samples are drawn', async ({ page, site }) => {
    const lab = await open(page, site.url, 'vae=1&sampled=4&view=samples');
    await lab.trainTo(25);
    await expect(lab.root.getByRole('group', { name: 'Samples of VAE, 4 latents' }).getByRole('button')).toHaveCount(18);
    await lab.button('Draw others').click();
    expect(await error(lab, 'VAE, 4 latents')).toBeGreaterThan(0);
    expect(page.url()).toContain('vae=1');
  });

  test('made linear, the narrow codes turn into the principal subspace', async ({ page, site }) => {
    const lab = await open(page, site.url, 'view=pca');
    await lab.button('Make them linear').click();
    const table = lab.root.getByRole('region', { name: 'Linear autoencoders and PCA' });
    const angle = async () => {
      const cell = table
        .getByRole('row', { name: /^2 latents/ })
        .getByRole('cell')
        .nth(1);
      return Number((await cell.innerText()).replace('−', '-'));
    };
    await expect(table.getByRole('row')).toHaveCount(4);
    expect(await angle()).toBeGreaterThan(0.5);
    await lab.trainTo(1200);
    await expect.poll(angle).toBeLessThan(0.1);
    await expect(lab.root.getByRole('group', { name: 'Columns of the decoder' }).getByRole('button')).toHaveCount(5);
    await lab.root
      .getByRole('group', { name: 'Look at the code of' })
      .getByRole('button', { name: '2 latents', exact: true })
      .click();
    await expect(lab.root.getByRole('group', { name: 'Principal components' }).getByRole('button')).toHaveCount(2);

    // Another basis: other columns, the same error.
    const bases = lab.root.getByRole('region', { name: 'Other bases' });
    const apart = bases.getByText(/columns now, .*° apart/);
    const before = await apart.innerText();
    await bases.getByRole('slider').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect(apart).not.toHaveText(before);
    const [learnt, other] = (await bases.getByText(/Error per pixel on held-out/).innerText()).match(/\d\.\d+/g)!;
    expect(Number(other)).toBeCloseTo(Number(learnt), 4);

    const factors = lab.root.getByRole('region', { name: 'Factorisation' });
    await factors.getByRole('button', { name: 'Factorise' }).click();
    const times = factors.getByText(/times the least possible one/);
    await expect(times).toBeVisible({ timeout: 60_000 });
    expect(Number(/loss is ([\d.]+) times/.exec(await times.innerText())![1])).toBeCloseTo(1, 2);
    await expectAccessible(page, 'autoencoder, PCA');
  });

  test('images too large for PCA are said to be so, beside the choice of layers and where PCA would be', async ({ page, site }) => {
    const lab = await open(page, site.url, 'view=pca');
    await lab.root.getByLabel('Data', { exact: true }).selectOption('files');
    await lab.root.getByLabel(/^Drop images and labels/).setInputFiles(largeHalves);
    await expect(lab.root.getByText('160 images to learn from, 40 held out.')).toBeVisible();
    await lab.root.getByRole('group', { name: 'Layers' }).getByRole('button', { name: 'Linear' }).click();
    await expect(lab.root.getByRole('region', { name: 'Encoder and decoder' })).toContainText(
      /1\s?156 values; beside PCA it can be seen only up to 1\s?024/,
    );
    await expect(lab.root.getByText(/PCA is computed for images of at most 1\s?024 values/)).toBeVisible();
    await lab.trainTo(5);
  });

  test('what cannot be is said beside its control, and the run goes on', async ({ page, site }) => {
    const lab = await open(page, site.url, 'shape=spiral&lr=0.002');
    await expect(lab.root.getByText('left at its default: shape')).toBeVisible();
    await lab.root.getByLabel('Data', { exact: true }).selectOption('files');
    await expect(lab.root.getByText('A link cannot carry files. Drop them here again.')).toBeVisible();
    await lab.root.getByLabel('Data', { exact: true }).selectOption('digits');
    await lab.trainTo(10);
  });
});
