/** The lab "Two networks, one forger": steps of each network, slow motion, losses, drawings, failures on demand. */

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { Lab } from './lab.ts';
import { expect, expectAccessible, patchWorker, test } from './support.ts';

const open = (page: Page, url: string, state = ''): Promise<Lab> => Lab.open(page, url, state, 'gan');

/** Steps done, as the transport bar says. */
const steps = async (lab: Lab): Promise<number> => {
  const text = await lab.root.getByText(/^step [\d\s]+/).innerText();
  return Number(/^step ([\d\s]+)/.exec(text)![1].replace(/\D/g, ''));
};

async function trainTo(lab: Lab, goal: number): Promise<void> {
  await lab.button('Train').click();
  await expect.poll(() => steps(lab), { timeout: 100_000 }).toBeGreaterThanOrEqual(goal);
  await lab.button('Pause').click();
  await expect(lab.button('Step D')).toBeEnabled();
}

/** Real points and fakes with scores and arrows, as the lab saves them. */
async function points(lab: Lab): Promise<Record<string, string>[]> {
  const download = lab.page.waitForEvent('download');
  await lab.button('Board: save as CSV').click();
  const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n');
  const header = lines[0].split(',');
  return lines.slice(1).map((line) => Object.fromEntries(line.split(',').map((cell, i) => [header[i], cell])));
}

const arrowLength = async (lab: Lab): Promise<number> => {
  const text = await lab.root.getByText(/^arrows: .* long on average$/).innerText();
  return Number(/^arrows: (\S+)/.exec(text)![1].replace('−', '-'));
};

test('the view at rest explains, and nothing has learnt', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await expect(lab.picture(/^Noise goes through the generator G/)).toBeVisible();
  await expect(lab.picture(/^Board:/)).toBeVisible();
  await expect(lab.root.getByText(/of 8 modes/)).toBeVisible();
  await expect(lab.root.getByRole('heading', { name: 'Nothing has learnt yet' })).toBeVisible();
  expect(await steps(lab)).toBe(0);
  const rows = await points(lab);
  expect(rows.filter(({ kind }) => kind === 'real')).toHaveLength(256);
  // Real points lie on the ring, at radius 2 with noise of 0.05.
  for (const { x, y } of rows.filter(({ kind }) => kind === 'real'))
    expect(Math.abs(Math.hypot(Number(x), Number(y)) - 2)).toBeLessThan(0.3);
});

test('a step of D leaves G where it was, a step of G moves the fakes; a rewind undoes both', async ({ page, site }) => {
  const lab = await open(page, site.url);
  const places = (rows: Record<string, string>[]) => rows.map(({ x, y }) => [x, y]);
  const first = await points(lab);
  await lab.button('Step D').click();
  await expect.poll(() => steps(lab)).toBe(1);
  const second = await points(lab);
  expect(places(second)).toEqual(places(first));
  expect(second.map(({ score }) => score)).not.toEqual(first.map(({ score }) => score));
  await lab.button('Step G').click();
  await expect.poll(async () => places(await points(lab))).not.toEqual(places(second));
  await lab.button('Rewind').click();
  await expect.poll(() => points(lab)).toEqual(first);
  expect(await steps(lab)).toBe(0);
});

test('slow motion walks through one turn, and learns only where it says so', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await lab.button('Slow motion').click();
  const learnt: string[] = [];
  for (let i = 1; i <= 13; i++) {
    const heading = lab.root.getByRole('heading', {
      name: new RegExp(`^${i} of 13: `),
    });
    await expect(heading).toBeVisible();
    const before = learnt.length;
    if (/Update/.test(await heading.innerText())) learnt.push(await heading.innerText());
    if (learnt.length > before) await expect(lab.root.getByText(/Mean score of fakes/)).toBeVisible();
    await expect(lab.button('Next sub-step')).toBeEnabled();
    if (i < 13) await lab.button('Next sub-step').click();
  }
  expect(learnt).toEqual(['7 of 13: Update D', '13 of 13: Update G']);
  expect(await steps(lab)).toBe(1);
  await lab.button('Leave slow motion').click();
  await expect(lab.button('Slow motion')).toBeEnabled();
});

test('slow motion goes on by itself until it is paused', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await lab.button('Slow motion').click();
  await lab.button('Walk by itself').click();
  await expect(lab.root.getByRole('heading', { name: /^3 of 13: / })).toBeVisible({ timeout: 15_000 });
  await lab.button('Pause the walk').click();
  await expect(lab.button('Walk by itself')).toBeEnabled();
});

