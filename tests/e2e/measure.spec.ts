/** The lab "Which explanation is right?": cut a map by hand, train on Rooms, measure, choose a figure, save the numbers. */

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { Lab } from './lab.ts';
import { expect, expectAccessible, test } from './support.ts';

const open = (page: Page, url: string, state: string): Promise<Lab> => Lab.open(page, url, state, 'measure');

async function train(lab: Lab): Promise<void> {
  await lab.button(/^Train it/).click();
  await expect(lab.root.getByText(/^It recognises/)).toBeVisible({ timeout: 100_000 });
}

async function measure(lab: Lab): Promise<void> {
  await lab.button(/^Measure \d+ methods/).click();
  await expect(lab.root.getByRole('heading', { name: 'All figures' })).toBeVisible({ timeout: 100_000 });
}

test('the first view cuts a map by hand, and asks for training before it measures', async ({ page, site }) => {
  const lab = await open(page, site.url, '');
  const outcome = lab.root.getByText(/Intersection over union: /);
  const before = await outcome.innerText();
  const cut = lab.root.getByRole('spinbutton', { name: 'Cut at this share' });
  await cut.fill('0.95');
  await cut.press('Enter');
  await expect(outcome).not.toHaveText(before);
  await expect(lab.button(/^Measure \d+ methods/)).toBeDisabled();
  await expect(lab.root.getByText('First train the network.')).toBeVisible();
  expect(await lab.step()).toBe(0);
});

test('measures three methods on eight rooms: bars, tests, table, curves, files; Grad-CAM finds the solid more often than chance', async ({
  page,
  site,
}) => {
  const lab = await open(page, site.url, 'methods=saliency.integrated-gradients.grad-cam&images=8&copies=1');
  await train(lab);
  await measure(lab);
  await expect(
    lab.root.getByRole('img', { name: /^Pixel ROC-AUC: more is better, mean and confidence interval\. Saliency/ }),
  ).toBeVisible();
  await expect(lab.root.getByText('Mean over 8 images')).toBeVisible();
  await expect(lab.root.getByRole('region', { name: 'Paired tests' }).getByRole('row')).toHaveCount(4);
  const table = lab.root.getByRole('region', { name: 'All figures of all methods' });
  await expect(table.getByRole('row')).toHaveCount(4);

  await lab.root.getByLabel('Figure', { exact: true }).selectOption('deletion');
  await expect(lab.root.getByRole('img', { name: /^Deletion: less is better/ })).toBeVisible();
  await expect.poll(() => page.url()).toContain('measure=deletion');
  for (const name of [/^Deletion against share removed/, /^Insertion against/, /^Overlap \(IoU\) against/])
    await expect(lab.root.getByRole('img', { name })).toBeVisible();

  const download = page.waitForEvent('download');
  await lab.button('every image').click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n');
  expect(lines).toHaveLength(1 + 8 * 3);
  const header = lines[0].split(',');
  const rows = lines.slice(1).map((line) => Object.fromEntries(line.split(',').map((cell, i) => [header[i], cell])));
  const auc = rows.filter(({ method }) => method === 'grad-cam').map((row) => Number(row['auc']));
  expect(auc.reduce((sum, value) => sum + value, 0) / auc.length).toBeGreaterThan(0.5);
});

test('a measurement can be stopped, and shows what it has', async ({ page, site }) => {
  const lab = await open(page, site.url, 'epochs=1&methods=lime&images=200');
  await train(lab);
  await lab.button(/^Measure 1 methods/).click();
  await expect.poll(async () => Number(await lab.root.getByRole('progressbar').getAttribute('value'))).toBeGreaterThan(0);
  await lab.button('Stop').click();
  await expect(lab.root.getByText(/^Stopped after \d+ of 200 images/)).toBeVisible();
  await expect(lab.button(/^Measure 1 methods/)).toBeEnabled();
  await expect(lab.root.getByRole('alert')).toHaveCount(0);
});

test('images without a known object cannot be measured, and the lab says why', async ({ page, site }) => {
  const lab = await open(page, site.url, 'data=digits&net=lenet-5&layers=&schedule=constant&batch=32&lr=0.002&epochs=1');
  await expect(lab.root.getByText(/^Only rooms come with the true place/)).toBeVisible();
  await expect(lab.button(/^Measure \d+ methods/)).toBeDisabled();
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong, ${scheme}; nothing is wider than a phone`, async ({ page, site }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const lab = await open(page, site.url, 'epochs=1&methods=saliency.grad-cam&images=4&copies=1');
    await expectAccessible(page, 'before training');
    await train(lab);
    await measure(lab);
    await lab.root.locator('details').evaluateAll((all) => all.forEach((details) => ((details as HTMLDetailsElement).open = true)));
    await expectAccessible(page, 'measured');
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
}
