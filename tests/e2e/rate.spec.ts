/** The lab "Which explanation convinces people?": two raters, blinded maps, agreement, a file; all of it stays in the browser. */

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { Lab } from './lab.ts';
import { expect, expectAccessible, test } from './support.ts';

/** LeNet-5 on digits: trained in seconds. */
const STATE = 'data=digits&net=lenet-5&layers=&batch=32&lr=0.002&schedule=constant&epochs=5&images=2&methods=saliency.grad-cam';
const CRITERIA = ['coherence', 'completeness', 'precision'];

async function open(page: Page, url: string): Promise<Lab> {
  const lab = await Lab.open(page, url, STATE, 'rate');
  await lab.button(/^Train it/).click();
  await expect(lab.root.getByText(/^It recognises/)).toBeVisible({ timeout: 60_000 });
  return lab;
}

const mark = (lab: Lab, map: string, criterion: string, value: number) =>
  lab.root.getByLabel(`Map ${map}, ${criterion}: ${value} of 5`).check();

async function begin(lab: Lab, name: string): Promise<void> {
  await lab.root.getByLabel('Name or pseudonym').fill(name);
  await lab.button('Begin to rate').click();
}

/** Rates two images; `shift` is added to every mark. */
async function rate(lab: Lab, name: string, shift: number): Promise<void> {
  await begin(lab, name);
  for (const image of [1, 2]) {
    await expect(lab.root.getByRole('heading', { name: `Image ${image} of 2` })).toBeFocused();
    for (const criterion of CRITERIA) {
      await mark(lab, 'A', criterion, image + shift);
      await mark(lab, 'B', criterion, 2 * image + shift);
    }
    await lab.root.getByRole('radio', { name: 'Map A', exact: true }).check();
    await lab.button(image === 2 ? 'Finish' : 'Next image').click();
  }
  await expect(lab.root.getByText(`Done, ${name}.`)).toBeVisible();
}

test('one rater: nothing is named before the end, nothing may be left out, everything is kept', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await begin(lab, 'Ada');
  const sheet = lab.root.locator('vt-rate-sheet');
  await expect(sheet.getByRole('heading', { name: 'Map B' })).toBeVisible();
  await expect(sheet).not.toContainText(/saliency|Grad-CAM/i);
  await expect(lab.root.getByText(/^Closed while Ada rates/)).toBeVisible();
  await lab.button('Next image').click();
  await expect(lab.root.getByText('Still to answer on this page: 7.')).toBeVisible();

  await rate(lab, 'Ada', 0);
  const marks = lab.root.getByRole('region', { name: 'Marks by method' });
  await expect(marks.getByRole('row')).toHaveCount(3);
  await expect(lab.root.getByText('Agreement needs two raters')).toBeVisible();

  const download = page.waitForEvent('download');
  await lab.button('Save as CSV').click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n');
  expect(lines[0]).toBe('rater,image,method,coherence,completeness,precision,best');
  expect(lines).toHaveLength(5);
  expect(
    lines
      .slice(1)
      .map((line) => line.split(',')[3])
      .toSorted(),
  ).toEqual(['1', '2', '2', '4']);
});

test('two raters: agreement; ratings survive a reload and the same training, and can be deleted', async ({ page, site }) => {
  let lab = await open(page, site.url);
  await rate(lab, 'Ada', 0);
  await rate(lab, 'Bo', 1);
  const agreement = lab.root.getByRole('region', { name: 'Agreement by criterion' });
  await expect(agreement.getByRole('row').nth(1)).toContainText(/coherence\s*[−\d.]+/i);

  await page.reload();
  lab = new Lab(page);
  await lab.ready();
  await lab.button(/^Train it/).click();
  await expect(lab.root.getByText(/^Mean ± standard deviation, 2 raters, 2 images/)).toBeVisible({ timeout: 60_000 });
  await lab.button('Delete').click();
  await lab.button('Delete all 8 ratings of this study?').click();
  await expect(lab.root.getByText(/^Nothing has been rated yet/)).toBeVisible();
});

test('what stands in the storage is read with care', async ({ page, site }) => {
  await page.addInitScript(() => localStorage.setItem('vitrine-ratings', '[{"rater":"<img src=x onerror=alert(1)>"},7,'));
  const lab = await open(page, site.url);
  await expect(lab.root.getByText(/^Nothing has been rated yet/)).toBeVisible();
  await rate(lab, 'Ada', 0);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong, ${scheme}; nothing is wider than a phone`, async ({ page, site }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const lab = await open(page, site.url);
    await expectAccessible(page, 'before rating');
    await begin(lab, 'Ada');
    await expect(lab.root.getByRole('heading', { name: 'Image 1 of 2' })).toBeVisible();
    await expectAccessible(page, 'rating');
    await rate(lab, 'Ada', 0);
    await rate(lab, 'Bo', 1);
    await lab.root.locator('details').evaluateAll((all) => all.forEach((details) => ((details as HTMLDetailsElement).open = true)));
    await expectAccessible(page, 'results');
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
}
