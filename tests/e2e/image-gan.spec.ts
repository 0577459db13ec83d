/** GANs of images: the JavaScript class, and the lab "Images from noise". */

import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type * as Vitrine from '../../www/engine/client.ts';
import { broken } from './files.ts';
import { Lab } from './lab.ts';
import { expect, expectAccessible, test } from './support.ts';

declare global {
  interface Window {
    vitrine: typeof Vitrine;
  }
}

const open = (page: Page, url: string, state = ''): Promise<Lab> => Lab.open(page, url, state, 'image-gan');

/** Steps done, as the transport bar says. */
const steps = async (lab: Lab): Promise<number> => {
  const text = await lab.root
    .getByRole('toolbar', { name: 'Training' })
    .getByText(/^step [\d\s]+/)
    .innerText();
  return Number(/^step ([\d\s]+)/.exec(text)![1].replace(/\D/g, ''));
};

async function trainTo(lab: Lab, goal: number): Promise<void> {
  await lab.button('Train').click();
  await expect.poll(() => steps(lab), { timeout: 150_000 }).toBeGreaterThanOrEqual(goal);
  await lab.button('Pause').click();
  await expect(lab.button('Step D')).toBeEnabled();
}

/** A digest of every pixel of the sheet, as it is painted. */
const sheet = (lab: Lab): Promise<number> =>
  lab.root.getByRole('group', { name: 'Samples', exact: true }).evaluate((group) => {
    const canvases = [...group.querySelectorAll('canvas')];
    const text = canvases.map((canvas) => canvas.toDataURL()).join();
    return [...text].reduce((hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0, 7);
  });

async function script(page: Page, url: string): Promise<void> {
  await page.goto(`${url}embed.html`);
  await page.evaluate(async (module) => Object.assign(window, { vitrine: await import(module) }), `${url}vitrine.js`);
}

test('the class: turns, samples, neighbours, a walk, a judge', async ({ page, site }) => {
  test.setTimeout(180_000);
  await script(page, site.url);
  const found = await page.evaluate(async () => {
    const engine = await window.vitrine.Engine.create({ device: 'cpu' });
    const data = await engine.dataset({ kind: 'digits' });
    const gan = await engine.imageGan(data, {
      seed: 3,
      discriminatorRate: 0.001,
      generatorRate: 0.001,
    });
    const settings = await gan.options();
    const onlyD = await gan.run('discriminator', 5);
    await gan.rewind();
    const lessons: number[] = [];
    const accuracy = await gan.trainJudge({
      steps: 200,
      onProgress: ({ done }) => lessons.push(done),
    });
    const before = await gan.judge(512);
    const first = await gan.run('both', 20);
    await gan.rewind();
    const again = await gan.run('both', 20);
    await gan.run('both', 330);
    const after = await gan.judge(512);
    const latent = await gan.noise(2);
    const [a, b] = [latent.slice(0, settings.latent), latent.slice(settings.latent)];
    const ends = await gan.generate(latent);
    const walk = await gan.interpolate(a, b, 3);
    const { pixels } = await data.images('train', [7]);
    const own = await gan.nearest(pixels);
    const other = await engine.imageGan(data, { seed: 4 });
    const shared = [await other.shareJudge(gan), (await other.judge(64)).accuracy];
    engine.dispose();
    const apart = (x: Float32Array, y: Float32Array) => Math.max(...x.map((value, i) => Math.abs(value - y[i])));
    return {
      settings,
      onlyD,
      lessons,
      accuracy,
      before,
      first,
      again,
      after,
      shared,
      ends: apart(walk.images.slice(0, 64), ends.images.slice(0, 64)) + apart(walk.images.slice(128), ends.images.slice(64)),
      own: [own.indices[0], own.distances[0]],
    };
  });
  expect(found.settings).toMatchObject({
    penalty: 0,
    discriminatorSteps: 1,
    width: 16,
    loss: 'non-saturating',
  });
  expect([found.onlyD.discriminatorSteps, found.onlyD.generatorSteps]).toEqual([5, 0]);
  expect(found.again).toEqual(found.first);
  expect(found.lessons.at(-1)).toBe(200);
  expect(found.accuracy).toBeGreaterThan(0.85);
  expect(found.shared).toEqual([true, found.accuracy]);
  expect(found.after.distance).toBeLessThan(found.before.distance / 4);
  expect(found.after.heldOut).toBeLessThan(found.after.distance);
  expect(found.ends).toBeLessThan(1e-4);
  expect(found.own).toEqual([7, 0]);
});

test('hostile settings are refused, and the lab knows what the failures are made of', async ({ page, site }) => {
  await script(page, site.url);
  const { codes, failures } = await page.evaluate(async () => {
    const engine = await window.vitrine.Engine.create({ device: 'cpu' });
    const data = await engine.dataset({ kind: 'digits' });
    const hostile: object[] = [
      { loss: 'hinge' },
      { batch: 1 },
      { batch: 1e9 },
      { width: 1e9 },
      { latent: 0 },
      { discriminatorRate: NaN },
      { penalty: -1 },
    ];
    const codes = [];
    for (const options of hostile) {
      const made = engine.imageGan(data, options).then(
        () => 'made',
        ({ code }) => code,
      );
      codes.push(await made);
    }
    const gan = await engine.imageGan(data);
    for (const call of [gan.judge(), gan.noise(0), gan.generate(new Float32Array(3)), gan.nearest(new Float32Array(63))])
      codes.push(
        await call.then(
          () => 'made',
          () => 'option',
        ),
      );
    const names = ['mode-collapse', 'vanishing-gradient', 'strong-discriminator'] as const;
    const failures = await Promise.all(names.map(async (name) => [name, await engine.imageGanFailure(name)] as const));
    engine.dispose();
    return { codes, failures };
  });
  expect(codes).toEqual(codes.map(() => 'option'));
  for (const [name, options] of failures) {
    const lab = await open(page, site.url);
    const title = {
      'mode-collapse': 'Mode collapse',
      'vanishing-gradient': 'No gradient for G',
      'strong-discriminator': 'Too strong a discriminator',
    };
    await lab.button(title[name]).click();
    await expect(lab.button('Train')).toBeEnabled();
    const state = await lab.root.evaluate((element) => (element as unknown as { state: Record<string, unknown> }).state);
    expect(state['loss']).toBe(options.loss);
    expect(state['dlr']).toBeCloseTo(options.discriminatorRate!, 7);
    expect(state['glr']).toBeCloseTo(options.generatorRate!, 7);
    expect(state['dsteps']).toBe(options.discriminatorSteps ?? 0);
  }
});

test('steps, the sheet, the way back over it, neighbours, a walk', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await expectAccessible(page, 'image-gan, at rest');
  const first = await sheet(lab);
  await lab.button('Step D').click();
  await expect(lab.root.getByText('D 1 steps, G 0 steps')).toBeVisible();
  expect(await sheet(lab)).toBe(first);
  await lab.button('Step G').click();
  await expect(lab.root.getByText('D 1 steps, G 1 steps')).toBeVisible();
  await expect.poll(() => sheet(lab)).not.toBe(first);

  await trainTo(lab, 30);
  const now = await sheet(lab);
  const back = lab.root.getByRole('slider', {
    name: 'Look back over the sheet',
  });
  await back.focus();
  await page.keyboard.press('Home');
  await expect.poll(() => sheet(lab)).toBe(first);
  await expect(lab.root.getByText('This is the past', { exact: false })).toBeVisible();
  await page.keyboard.press('End');
  await expect.poll(() => sheet(lab)).toBe(now);

  await expect(
    lab.root.getByRole('button', {
      name: /^sample 1, nearest training image \d+, distance/,
    }),
  ).toBeVisible();
  await lab.root.getByRole('button', { name: /^sample 20, D says/ }).click();
  await expect(
    lab.root.getByRole('button', {
      name: /^sample 20, nearest training image/,
    }),
  ).toHaveAttribute('aria-pressed', 'true');
  await lab.button('To the chosen one').click();
  await expect(lab.root.getByRole('spinbutton', { name: 'To sample' })).toHaveValue('20');
  await expect.poll(() => new URL(page.url()).hash).toContain('to=20');
  await expectAccessible(page, 'image-gan, after some turns');

  await lab.button('Rewind').click();
  await expect.poll(() => steps(lab)).toBe(0);
  await expect.poll(() => sheet(lab)).toBe(first);
});