test('on the line G finds both bells, and D goes to ½', async ({ page, site }) => {
  const lab = await open(page, site.url, 'data=two-gaussians');
  await trainTo(lab, 1000);
  await expect(lab.root.getByText(/2 of 2 modes/)).toBeVisible();
  const events = await lab.steps();
  expect(events.length).toBeGreaterThan(10);
  const scores = (await points(lab)).map(({ score }) => Number(score));
  const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.1);
});

const quality = async (lab: Lab): Promise<number> => {
  const text = await lab.root.getByText(/of high quality$/).innerText();
  return Number(/(\d+) % of high quality/.exec(text)![1]);
};

test('the card of the line stays chosen when, as it says, both learn', async ({ page, site }) => {
  const lab = await open(page, site.url);
  const card = lab.button('On the line: D beside the best D');
  await card.click();
  await lab.ready();
  await expect(card).toHaveAttribute('aria-pressed', 'true');
  await lab.button('Both').click();
  await expect(lab.button('Both')).toHaveAttribute('aria-pressed', 'true');
  await expect(card).toHaveAttribute('aria-pressed', 'true');
  await lab.root.getByRole('combobox', { name: 'Loss' }).selectOption('least-squares');
  await expect(card).toHaveAttribute('aria-pressed', 'false');
});

test('mode collapse: after 600 turns G is at three modes at most', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await lab.button('Mode collapse').click();
  await lab.ready();
  await trainTo(lab, 600);
  const covered = Number(/(\d+) of 8 modes/.exec(await lab.root.getByText(/of 8 modes/).innerText())![1]);
  expect(covered).toBeLessThanOrEqual(3);
  await expect(lab.root.getByRole('heading', { name: 'G covers less than it should' })).toBeVisible();
});

test('no gradient for G with the minimax loss; the non-saturating one draws longer arrows and gets there', async ({
  page,
  site,
}) => {
  const lab = await open(page, site.url);
  await lab.button('No gradient for G').click();
  await lab.ready();
  await trainTo(lab, 200);
  const [arrows, found] = [await arrowLength(lab), await quality(lab)];
  await expect(lab.root.getByRole('heading', { name: 'G gets no gradient' })).toBeVisible();
  await expect(lab.button('No gradient for G')).toHaveAttribute('aria-pressed', 'true');
  await lab.root.getByRole('combobox', { name: 'Loss' }).selectOption('non-saturating');
  await expect(lab.button('No gradient for G')).toHaveAttribute('aria-pressed', 'false');
  await expect.poll(() => steps(lab)).toBe(0);
  await lab.ready();
  await trainTo(lab, 200);
  expect(await arrowLength(lab)).toBeGreaterThan(3 * arrows);
  expect(await quality(lab)).toBeGreaterThan(2 * found);
});

test('too strong a discriminator: it stays sure, and G is thrown about', async ({ page, site }) => {
  const lab = await open(page, site.url);
  await lab.button('Too strong a discriminator').click();
  await lab.ready();
  await trainTo(lab, 100);
  const rows = await points(lab);
  const mean = (kind: string) => {
    const scores = rows.filter((row) => row['kind'] === kind).map(({ score }) => Number(score));
    return scores.reduce((a, b) => a + b, 0) / scores.length;
  };
  expect(mean('real') - mean('fake')).toBeGreaterThan(0.5);
  expect(await arrowLength(lab)).toBeGreaterThan(5);
});

test('a change of the rates goes on with the same game, a change of the loss begins another; the link keeps both', async ({
  page,
  site,
}) => {
  const lab = await open(page, site.url);
  await trainTo(lab, 20);
  const done = await steps(lab);
  const rate = lab.root.getByRole('spinbutton', { name: 'Learning rate of D' });
  await rate.fill('0.002');
  await rate.press('Enter');
  await expect.poll(() => page.url()).toContain('dlr=0.002');
  expect(await steps(lab)).toBe(done);
  await lab.root.getByRole('combobox', { name: 'Loss' }).selectOption('wasserstein-gp');
  await expect.poll(() => steps(lab)).toBe(0);
  await expect.poll(() => page.url()).toContain('loss=wasserstein-gp');
  await page.reload();
  await lab.ready();
  await expect(rate).toHaveValue('0.002');
  await expect(lab.root.getByRole('combobox', { name: 'Loss' })).toHaveValue('wasserstein-gp');
});

