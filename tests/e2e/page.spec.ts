/** The page around the lab: devices, accessibility, embedding, offline use, and what it costs to download. */

import { Lab } from './lab.ts';
import { expect, expectAccessible, patchWorker, test } from './support.ts';

/** All that a visitor downloads until the first training step, gzip. */
const BUDGET_KB = 450;

test(`at most ${BUDGET_KB} KB cross the wire until the first training step`, async ({ page, site }) => {
  const before = site.responses.length;
  const lab = await Lab.visit(page, site.url);
  await page
    .getByRole('link', { name: /Open the lab/ })
    .first()
    .click();
  await lab.ready();
  // What is asked for after the step, the plots' library and the files for offline use, has not delayed it.
  const stepped = page.evaluate(
    () => new Promise<number>((resolve) => document.addEventListener('vitrine-step', () => resolve(Date.now()), { once: true })),
  );
  await lab.button('Step').click();
  const time = await stepped;
  const responses = site.responses.slice(before).filter(({ asked }) => asked <= time);
  const total = responses.reduce((sum, { bytes }) => sum + bytes, 0) / 1024;
  console.log(`${total.toFixed(0)} KB in ${responses.length} files`);
  expect(responses.some(({ path }) => path.endsWith('.wasm'))).toBe(true);
  expect(total).toBeLessThanOrEqual(BUDGET_KB);
});

test('works offline after the first visit', async ({ page, site, context }) => {
  const lab = await Lab.open(page, site.url);
  await lab.trainTo(1);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect
    .poll(() =>
      page.evaluate(async () =>
        (await Promise.all((await caches.keys()).map(async (key) => (await (await caches.open(key)).keys()).length))).reduce(
          (a, b) => a + b,
          0,
        ),
      ),
    )
    .toBeGreaterThan(10);
  await context.setOffline(true);
  await page.reload();
  await lab.ready();
  await lab.trainTo(1);
  await context.setOffline(false);
});

test('trains on a GPU in software when asked to, and says so', async ({ page, site }) => {
  const lab = await Lab.embed(page, site.url, 'gpu-software');
  await expect(lab.device).toHaveText('Runs on the GPU in software');
  await lab.trainTo(20);
  const steps = await lab.steps();
  expect(steps.at(-1)!.loss).toBeLessThan(steps[0].loss);
});

for (const [what, patch] of [
  ['absent', "Object.defineProperty(navigator, 'gpu', { value: undefined })"],
  ['refused', 'GPU.prototype.requestAdapter = async () => null'],
] as const) {
  test(`with WebGPU ${what} the lab trains on the CPU and says why`, async ({ page, site }) => {
    await patchWorker(page, patch);
    const lab = await Lab.open(page, site.url);
    await expect(lab.device).toHaveText('Runs on the CPU');
    await lab.device.click();
    await expect(lab.root.getByText(/The CPU computes: .*/)).toBeVisible();
    await lab.trainTo(5);
  });
}

