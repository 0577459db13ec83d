// Pictures of every lab, trained and at work, wide and on a phone, light and dark, into target/screenshots: `make screenshots`, or
// `node scripts/screenshots.mjs measure` for one lab.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchOptions } from './chromium.mjs';
import { serve } from './serve.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { chromium } = createRequire(path.join(root, 'www/package.json'))('playwright-core');
const target = path.join(root, 'target/screenshots');
const TRAINING_MS = 180_000;

const button = (page, name) => page.getByRole('button', { name, exact: typeof name === 'string' });

/** The button that trains enough, and its end. */
async function train(page) {
  await button(page, /^Train it/).click();
  await page.getByText(/^It recognises/).waitFor({ timeout: TRAINING_MS });
}

/** One entry per lab: what to do, and when to take which picture. */
const labs = {
  async cnn(page, shoot) {
    for (let i = 0; i < 8; i++) {
      await button(page, 'Epoch').click();
      await page.getByText(`epoch ${i + 1}.0`).waitFor();
    }
    await shoot('first-view', false);
    for (const view of ['Layers', 'Why', 'Fool it', 'Draw']) {
      await page.getByRole('tab', { name: view }).click();
      await shoot(view.toLowerCase().replace(' ', '-'));
    }
  },
  async explain(page, shoot) {
    await button(page, /^Train it/).waitFor();
    await shoot('first-view');
    await train(page);
    for (const view of ['Method', 'Path', 'Segments']) {
      await page.getByRole('tab', { name: view }).click();
      await shoot(view.toLowerCase());
    }
    await page.getByRole('tab', { name: 'Random weights' }).click();
    await button(page, 'Randomise a copy, layer by layer').click();
    await page.getByText('Likeness to the first map').waitFor({ timeout: TRAINING_MS });
    await shoot('random-weights');
  },
  async measure(page, shoot) {
    await button(page, /^Train it/).waitFor();
    await shoot('first-view');
    await train(page);
    await button(page, /^Measure \d+ methods/).click();
    await page.getByRole('heading', { name: 'All figures' }).waitFor({ timeout: TRAINING_MS });
    await shoot('measured');
  },
  async rate(page, shoot) {
    await button(page, /^Train it/).waitFor();
    await shoot('first-view');
    await train(page);
    await page.getByLabel('Name or pseudonym').fill('Ada');
    await button(page, 'Begin to rate').click();
    await page.getByRole('heading', { name: /^Image 1 of/ }).waitFor();
    await shoot('sheet');
  },
  async gan(page, shoot) {
    await button(page, 'Train').waitFor();
    await shoot('first-view');
    for (let i = 0; i < 12; i++) await button(page, i === 0 ? 'Slow motion' : 'Next sub-step').click();
    await shoot('slow-motion');
    await button(page, 'Leave slow motion').click();
    await page.getByLabel('latent grid').check();
    await button(page, 'Train').click();
    await page.getByText(/step [1-9]\d{3}|step \d\u202f\d{3}/).waitFor({ timeout: TRAINING_MS });
    await button(page, 'Pause').click();
    await shoot('trained');
    await button(page, 'On the line: D beside the best D').click();
    await button(page, 'Train').click();
    await page.waitForTimeout(4000);
    await button(page, 'Pause').click();
    await shoot('line');
    // On a phone the controls of the set-up are folded.
    const setUp = button(page, /Set up/);
    if (await setUp.isVisible()) await setUp.click();
    await page.getByLabel('Distribution').selectOption('drawn');
    await button(page, 'Face').click();
    await shoot('drawn');
  },
  async speed(page, shoot) {
    await button(page, 'Measure').waitFor();
    await shoot('first-view');
    await button(page, 'Measure').click();
    await button(page, 'Measure again').waitFor({ timeout: TRAINING_MS });
    await shoot('measured');
  },
  async vae(page, shoot) {
    await button(page, 'Train').waitFor();
    await shoot('first-view');
    await button(page, 'Train').click();
    await page.getByText(/step \d\u202f\d{3}/).waitFor({ timeout: TRAINING_MS });
    await button(page, 'Pause').click();
    await shoot('digits');
    await button(page, 'β = 1 against β = 4').click();
    await page.getByRole('region', { name: 'The two networks' }).waitFor();
    await button(page, 'Train').click();
    await page.getByText(/step ([1-9]\d\d|\d+\u202f\d{3})/).waitFor({ timeout: TRAINING_MS });
    await button(page, 'Pause').click();
    await shoot('rooms');
  },
  async 'image-gan'(page, shoot) {
    await button(page, 'Step D').waitFor();
    await shoot('first-view');
    await button(page, 'Train a judge').click();
    await page.getByText(/^The judge is right/).waitFor({ timeout: TRAINING_MS });
    await button(page, 'Train').click();
    await page.getByText(/G [3-9]\d\d steps$/).waitFor({ timeout: TRAINING_MS });
    await button(page, 'Pause').click();
    await page.getByText(/Left a sample/).waitFor();
    await shoot('trained');
    await button(page, 'Mode collapse').click();
    await page.getByRole('toolbar', { name: 'Training' }).getByText('step 0').waitFor();
    await button(page, 'Train').click();
    await page.getByRole('heading', { name: 'The modes collapse' }).waitFor({ timeout: TRAINING_MS });
    await button(page, 'Pause').click();
    await shoot('collapse');
  },
  async autoencoder(page, shoot) {
    await page.getByText('Nothing learnt yet').waitFor();
    await shoot('first-view');
    for (let i = 0; i < 12; i++) {
      await button(page, 'Epoch').click();
      await page.getByText(`epoch ${i + 1}.0`).waitFor({ timeout: TRAINING_MS });
      await button(page, 'Train').waitFor();
    }
    for (const view of ['Walk', 'Samples', 'Features']) {
      await page.getByRole('tab', { name: view }).click();
      await shoot(view.toLowerCase());
    }
    await button(page, 'Compare').click();
    await page.getByText(/whiskers from the worst/).waitFor({ timeout: TRAINING_MS });
    await shoot('few-labels');
    await page.getByRole('tab', { name: 'PCA' }).click();
    await button(page, 'Make them linear').click();
    await page.getByText('step 0', { exact: false }).first().waitFor();
    await button(page, 'Train').click();
    await page.getByText(/step [89]\d\d|step \d\u202f\d{3}/).waitFor({ timeout: TRAINING_MS });
    await button(page, 'Pause').click();
    await button(page, 'Factorise').click();
    await page.getByText(/times the least possible one/).waitFor({ timeout: TRAINING_MS });
    await shoot('pca');
  },
};

mkdirSync(target, { recursive: true });
const server = await serve({ root: path.join(root, 'www/dist') });
const browser = await chromium.launch(launchOptions);
let count = 0;
for (const width of [1280, 390]) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport: { width, height: width > 600 ? 900 : 844 }, colorScheme });
    const shoot = async (name, fullPage = true) => {
      await page.evaluate(() => scrollTo(0, 0));
      await page.waitForTimeout(800);
      await page.screenshot({ path: path.join(target, `${name}-${width}-${colorScheme}.png`), fullPage });
      count += 1;
    };
    await page.goto(server.url);
    await page
      .getByRole('link', { name: /Open the lab/ })
      .first()
      .waitFor();
    await shoot('catalogue');
    for (const [id, visit] of Object.entries(labs).filter(([id]) => id.includes(process.argv[2] ?? ''))) {
      await page.goto(`${server.url}#lab=${id}`);
      await visit(page, (name, fullPage) => shoot(`${id}-${name}`, fullPage));
    }
    await page.close();
  }
}
await browser.close();
await server.close();
console.log(`${path.relative(process.cwd(), target)}: ${count} pictures`);