test('a judge sees the noise become digits, in a game that it outlives', async ({ page, site }) => {
  test.setTimeout(240_000);
  const lab = await open(page, site.url);
  await lab.button('Train a judge').click();
  const distance = lab.root.getByRole('img', {
    name: /^Fréchet distance against step\. generated/,
  });
  await expect(distance).toBeVisible({ timeout: 60_000 });
  const reading = async () => Number(/generated ([\d.]+)/.exec((await distance.getAttribute('aria-label'))!)![1]);
  const start = await reading();
  await trainTo(lab, 250);
  expect(await reading()).toBeLessThan(start / 2);
  await expect(
    lab.root.getByRole('img', {
      name: /^Share of samples taken for each class/,
    }),
  ).toBeVisible();
  await lab.root.getByRole('combobox', { name: 'Loss', exact: true }).selectOption('least-squares');
  await expect.poll(() => steps(lab)).toBe(0);
  await expect(distance).toBeVisible();
});

for (const [title, diagnosis, goal] of [
  ['Mode collapse', 'The modes collapse', 60],
  ['No gradient for G', 'G gets no gradient', 60],
  ['Too strong a discriminator', 'D is too strong', 60],
] as const)
  test(`${title}: it fails, and the lab says why`, async ({ page, site }) => {
    test.setTimeout(180_000);
    const lab = await open(page, site.url);
    await lab.button(title).click();
    await trainTo(lab, goal);
    // A collapsed G runs from image to image, a thrown one is caught now and then: turn by turn, until the signs are there.
    await expect(async () => {
      if (!(await lab.root.getByRole('heading', { name: diagnosis }).isVisible())) await lab.button('Step').click();
      await expect(lab.root.getByRole('heading', { name: diagnosis })).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 60_000 });
  });