test('a GPU lost in mid-training: the lab trains on, on the CPU, and says so', async ({ page, site }) => {
  await patchWorker(
    page,
    `const request = GPUAdapter.prototype.requestDevice;
     GPUAdapter.prototype.requestDevice = async function (...args) {
       const device = await request.apply(this, args);
       new BroadcastChannel('lose the GPU').onmessage = () => device.destroy();
       return device;
     }`,
  );
  const lab = await Lab.embed(page, site.url, 'gpu-software');
  await lab.button('Train').click();
  await expect.poll(() => lab.step(), { timeout: 60_000 }).toBeGreaterThan(40);
  const before = (await lab.steps()).at(-1)!;
  await page.evaluate(() => new BroadcastChannel('lose the GPU').postMessage(null));
  await expect(lab.device).toHaveText('Runs on the CPU');
  await expect.poll(() => lab.step(), { timeout: 60_000 }).toBeGreaterThan(before.step + 40);
  await lab.button('Pause').click();
  // Weights that had started anew would show in the loss.
  const after = (await lab.steps()).filter(({ step }) => step > before.step);
  const mean = after.reduce((sum, { loss }) => sum + loss, 0) / after.length;
  expect(mean).toBeLessThan((await lab.steps())[0].loss / 2);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing wrong, ${scheme}: catalogue, every view of the lab, examples`, async ({ page, site }) => {
    test.setTimeout(240_000);
    await page.emulateMedia({ colorScheme: scheme });
    const check = (where: string) => expectAccessible(page, where);
    await page.goto(site.url);
    await expect(page.getByRole('link', { name: /Open the lab/ }).first()).toBeVisible();
    await check('catalogue');

    const lab = await Lab.open(page, site.url);
    await check('before training');
    await lab.trainTo(60);
    await lab.root.getByRole('grid', { name: 'Confusion matrix' }).getByRole('gridcell').first().click();
    await lab.root.locator('details').evaluateAll((all) => all.forEach((details) => ((details as HTMLDetailsElement).open = true)));
    for (const view of ['Layers', 'Why', 'Fool it', 'Draw'] as const) {
      await lab.view(view);
      await page.waitForTimeout(500);
      await check(view);
    }
    await page.goto(`${site.url}examples/embed.html`);
    await expect(page.getByRole('button', { name: 'Open the lab' })).toHaveCount(2);
    await check('embed example');
    await page.goto(`${site.url}examples/api.html`);
    await expect(page.locator('output')).toContainText('speak for its class', { timeout: 60_000 });
    await check('API example');
  });
}

test('nothing on the page is wider than a phone', async ({ page, site }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const lab = await Lab.open(page, site.url);
  for (const view of ['Layers', 'Why', 'Fool it', 'Draw'] as const) {
    await lab.view(view);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  }
});

test('two labs on one page train independently', async ({ page, site }) => {
  await page.goto(`${site.url}examples/embed.html`);
  const labs = [0, 1].map((i) => new Lab(page, page.locator('vitrine-lab').nth(i)));
  for (const lab of labs) {
    await lab.button('Open the lab').click();
    await lab.ready();
  }
  await labs[0].trainTo(10);
  expect(await labs[1].step()).toBe(0);
  await labs[1].button('Step').click();
  await expect.poll(() => labs[1].step(), { timeout: 60_000 }).toBe(1);
});

test('a frame tells its height to the page around it, as it grows', async ({ page, site }) => {
  await page.goto(site.url);
  await page.evaluate((url) => {
    const heights: number[] = [];
    Object.assign(window, { heights });
    addEventListener('message', ({ data }) => data?.type === 'vitrine-height' && heights.push(data.height));
    const frame = document.createElement('iframe');
    frame.src = `${url}embed.html#lab=cnn&preset=fool-digits`;
    frame.width = '800';
    document.body.append(frame);
  }, site.url);
  const frame = page.frameLocator('iframe');
  const last = () => page.evaluate(() => (window as unknown as { heights: number[] }).heights.at(-1) ?? 0);
  await frame.getByRole('button', { name: 'Open the lab' }).waitFor();
  await expect.poll(last).toBeGreaterThan(50);
  const poster = await last();
  await frame.getByRole('button', { name: 'Open the lab' }).click();
  await expect(frame.getByRole('button', { name: 'Train', exact: true })).toBeEnabled();
  await expect.poll(last).toBeGreaterThan(poster);
});

test('the API example trains, predicts and prints a saliency map', async ({ page, site }) => {
  await page.goto(`${site.url}examples/api.html`);
  const output = page.locator('output');
  await expect(output).toContainText(/speak for its class:\n(.{15}\n){8}$/, { timeout: 60_000 });
  const printed = (await output.textContent())!;
  console.log(printed);
  expect(Number(/held-out pictures: ([\d.]+) %/.exec(printed)![1])).toBeGreaterThan(90);
  // The darkest shade is the largest value of the map.
  expect(printed).toContain('@');
});
