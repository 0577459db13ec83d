/** The lab "Images in a few numbers": the bound and its parts, β in mid-run, the latent plane, collapse, rooms and their factors. */

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { Lab } from './lab.ts';
import { expect, expectAccessible, test } from './support.ts';

const open = (page: Page, url: string, state = ''): Promise<Lab> => Lab.open(page, url, state, 'vae');

const steps = async (lab: Lab): Promise<number> => {
  const text = await lab.root.getByText(/^step [\d\s]+/).innerText();
  return Number(/^step ([\d\s]+)/.exec(text)![1].replace(/\D/g, ''));
};

async function trainTo(lab: Lab, goal: number): Promise<void> {
  await lab.button('Train').click();
  await expect.poll(() => steps(lab), { timeout: 100_000 }).toBeGreaterThanOrEqual(goal);
  await lab.button('Pause').click();
  await expect(lab.button('Step')).toBeEnabled();
}

/** Mean error per pixel over the held-out images. */
const error = async (lab: Lab): Promise<number> => {
  const text = await lab.root.getByText(/Mean error \S+ per pixel/).innerText();
  return Number(/Mean error (\S+)/.exec(text)![1]);
};

/** KL per latent, as the walks say. */
async function divergences(lab: Lab): Promise<number[]> {
  const texts = await lab.root.getByText(/^[\d.e−]+ nats$/).allInnerTexts();
  return texts.map((text) => Number(text.replace(' nats', '').replace('−', '-')));
}

test('the view at rest explains; looking at another image or plane trains nothing', async ({ page, site }) => {
  const lab = await open(page, site.url, 'latent=3');
  await expect(lab.root.getByRole('heading', { name: 'The plane of z1 and z2' })).toBeVisible();
  await expect(lab.picture('Images over the plane of two latents')).toBeVisible();
  await expect(lab.root.getByText(/z[123] ∅ silent|z[123]/).first()).toBeVisible();
  await lab
    .button('Image 3: 2')
    .or(lab.button(/^Image 3: /))
    .first()
    .click();
  await expect.poll(() => page.url()).toContain('image=2');
  await expect(lab.root.getByText(/From the code of image 3/)).toBeVisible();
  await lab.root.getByRole('group', { name: 'Upwards' }).getByRole('button', { name: 'z3' }).click();
  await expect(lab.root.getByRole('heading', { name: 'The plane of z1 and z3' })).toBeVisible();
  expect(await steps(lab)).toBe(0);
});

test('digits in two numbers: the error falls, both latents speak, the curves are saved; a rewind begins again', async ({
  page,
  site,
}) => {
  const lab = await open(page, site.url);
  const before = await error(lab);
  await trainTo(lab, 600);
  const after = await error(lab);
  expect(after).toBeLessThan(0.8 * before);
  for (const nats of await divergences(lab)) expect(nats).toBeGreaterThan(0.05);
  const download = page.waitForEvent('download');
  await lab.button('Its two parts, in nats: save as CSV').click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n');
  expect(lines[0]).toBe('step,reconstruction,KL');
  expect(lines.length).toBeGreaterThan(100);
  await lab.button('Rewind').click();
  await expect.poll(() => error(lab)).toBe(before);
  expect(await steps(lab)).toBe(0);
});

test('β changes in mid-run: a large one silences what had spoken', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await trainTo(lab, 300);
  const done = await steps(lab);
  const beta = lab.root.getByRole('spinbutton', { name: 'β, the price of a nat' });
  await beta.fill('100');
  await beta.press('Enter');
  await expect.poll(() => page.url()).toContain('beta=100');
  expect(await steps(lab)).toBe(done);
  await trainTo(lab, done + 400);
  await expect(lab.root.getByText(/^z[12] ∅ silent$/)).toHaveCount(2);
});

test('posterior collapse: every latent falls silent', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await lab.button('Posterior collapse').click();
  await lab.ready();
  await trainTo(lab, 400);
  await expect(lab.root.getByText(/^z[1-4] ∅ silent$/)).toHaveCount(4);
});