const MNIST = ['t10k-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz'].map((name) =>
  path.join(process.env['VITRINE_DATA'] ?? path.join(import.meta.dirname, '../../../shared/data'), 'mnist', name),
);

test('dropped MNIST files become the data: 28×28, and the next step draws so', async ({ page, site }) => {
  test.skip(!MNIST.every(existsSync), 'SKIPPED MNIST in the image GAN: no data');
  test.setTimeout(180_000);
  const lab = await open(page, site.url);
  await lab.root.getByRole('combobox', { name: 'Images', exact: true }).selectOption('files');
  await lab.root.getByLabel(/^Drop IDX files/).setInputFiles(MNIST);
  // One pair is split: a fifth is held out.
  await expect(lab.root.getByRole('region', { name: 'Data' })).toContainText(/8\s?000 training images of 1×28×28/, {
    timeout: 60_000,
  });
  await expect(lab.picture(/^Noise goes through the generator G and becomes an image/)).toBeVisible();
  await lab.button('Step both').click();
  await expect(lab.root.getByText('D 1 steps, G 1 steps')).toBeVisible({ timeout: 60_000 });
  const sides = await lab.root
    .getByRole('group', { name: 'Samples', exact: true })
    .locator('canvas')
    .evaluateAll((all) => all.map((canvas) => [(canvas as HTMLCanvasElement).width, (canvas as HTMLCanvasElement).height]));
  expect(sides).toHaveLength(36);
  expect(new Set(sides.map(String))).toEqual(new Set(['28,28']));
});

test('files that are broken are refused with a reason, and the game goes on', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await lab.button('Step both').click();
  await expect(lab.root.getByText('D 1 steps, G 1 steps')).toBeVisible();
  await lab.root.getByRole('combobox', { name: 'Images', exact: true }).selectOption('files');
  for (const { files, says } of broken) {
    await lab.root.getByLabel(/^Drop IDX files/).setInputFiles(files);
    await expect(lab.root.getByRole('region', { name: 'Data' }).getByRole('alert')).toContainText(says);
    await expect(lab.button('Step both')).toBeEnabled();
  }
  await lab.button('Step both').click();
  await expect(lab.root.getByText('D 2 steps, G 2 steps')).toBeVisible();
});

for (const scheme of ['light', 'dark'] as const)
  test(`axe finds nothing wrong, ${scheme}; nothing is wider than a phone`, async ({ page, site }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const lab = await open(page, site.url);
    await lab.button('Step both').click();
    await expect(lab.root.getByText('D 1 steps, G 1 steps')).toBeVisible();
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await expectAccessible(page, `image-gan, ${scheme}, on a phone`);
  });

test('a link without its files says so, and the lab goes on', async ({ page, site }) => {
  const lab = await Lab.visit(page, site.url, '#lab=image-gan&data=files');
  await expect(lab.root.getByText('A link cannot carry files. Drop them here again.')).toBeVisible();
  await lab.root.getByRole('combobox', { name: 'Images', exact: true }).selectOption('digits');
  await expect(lab.button('Train')).toBeEnabled();
});
