/** The lab "Ask a network why": train with one click, compare methods on a recognised and a misread image, randomise the weights. */

import type { Page } from '@playwright/test';
import { Lab } from './lab.ts';
import { expect, expectAccessible, test } from './support.ts';

/** LeNet-5 on digits: trained in seconds. */
const DIGITS = 'data=digits&net=lenet-5&layers=&batch=32&lr=0.002&schedule=constant&epochs=5';

async function open(page: Page, url: string, state = DIGITS): Promise<Lab> {
  return Lab.open(page, url, state, 'explain');
}

async function train(lab: Lab): Promise<void> {
  await lab.button(/^Train it/).click();
  await expect(lab.root.getByText(/^It recognises/)).toBeVisible({ timeout: 100_000 });
}

/** Sum of the absolute values of the map in the picture called `name`. */
const strength = (lab: Lab, name: RegExp) =>
  lab
    .picture(name)
    .first()
    .evaluate((picture) => {
      const host = (picture.getRootNode() as ShadowRoot).host as HTMLElement & { map?: { data: Float32Array } };
      return host.map!.data.reduce((sum, value) => sum + Math.abs(value), 0);
    });

test('the first view explains a guess and trains nothing', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await expect(lab.picture(/^Saliency for class/)).toHaveCount(1);
  await expect(lab.root.getByText('these maps explain a guess')).toBeVisible();
  await lab.root.getByRole('tab', { name: 'Random weights' }).click();
  await expect(lab.button('Randomise a copy, layer by layer')).toBeEnabled();
  expect(await lab.step()).toBe(0);
});

test('on Rooms one click trains a network that recognises most shapes, and Grad-CAM finds the solid', async ({ page, site }) => {
  const lab = await open(page, site.url, '');
  await lab.button(/^Train it/).click();
  await expect(lab.root.getByText(/s left/)).toBeVisible();
  const outcome = lab.root.getByText(/^It recognises/);
  await expect(outcome).toBeVisible({ timeout: 100_000 });
  expect(Number(/recognises ([\d.]+) %/.exec(await outcome.innerText())![1])).toBeGreaterThan(80);
  await expect(lab.root.getByRole('heading', { name: /^Image \d+: ✓/ })).toBeVisible();
  await expect(lab.root.getByRole('heading', { name: /^Image \d+: ✗/ })).toBeVisible();
  await expect(lab.picture(/^Grad-CAM for class/)).toHaveCount(2);
  expect(await strength(lab, /^Grad-CAM/)).toBeGreaterThan(0);
});

test('methods, class, images and opacity are chosen by hand; a value is read out by keyboard', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await train(lab);
  await lab.root.getByRole('checkbox', { name: 'Saliency' }).uncheck();
  await expect(lab.picture(/^Saliency for class/)).toHaveCount(0);
  await lab.root.getByRole('checkbox', { name: 'Saliency' }).check();
  await expect(lab.picture(/^Saliency for class/)).toHaveCount(2);

  await lab.root.getByLabel('Why would it say …').selectOption('3');
  await expect(lab.picture(/^Saliency for class 3/)).toHaveCount(2);
  const misread = lab.root.getByRole('group', { name: 'Misread images' }).getByRole('button').nth(1);
  const index = /Image (\d+)/.exec((await misread.getAttribute('aria-label'))!)![1];
  await misread.click();
  await expect(lab.picture(new RegExp(`^Saliency for class 3, image ${index}\\b`))).toBeVisible();

  const opacity = lab.root.getByRole('spinbutton', { name: 'Opacity of the maps' });
  await opacity.fill('0.4');
  await opacity.press('Enter');
  await expect.poll(() => page.url()).toContain('opacity=0.4');
  await lab
    .picture(/^Grad-CAM for class 3/)
    .first()
    .focus();
  await page.keyboard.press('ArrowRight');
  await expect(lab.root.getByText(/column \d+, row \d+: .* · map /)).toBeVisible();

  await lab.button('Grad-CAM').first().click();
  await expect(lab.root.getByRole('region', { name: 'Grad-CAM' }).getByText('Where it misleads')).toBeVisible();
});

test('along the path the slopes add up to the difference of the scores, whatever the baseline', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await train(lab);
  await lab.root.getByRole('tab', { name: 'Path' }).click();
  const outcome = lab.root.getByText(/All pixels together/);
  for (const baseline of ['black', 'blur']) {
    await lab.root.getByLabel('Baseline: what').selectOption(baseline);
    await expect(lab.picture(/^On the way/)).toHaveCount(1);
    await expect(outcome).toBeVisible();
    expect(Number(/Error ([\d.]+) %/.exec(await outcome.innerText())![1])).toBeLessThan(2);
  }
  await lab.root.getByLabel('Baseline: what').selectOption('white');
  await expect(lab.picture('On the way, α = 1. Arrow keys read single pixels.')).toBeVisible();
  const alpha = lab.root.getByRole('spinbutton', { name: 'α: from the baseline' });
  await alpha.fill('0');
  await alpha.press('Enter');
  await expect(lab.root.getByRole('row', { name: 'sum of the slopes so far 0' })).toBeVisible();
  const one = await outcome.innerText();
  const steps = lab.root.getByRole('spinbutton', { name: 'Steps along the path' });
  await steps.fill('2');
  await steps.press('Enter');
  await expect(outcome).not.toHaveText(one);
});

