/** Every explanation method through the JavaScript API, in a real browser. */
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

test('every method explains two images, and says what it did', async ({ page }) => {
  const found = await page.evaluate(async () => {
    const engine = await window.vitrine.Engine.create({ device: 'cpu' });
    const data = await engine.dataset({ kind: 'rooms', size: 32, count: 20 });
    const model = await engine.model(await engine.preset('gap-cnn', data.info.shape, data.info.classes.length));
    const { pixels } = await data.images('validation', [0, 1]);
    const { logits } = await model.predict(pixels);
    const methods = await engine.explainMethods();
    const results = [];
    for (const about of methods) {
      const start = performance.now();
      const explanation = await model.explain(about.id, pixels, { classes: [1, 0], samples: 100, steps: 10 });
      results.push({ about, explanation: { ...explanation, maps: [...explanation.maps] }, ms: performance.now() - start });
    }
    engine.dispose();
    return { results, scores: [logits[1], logits[data.info.classes.length]] };
  });
  expect(found.results).toHaveLength(13);
  expect(new Set(found.results.map(({ about }) => about.id)).size).toBe(13);
  for (const { about, explanation, ms } of found.results) {
    const { forward, backward } = explanation.cost;
    console.log(`${about.id}: ${ms.toFixed(0)} ms, ${forward} forward, ${backward} backward`);
    for (const text of [about.title, about.answers, about.misleads, about.formula]) expect(text).not.toBe('');
    expect([explanation.method, explanation.height, explanation.width]).toEqual([about.id, 32, 32]);
    expect(explanation.maps).toHaveLength(2 * 32 * 32);
    expect(explanation.maps.every((value) => Number.isFinite(value) && (about.signed || value >= 0))).toBe(true);
    expect(explanation.signed).toBe(about.signed);
    expect(explanation.cost.forward).toBeGreaterThanOrEqual(2);
    expect(explanation.cost.bytes).toBeGreaterThan(0);
    explanation.details.forEach(({ score }, i) => expect(score).toBeCloseTo(found.scores[i], 4));
  }
  const lime = found.results.find(({ about }) => about.id === 'lime')!.explanation.details[0].surrogate!;
  expect(Object.values(lime.segments)).toHaveLength(1024);
  expect(lime.r2).toBeGreaterThan(0);
});

test('hostile settings are refused by name, and the model lives on', async ({ page }) => {
  const answers = await page.evaluate(async () => {
    const engine = await window.vitrine.Engine.create({ device: 'cpu' });
    const model = await engine.model(await engine.preset('lenet-5', [1, 8, 8], 10));
    const images = new Float32Array(64);
    const hostile: [string, object][] = [
      ['integrated-gradients', { steps: 0 }],
      ['integrated-gradients', { steps: -1 }],
      ['integrated-gradients', { baseline: 'grey' }],
      ['occlusion', { window: 1e9 }],
      ['lime', { segments: 1e9 }],
      ['lime', { penalty: NaN }],
      ['grad-cam', { layer: 'nowhere' }],
      ['cam', {}],
      ['tea-leaves', {}],
    ];
    const answers: string[] = [];
    for (const [method, settings] of hostile) {
      const answer = model.explain(method as 'lime', images, settings);
      answers.push(
        await answer.then(
          () => 'accepted',
          ({ code, message }) => `${code} ${message}`,
        ),
      );
    }
    const { maps } = await model.explain('saliency', images);
    engine.dispose();
    return { answers, length: maps.length };
  });
  const expected = ['steps', 'options', 'options', 'window', 'segments', 'penalty', 'layer', 'method', 'method'];
  answers.answers.forEach((answer, i) => expect(answer).toMatch(new RegExp(`^option ${expected[i]}: `)));
  expect(answers.length).toBe(64);
});
