/** The lab "How fast is this device?": figures of the CPU and of whatever GPU there is, stopping, files, and what follows for the labs. */

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { Lab } from './lab.ts';
import { expect, expectAccessible, patchWorker, test } from './support.ts';

/** The software adapter compiles its shaders slowly. */
const MEASURED = { timeout: 150_000 };

async function open(page: Page, url: string, state: string): Promise<Lab> {
  const lab = await Lab.visit(page, url, `#lab=speed&${state}`);
  await expect(lab.button('Measure')).toBeVisible();
  return lab;
}

async function measure(lab: Lab): Promise<void> {
  await lab.button('Measure').click();
  await expect(lab.button('Measure again')).toBeVisible(MEASURED);
}

test('the CPU: every figure, the share of its limit, a file, and a lab that trains there', async ({ page, site }) => {
  const lab = await open(page, site.url, 'devices=cpu&seconds=0.1');
  await expect(lab.root.getByText(/Nothing has been measured yet/)).toBeVisible();
  await measure(lab);
  await expect(lab.root.getByText(/^The matrix product reaches \d+ % of the CPU’s limit/)).toBeVisible();
  await expect(
    lab.picture(/^Arithmetic, GFLOP\/s.*median and slowest and fastest block\. CPU: its limit [\d.]+; CPU: matrix/),
  ).toBeVisible();
  await expect(lab.root.getByRole('region', { name: 'All figures' }).getByRole('row')).toHaveCount(8);
  for (const title of ['Limit', 'Overhead', 'Memory'])
    await expect(
      lab.root.getByRole('region', { name: 'Where the difference' }).getByRole('term').filter({ hasText: title }),
    ).toBeVisible();

  const download = page.waitForEvent('download');
  await lab.button('Save all as CSV').click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n');
  console.log(lines.join('\n'));
  expect(lines[0]).toBe('device,name,work,unit,median,low,high,blocks');
  expect(lines).toHaveLength(9);
  for (const line of lines.slice(1)) expect(Number(line.split(',')[4])).toBeGreaterThan(0);

  await lab.button('Train a network on the CPU').click();
  await lab.ready();
  await expect(lab.device).toHaveText('Runs on the CPU');
  await expect.poll(() => page.url()).toContain('#lab=cnn&device=cpu');
  await page.reload();
  await lab.ready();
  await lab.device.click();
  await expect(lab.root.getByText('The CPU was asked for.')).toBeVisible();
});

test('a GPU in software is measured, called what it is, and not recommended', async ({ page, site }) => {
  test.setTimeout(180_000);
  const lab = await open(page, site.url, 'devices=gpu&seconds=0.1');
  await measure(lab);
  await expect(lab.root.getByText(/^The only GPU that this browser offers is a program/)).toBeVisible();
  await expect(lab.picture(/^Training, steps a second.* GPU in software: training [\d.]+/)).toBeVisible();
  await expect(lab.button(/^Train a network/)).toHaveCount(0);
});

test('without WebGPU the CPU is measured, and the page says that there is no GPU', async ({ page, site }) => {
  await patchWorker(page, "Object.defineProperty(navigator, 'gpu', { value: undefined })");
  const lab = await open(page, site.url, 'seconds=0.1');
  await measure(lab);
  await expect(lab.root.getByText(/^There is no GPU to measure here:/)).toBeVisible();
  await expect(lab.root.getByRole('region', { name: 'All figures' }).getByRole('row')).toHaveCount(8);
});

test('it can be stopped, keeps what it has, and starts again', async ({ page, site }) => {
  const lab = await open(page, site.url, 'devices=cpu&seconds=10');
  await lab.button('Measure').click();
  await expect(lab.root.getByRole('status')).toContainText('CPU: ');
  await expect(lab.picture(/CPU: its limit/)).toBeVisible();
  await lab.button('Stop').click();
  await expect(lab.button('Measure again')).toBeVisible();
  await expect(lab.picture(/CPU: its limit/)).toBeVisible();
  await lab.root.getByRole('spinbutton', { name: 'Seconds for each figure' }).fill('0.1');
  await lab.root.getByRole('spinbutton', { name: 'Seconds for each figure' }).press('Tab');
  await expect.poll(() => page.url()).toContain('seconds=0.1');
  await lab.button('Measure again').click();
  await expect(lab.root.getByRole('region', { name: 'All figures' }).getByRole('row')).toHaveCount(8, MEASURED);
});

test('an experiment sets everything; what a link says wrongly is named', async ({ page, site }) => {
  const lab = await open(page, site.url, 'devices=abacus&seconds=1e9');
  await expect(lab.root.getByText('Not understood, so left at its default: devices, seconds.')).toBeVisible();
  await lab.button('How good is this code?').click();
  await expect(lab.root.getByLabel('Device', { exact: true })).toHaveValue('cpu');
  await expect.poll(() => page.url()).toContain('devices=cpu&seconds=1');
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong, ${scheme}; nothing is wider than a phone`, async ({ page, site }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const lab = await open(page, site.url, 'devices=cpu&seconds=0.1');
    await expectAccessible(page, 'before');
    await measure(lab);
    await expectAccessible(page, 'measured');
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
}