test('a distribution is drawn: ready-made, by pointer, by keyboard, and kept in the link', async ({ page, site }) => {
  const lab = await open(page, site.url, 'data=drawn');
  await lab.button('Cross').click();
  const pad = lab.root.getByRole('application');
  await expect(pad).toHaveAccessibleName(/Drawing area, \d+ points/);
  await lab.button('Clear').click();
  await expect.poll(() => page.url()).not.toContain('dots=');
  await pad.scrollIntoViewIfNeeded();
  const box = (await pad.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.25, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, {
    steps: 4,
  });
  await page.mouse.up();
  await expect(pad).toHaveAccessibleName(/Drawing area, 1[67] points/);
  await lab.ready();
  // The stroke lies in the left half at mid-height, within the noise.
  for (const { x, y } of (await points(lab)).filter(({ kind }) => kind === 'real')) {
    expect(Number(x)).toBeLessThan(0.5);
    expect(Math.abs(Number(y))).toBeLessThan(0.5);
  }
  await pad.focus();
  await pad.press('ArrowUp');
  await pad.press(' ');
  await expect(pad).toHaveAccessibleName(/Drawing area, 1[78] points/);
  await expect.poll(() => page.url()).toContain('dots=');
});

/** A game between points that are where they may be does not diverge by Adam: the third turn's loss is put to NaN on its way. */
const BROKEN = `{
  const post = self.postMessage.bind(self);
  self.postMessage = (message, ...rest) => {
    const value = message?.value;
    if (value?.discriminatorSteps >= 3 && 'generatorLoss' in value) value.discriminatorLoss = NaN;
    post(message, ...rest);
  };
}`;

test('a run that diverges stops, says when and what to do, and goes on after a rewind', async ({ page, site }) => {
  await patchWorker(page, BROKEN);
  const lab = await open(page, site.url, 'dlr=0.05');
  await page.evaluate(() => document.addEventListener('vitrine-done', (event) => Object.assign(window, { done: event })));
  await lab.button('Train').click();
  const note = lab.root.getByRole('alert').filter({ hasText: 'a loss is no longer a number: the run diverged' });
  await expect(note).toBeVisible();
  await expect(note).toContainText(/^At step \d+ .* Choose smaller learning rates, then rewind\.$/);
  await expect(lab.button('Train')).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { done: CustomEvent }).done.detail.diverged)).toBe(true);
  await lab.button('A tenth of both rates, from the start').click();
  await expect(note).toHaveCount(0);
  await expect.poll(() => steps(lab)).toBe(0);
  await expect(lab.root.getByRole('spinbutton', { name: 'Learning rate of D' })).toHaveValue('0.005');
  await lab.button('Step').click();
  await expect.poll(() => steps(lab)).toBe(1);
  await expect(note).toHaveCount(0);
});

test('a hostile link is answered in words', async ({ page, site }) => {
  const lab = await open(page, site.url, 'loss=hinge&dots=%3Cscript%3E&width=1e9&dlr=-1');
  await expect(lab.root.getByText('Not understood, so left at its default: dots, loss, width, dlr.')).toBeVisible();
  await lab.button('Step').click();
  await expect.poll(() => steps(lab)).toBe(1);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong, ${scheme}; nothing is wider than a phone`, async ({ page, site }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const lab = await open(page, site.url, 'data=drawn&grid=1');
    await expectAccessible(page, 'before training');
    await trainTo(lab, 20);
    await lab.button('Slow motion').click();
    await lab.root.locator('details').evaluateAll((all) => all.forEach((details) => ((details as HTMLDetailsElement).open = true)));
    await expectAccessible(page, 'in slow motion');
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await expectAccessible(page, 'on a phone');
  });
}

test('on a phone the controls of the set-up are folded, and a problem with them unfolds it', async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const lab = await open(page, site.url);
  const loss = lab.root.getByRole('combobox', { name: 'Loss' });
  await expect(loss).toBeHidden();
  await lab.button(/^Set up/).click();
  await expect(loss).toBeVisible();
  await lab.button(/^Set up/).click();
  await expect(loss).toBeHidden();

  const other = await Lab.visit(page, site.url, '#lab=autoencoder&data=files');
  await expect(other.root.getByText('A link cannot carry files. Drop them here again.')).toBeVisible();
});