test('two networks on rooms: side by side, with factors, matrix and scores', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await lab.button('β = 1 against β = 4').click();
  await expect(lab.root.getByRole('region', { name: 'The two networks' }).getByRole('row')).toHaveCount(3);
  await lab.ready();
  await trainTo(lab, 150);
  const matrix = lab.root.getByRole('region', { name: 'Importance of each latent for each factor' });
  await expect(matrix.getByRole('row')).toHaveCount(9);
  const rows = await lab.root.getByRole('region', { name: 'The two networks' }).getByRole('row').allInnerTexts();
  const kl = rows.slice(1).map((row) => Number(row.split('\t')[2]));
  // The dearer nats are used more sparingly.
  expect(kl[1]).toBeLessThan(kl[0]);
  const first = await matrix.innerText();
  await lab.root.getByRole('group', { name: 'Which network is shown' }).getByRole('button', { name: 'β = 4' }).click();
  await expect.poll(() => matrix.innerText()).not.toBe(first);
  const download = page.waitForEvent('download');
  await lab.button('Importance: save as CSV').click();
  expect((await readFile(await (await download).path(), 'utf8')).trim().split('\r\n')).toHaveLength(9);
});

test('pairs of rooms can be had, and a hostile link is answered in words', async ({ page, site }) => {
  const lab = await open(page, site.url, 'data=rooms&shape=convolutional&pairs=one-factor&latent=6&beta=-3&image=1e9');
  await expect(lab.root.getByText('Not understood, so left at its default: beta, image.')).toBeVisible();
  await expect(lab.root.getByLabel('Supervision')).toHaveValue('one-factor');
  await lab.button('Step').click();
  await expect.poll(() => steps(lab)).toBe(1);
});

test('the codes lie by class on the plane of two latents; with one latent there is no plane', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await trainTo(lab, 400);
  await expect(lab.picture(/^Codes of 200 held-out images of 10 classes on z1 and z2/)).toBeVisible();
  const download = page.waitForEvent('download');
  await lab.button('Codes: save as CSV').click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n');
  expect(lines[0]).toBe('held-out image,class,mean of z1,mean of z2,deviation of z1,deviation of z2');
  const rows = lines.slice(1).map((line) => line.split(','));
  expect(rows).toHaveLength(200);
  // The spread of all codes against the mean spread within a class: labels were never told, yet classes lie together.
  const spread = (points: number[][]) => {
    const middle = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis]!, 0) / points.length);
    return points.reduce((sum, point) => sum + (point[0]! - middle[0]!) ** 2 + (point[1]! - middle[1]!) ** 2, 0) / points.length;
  };
  const place = (row: string[]) => [Number(row[2]), Number(row[3])];
  const classes = [...new Set(rows.map((row) => row[1]))];
  const within = classes.map((name) => spread(rows.filter((row) => row[1] === name).map(place)));
  expect(within.reduce((a, b) => a + b, 0) / within.length).toBeLessThan(0.7 * spread(rows.map(place)));
  await lab.root.getByRole('spinbutton', { name: 'Latents' }).fill('1');
  await lab.root.getByRole('spinbutton', { name: 'Latents' }).press('Enter');
  await expect(lab.root.getByText('With one latent there is a line instead of a plane', { exact: false })).toBeVisible();
  await expect(lab.root.getByRole('region', { name: 'Codes by class' })).toHaveCount(0);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong, ${scheme}; nothing is wider than a phone`, async ({ page, site }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const lab = await open(page, site.url, 'data=rooms&shape=convolutional&latent=4&against=4');
    await expectAccessible(page, 'before training');
    await trainTo(lab, 10);
    await expect(lab.root.getByRole('region', { name: 'Importance of each latent for each factor' })).toBeVisible();
    await expectAccessible(page, 'trained');
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
}
