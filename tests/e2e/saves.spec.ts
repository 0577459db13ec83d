/** The labs of generation save every picture of figures, as PNG and as CSV. */

import { Lab } from './lab.ts';
import { expectSaves } from './saves.ts';
import { expect, test } from './support.ts';

/** A curve begins with its second point. */
async function twoSteps(lab: Lab): Promise<void> {
  for (const step of [1, 2]) {
    await lab.button('Step').click();
    const bar = lab.root.getByRole('toolbar', { name: 'Training' });
    await expect(bar.getByText(new RegExp(`^step ${step}$`))).toBeVisible({ timeout: 60_000 });
    await expect(lab.button('Step')).toBeEnabled({ timeout: 60_000 });
  }
}

test('Two networks, one forger', async ({ page, site }) => {
  for (const state of ['', 'data=two-gaussians']) {
    const lab = await Lab.open(page, site.url, state, 'gan');
    await twoSteps(lab);
    expect(await expectSaves(lab)).toEqual(['Board', 'Confidence', 'Coverage', 'Losses', 'Mean D(x)', 'The best D']);
  }
});

test('Images from noise', async ({ page, site }) => {
  test.setTimeout(180_000);
  const lab = await Lab.open(page, site.url, '', 'image-gan');
  await lab.button('Train a judge').click();
  await expect(lab.root.getByText(/^The judge is right/)).toBeVisible({ timeout: 60_000 });
  await twoSteps(lab);
  const names = await expectSaves(lab);
  expect(names).toEqual([
    'Classes',
    'Fréchet distance',
    'Gradient that reaches G',
    'Losses',
    'Mean D(x)',
    'Neighbours',
    'Sheet',
    'Walk',
  ]);
});

test('Images in a few numbers', async ({ page, site }) => {
  const lab = await Lab.open(page, site.url, 'data=rooms&latent=2', 'vae');
  await twoSteps(lab);
  const names = await expectSaves(lab);
  for (const name of ['Codes', 'Importance', 'Its two parts, in nats', 'Images over the plane of two latents', 'Reconstructions'])
    expect(names).toContain(name);
  expect(names.filter((name) => name.startsWith('Images along latent'))).toHaveLength(2);
});

test('Squeeze an image into a few numbers', async ({ page, site }) => {
  const lab = await Lab.open(page, site.url, 'shape=linear&half=500&batch=2048', 'autoencoder');
  await lab.trainTo(50);
  const always = ['Error on held-out images', 'Map of the code', 'Reconstructions'];
  for (const [view, names] of [
    ['Walk', ['Walk']],
    ['Samples', ['Samples']],
    ['Features', ['Similar images']],
    ['PCA', ['Directions', 'Other bases', 'Squared error per pixel']],
  ] as const) {
    await lab.root.getByRole('tab', { name: view }).click();
    await expect(lab.button(`${names[0]}: save as PNG`)).toBeEnabled();
    expect(await expectSaves(lab)).toEqual([...always, ...names].sort());
  }
});
