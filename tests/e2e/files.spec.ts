/** Own files: good ones train, bad ones are refused with a reason, and the experiment that runs survives them. */

import { broken, halves } from './files.ts';
import { Lab } from './lab.ts';
import { expect, test } from './support.ts';

for (const { what, files, says } of broken) {
  test(`${what} is refused with a reason, and the model that was there goes on`, async ({ page, site }) => {
    const lab = await Lab.open(page, site.url);
    await lab.epochs(2);
    const before = await lab.step();
    await lab.root.getByLabel('Images', { exact: true }).selectOption('files');
    await lab.root.getByLabel(/^Drop IDX files/).setInputFiles(files);
    const section = lab.root.getByRole('region', { name: 'Data' });
    await expect(section.getByRole('alert')).toContainText(says);
    await expect(lab.button('Train')).toBeEnabled();
    expect(await lab.step()).toBe(before);
    await lab.trainTo(before + 1);
    const steps = await lab.steps();
    expect(steps[steps.length - 1].accuracy).toBeGreaterThan(0.5);
  });
}

test('dropped IDX files, one of them compressed, become the data set', async ({ page, site }) => {
  const lab = await Lab.open(page, site.url);
  await lab.root.getByLabel('Images', { exact: true }).selectOption('files');
  await lab.root.getByLabel(/^Drop IDX files/).setInputFiles(halves);
  await expect(lab.root.getByRole('region', { name: 'Data' })).toContainText(/160 images to train on,\s+40 held out/);
  await lab.trainTo(40);
  await expect.poll(() => page.evaluate(() => window.validations.at(-1))).toBe(1);
});