test("LIME's segments are switched by hand, and the linear model answers beside the network", async ({ page, site }) => {
  const lab = await open(page, site.url, `${DIGITS}&view=segments&segments=12&baseline=blur`);
  await train(lab);
  await expect(lab.root.getByText('R² of the fit')).toBeVisible();
  const score = async (who: string) => {
    const text = await lab.root.getByRole('row', { name: new RegExp(`^${who}`) }).innerText();
    return Number(/[−\d.]+/.exec(text.replace(who, ''))?.[0].replace('−', '-'));
  };
  let whole = NaN;
  // A moment long it may still be the answer about the image that was in view before.
  await expect(async () => {
    whole = await score('the network');
    const text = `S = ${String(whole).replace('-', '−')}, probability`;
    await expect(lab.root.getByText(text).first()).toBeVisible({ timeout: 500 });
  }).toPass();
  const fit = await score('the linear model');
  await lab.root
    .getByRole('checkbox', { name: /^Segment/ })
    .first()
    .uncheck();
  await expect(lab.root.getByText(/with 1 segments off/)).toBeVisible();
  await expect.poll(() => score('the network')).not.toBe(whole);
  expect(await score('the linear model')).not.toBe(fit);
  await lab.button('All on').click();
  await expect.poll(() => score('the network')).toBe(whole);

  await lab.picture(/^What the network sees, 0 segments off/).focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(lab.picture(/^What the network sees, 1 segments off/)).toBeVisible();
  await lab.button('All off').click();
  await expect(lab.picture(/^What the network sees, (?!1 )\d+ segments off/)).toBeVisible();
});

test('a method closely: its formula with numbers, its cost, its settings', async ({ page, site }) => {
  const lab = await open(page, site.url, `${DIGITS}&method=integrated-gradients`);
  const card = lab.root.getByRole('region', { name: 'Integrated gradients' });
  await expect(card.getByText('52 forward, 52 backward passes')).toBeVisible();
  await expect(card.locator('math')).toHaveCount(4);
  const steps = card.getByRole('spinbutton', { name: 'Steps along the path' });
  await steps.fill('20');
  await steps.press('Enter');
  await expect(card.getByText('22 forward, 22 backward passes')).toBeVisible();
  await expect.poll(() => page.url()).toContain('steps=20');
});

test('with random weights the maps change, layer by layer', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await train(lab);
  const before = await strength(lab, /^Saliency for class/);
  await lab.root.getByRole('tab', { name: 'Random weights' }).click();
  await lab.button('Randomise a copy, layer by layer').click();
  const layers = lab.root.getByRole('spinbutton', { name: /^Layers with random weights/ });
  await expect(layers).toBeVisible({ timeout: 60_000 });
  const trained = await strength(lab, /^Saliency, the trained network/);
  expect(trained).toBeCloseTo(before, 4);
  await layers.fill('5');
  await layers.press('Enter');
  await expect(lab.root.getByText('all layers random, down to conv1')).toBeVisible();
  expect(await strength(lab, /^Saliency, all layers random/)).not.toBeCloseTo(trained, 2);
  await expect(lab.root.getByText(/^Saliency 0\.\d+ · Integrated gradients .* · Grad-CAM/)).toBeVisible();
  // The network itself is as it was.
  expect(await strength(lab, /^Saliency for class/)).toBe(before);
});

test('an address with nonsense in it is reported and ignored', async ({ page, site }) => {
  const lab = await open(page, site.url, `${DIGITS}&methods=<img src=x onerror=alert(1)>&opacity=7&question=1e9`);
  await expect(lab.root.getByText(/Not understood.*question, methods, opacity/)).toBeVisible();
  await expect(lab.picture(/^Saliency for class/)).toBeVisible();
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong, ${scheme}; nothing is wider than a phone`, async ({ page, site }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const lab = await open(page, site.url);
    await expectAccessible(page, 'before training');
    await train(lab);
    await expect(lab.picture(/^Grad-CAM for class/)).toHaveCount(2);
    await expectAccessible(page, 'compared');
    await lab.root.getByRole('tab', { name: 'Path' }).click();
    await expect(lab.root.getByText(/All pixels together/)).toBeVisible();
    await expectAccessible(page, 'path');
    await lab.root.getByRole('tab', { name: 'Segments' }).click();
    await expect(lab.root.getByText('R² of the fit')).toBeVisible();
    await expectAccessible(page, 'segments');
    await lab.root.getByRole('tab', { name: 'Random weights' }).click();
    await lab.button('Randomise a copy, layer by layer').click();
    await expect(lab.root.getByText('Likeness to the first map')).toBeVisible();
    await expectAccessible(page, 'random weights');
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await expectAccessible(page, 'phone');
  });
}
