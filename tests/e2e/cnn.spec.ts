/** The CNN lab: train, look inside, fool, and come back to it by its address. */

import { Lab } from './lab.ts';
import { expect, test } from './support.ts';

test('nothing is loaded before a lab is opened, nothing trains before it is asked, and looking adds no step', async ({
  page,
  site,
}) => {
  const before = site.responses.length;
  const lab = await Lab.visit(page, site.url);
  await expect(page.getByRole('link', { name: /Open the lab/ }).first()).toBeVisible();
  expect(site.responses.slice(before).filter(({ path }) => path.endsWith('.wasm'))).toEqual([]);
  await page
    .getByRole('link', { name: /Open the lab/ })
    .first()
    .click();
  await lab.ready();
  for (const view of ['Why', 'Fool it', 'Draw', 'Layers'] as const) await lab.view(view);
  await page.waitForTimeout(1000);
  expect(await lab.step()).toBe(0);
  expect(await lab.steps()).toEqual([]);
});

test('trains on the digits: accuracy rises, cells of the confusion matrix and wrong answers open their images', async ({
  page,
  site,
}) => {
  const lab = await Lab.open(page, site.url);
  await lab.trainTo(150);
  const steps = await lab.steps();
  const [first, last] = [steps[0], steps[steps.length - 1]];
  expect(last.loss).toBeLessThan(first.loss / 2);
  expect(last.accuracy).toBeGreaterThan(0.7);
  // The evaluation follows the last step: its event comes a moment later.
  await expect.poll(() => page.evaluate(() => window.validations.at(-1) ?? 0)).toBeGreaterThan(0.8);

  await lab.root.getByRole('grid', { name: 'Confusion matrix' }).getByRole('gridcell').first().click();
  await expect(lab.root.getByRole('group', { name: 'Images in this cell' }).getByRole('button').first()).toBeVisible();
  const wrong = lab.root.getByRole('group', { name: 'Wrong answers' }).getByRole('button').first();
  const image = /Image (\d+)/.exec((await wrong.getAttribute('aria-label'))!)![1];
  await wrong.click();
  await expect(lab.root.getByRole('spinbutton', { name: 'Image number' })).toHaveValue(image);
});

test('saliency and Grad-CAM appear over the image, for the class and the layer that are asked for', async ({ page, site }) => {
  const lab = await Lab.open(page, site.url);
  await lab.epochs(3);
  await lab.view('Why');
  const strength = (name: RegExp) =>
    lab.picture(name).evaluate((picture) => {
      const host = (picture.getRootNode() as ShadowRoot).host as HTMLElement & { map?: { data: Float32Array } };
      return host.map!.data.reduce((sum, value) => sum + Math.abs(value), 0);
    });
  await expect(lab.picture(/^Saliency for class/)).toBeVisible();
  expect(await strength(/^Saliency/)).toBeGreaterThan(0);

  await lab.button('Grad-CAM').click();
  await expect(lab.picture(/^Grad-CAM for class/)).toBeVisible();
  await lab.root.getByLabel('Class', { exact: true }).selectOption('3');
  await expect(lab.picture(/^Grad-CAM for class 3/)).toBeVisible();
  const layers = lab.root.locator('vt-cnn-view-why').getByLabel('Layer', { exact: true });
  await layers.selectOption({ index: 0 });
  await expect.poll(() => strength(/^Grad-CAM/)).toBeGreaterThan(0);
});

test('FGSM flips a prediction; noise of the same size does not', async ({ page, site }) => {
  const lab = await Lab.open(page, site.url);
  await lab.epochs(8);
  await lab.view('Fool it');
  const adversarial = lab.root.locator('figcaption').filter({ hasText: 'adversarial' });
  // One that it reads rightly.
  const original = lab.root.locator('figcaption').filter({ hasText: 'original' });
  await expect(original).toContainText(/[✓✗]/);
  for (let i = 0; i < 10 && !(await original.innerText()).includes('✓'); i++) {
    const before = await lab.root.getByRole('spinbutton', { name: 'Image number' }).inputValue();
    await lab.button('Next image').click();
    await expect(lab.root.getByRole('spinbutton', { name: 'Image number' })).not.toHaveValue(before);
    await page.waitForTimeout(500);
  }
  await expect(original).toContainText('✓');
  await lab.root.getByRole('spinbutton', { name: /^ε/ }).fill('0.2');
  await lab.root.getByRole('spinbutton', { name: /^ε/ }).press('Enter');
  await expect(adversarial).toContainText('✗');
  await lab.button('Noise').click();
  await expect(adversarial).toContainText('✓');

  await lab.button('FGSM').click();
  await lab.button('Measure accuracy against ε').click();
  await expect(lab.root.getByText('Accuracy under attack')).toBeVisible({ timeout: 60_000 });
});

