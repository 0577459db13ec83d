/** GANs on the line and the plane through the JavaScript API, in a real browser. */
import type * as Vitrine from '../../www/engine/client.ts';
import { expect, test } from './support.ts';

declare global {
  interface Window {
    vitrine: typeof Vitrine;
  }
}

test.beforeEach(async ({ page, site }) => {
  await page.goto(`${site.url}embed.html`);
  await page.evaluate(async (module) => Object.assign(window, { vitrine: await import(module) }), `${site.url}vitrine.js`);
});

test('two networks play on the ring, step by step, and again after a rewind', async ({ page }) => {
  const found = await page.evaluate(async () => {
    const engine = await window.vitrine.Engine.create({ device: 'cpu' });
    const gan = await engine.gan('ring', { seed: 3 });
    const onlyD = await gan.run('discriminator', 5);
    await gan.rewind();
    const start = performance.now();
    const first = await gan.run('both', 200);
    const rate = 200 / ((performance.now() - start) / 1000);
    const samples = await gan.samples(2500);
    const coverage = await gan.coverage(samples);
    const view = await gan.view();
    const surface = await gan.surface(Float32Array.of(0, 0, 2, 0));
    const optimal = await gan.optimal(view.fake, Float32Array.of(0, 0, 2, 0));
    await gan.rewind();
    const again = await gan.run('both', 200);
    await gan.rewind(4);
    const other = await gan.run('both', 200);
    const { centres, dims, sigma } = await gan.cloud();
    engine.dispose();
    const finite = [samples, surface, optimal, ...Object.values(view)].every((list) => list.every(Number.isFinite));
    const lengths = [samples, view.fake, view.arrow, view.real].map((list) => list.length);
    const batch = view.fakeScore.length;
    return {
      onlyD,
      first,
      again,
      other,
      rate,
      coverage,
      optimal: [...optimal],
      finite,
      lengths,
      batch,
      centres: [...centres],
      dims,
      sigma,
    };
  });
  console.log(`${found.rate.toFixed(0)} turns a second`);
  expect([found.onlyD.discriminatorSteps, found.onlyD.generatorSteps]).toEqual([5, 0]);
  expect([found.first.discriminatorSteps, found.first.generatorSteps]).toEqual([200, 200]);
  expect(found.finite).toBe(true);
  expect(found.lengths).toEqual([5000, 2 * found.batch, 2 * found.batch, 2 * found.batch]);
  expect(found.again).toEqual(found.first);
  expect(found.other).not.toEqual(found.first);
  expect([found.dims, found.centres.length]).toEqual([2, 16]);
  expect(found.sigma).toBeCloseTo(0.05, 6);
  for (let i = 0; i < 8; i++) expect(Math.hypot(found.centres[2 * i], found.centres[2 * i + 1])).toBeCloseTo(2, 5);
  // The middle of the ring has no real points, so no perfect discriminator takes it for one.
  expect(found.optimal[0]).toBeLessThan(0.01);
  expect(found.optimal[1]).toBeGreaterThan(found.optimal[0]);
  expect(Object.values(found.coverage.counts).reduce((a, b) => a + b, 0)).toBeCloseTo(2500 * found.coverage.quality, 3);
});

test('hostile settings are refused', async ({ page }) => {
  const codes = await page.evaluate(async () => {
    const engine = await window.vitrine.Engine.create({ device: 'cpu' });
    const hostile: [unknown, object][] = [
      ['spiral', {}],
      ['ring', { loss: 'hinge' }],
      ['ring', { batch: 0 }],
      ['ring', { batch: 1e9 }],
      ['ring', { hidden: [1e9] }],
      ['ring', { discriminatorRate: -1 }],
      ['ring', { generatorRate: NaN }],
      [{ points: [], dims: 2, sigma: 0.1 }, {}],
      [{ points: [0, 0, 1], dims: 2, sigma: 0.1 }, {}],
      [{ points: [NaN, 0], dims: 2, sigma: 0.1 }, {}],
      [{ points: [0, 0], dims: 2, sigma: 0 }, {}],
    ];
    const answers = [];
    for (const [cloud, options] of hostile) {
      const made = engine.gan(cloud as Vitrine.Cloud, options).then(
        () => 'made',
        ({ code }) => code,
      );
      answers.push(await made);
    }
    engine.dispose();
    return answers;
  });
  expect(codes).toEqual(codes.map(() => 'option'));
});