test('the address holds the experiment: after a reload the same settings and, bit for bit, the same run', async ({
  page,
  site,
}) => {
  const lab = await Lab.open(page, site.url);
  await lab.root.getByLabel('Optimiser').selectOption('momentum');
  const rate = lab.root.getByRole('spinbutton', { name: 'Learning rate' });
  await rate.fill('0.05');
  await rate.press('Enter');
  const seed = lab.root.getByRole('spinbutton', { name: 'seed' });
  await seed.fill('12');
  await seed.press('Enter');
  await expect(lab.button('Epoch')).toBeEnabled();
  await lab.epochs(1);
  const first = await lab.steps();

  await expect.poll(() => page.url()).toContain('seed=12');
  await page.reload();
  await lab.ready();
  await expect(lab.root.getByLabel('Optimiser')).toHaveValue('momentum');
  await expect(lab.root.getByRole('spinbutton', { name: 'Learning rate' })).toHaveValue('0.05');
  await expect(lab.root.getByRole('spinbutton', { name: 'seed' })).toHaveValue('12');
  await lab.epochs(1);
  // Blocks of steps are cut by the clock, so the two runs report different ones, but every epoch ends with a report.
  expect((await lab.steps()).at(-1)).toEqual(first.at(-1));
});

test('rewinding keeps the initial weights; a new seed does not', async ({ page, site }) => {
  const lab = await Lab.open(page, site.url);
  const firstStep = async () => {
    const before = (await lab.steps()).length;
    await lab.button('Step').click();
    await expect.poll(async () => (await lab.steps()).length).toBe(before + 1);
    return (await lab.steps())[before].loss;
  };
  const loss = await firstStep();
  await lab.button('Rewind').click();
  await expect.poll(() => lab.step()).toBe(0);
  expect(await firstStep()).toBe(loss);
  await lab.button('New seed').click();
  await expect.poll(() => lab.step()).toBe(0);
  await expect(lab.button('Step')).toBeEnabled();
  expect(await firstStep()).not.toBe(loss);
});

test('a run that diverges stops, says where and why, and goes on with a smaller rate', async ({ page, site }) => {
  const lab = await Lab.open(page, site.url);
  await lab.button(/Break it/).click();
  await expect(lab.button('Train')).toBeEnabled();
  await lab.button('Train').click();
  const alert = lab.root.getByRole('alert').filter({ hasText: 'diverged at step' });
  await expect(alert).toBeVisible({ timeout: 60_000 });
  // Ten times smaller each time: at most five times until the run holds.
  for (let i = 0; i < 5 && (await alert.isVisible()); i++) {
    await alert.getByRole('button', { name: /Start again with learning rate/ }).click();
    await expect(alert).toBeHidden();
    await expect(lab.button('Train')).toBeEnabled();
    await lab.button('Train').click();
    await expect(async () => expect((await alert.isVisible()) || (await lab.step()) > 20).toBe(true)).toPass({ timeout: 30_000 });
  }
  await expect(alert).toBeHidden();
});

test('an address with nonsense in it is reported and ignored', async ({ page, site }) => {
  const lab = await Lab.open(
    page,
    site.url,
    `lr=1e99&batch=-3&seed=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&layers=${'x'.repeat(5000)}`,
  );
  await expect(lab.root.getByText(/Not understood.*lr/)).toBeVisible();
  await lab.trainTo(5);
});

test('everything by keyboard: start, one step, one epoch, train, pause, rewind, a look inside', async ({ page, site }) => {
  const lab = await Lab.visit(page, site.url, 'embed.html#lab=cnn');
  const focused = (name: RegExp) => expect(lab.button(name)).toBeFocused();
  const tabTo = async (name: RegExp) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      if (await lab.button(name).evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button)) break;
    }
    await focused(name);
  };
  await tabTo(/^Open the lab/);
  await page.keyboard.press('Enter');
  await expect(lab.button('Train')).toBeEnabled();
  await tabTo(/^Train$/);
  await page.keyboard.press('s');
  await expect.poll(() => lab.step()).toBe(1);
  await expect(lab.button('Epoch')).toBeEnabled();
  await page.keyboard.press('e');
  await expect.poll(() => page.evaluate(() => window.validations.length)).toBe(2);
  await expect(lab.button('Epoch')).toBeEnabled();
  const afterEpoch = await lab.step();
  await page.keyboard.press('Space');
  await expect.poll(() => lab.step()).toBeGreaterThan(afterEpoch);
  await page.keyboard.press('Space');
  await expect(lab.button('Train')).toBeVisible();
  await page.keyboard.press('r');
  await expect.poll(() => lab.step()).toBe(0);

  await lab.root.getByRole('tab', { selected: true }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(lab.root.getByRole('tab', { name: 'Why' })).toBeFocused();
  await expect(lab.picture(/^Saliency for class/)).toBeVisible();
});
