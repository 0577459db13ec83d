// How many frames a second a lab shows while it trains: `node benches/web/labs.mjs [--seconds 4] [--repetitions 5]`. The GAN lab takes one
// step of D and one of G for each frame, with all of its views on; the browser's own limit of frames is lifted. Prints the figures and
// writes target/bench/labs.json. Expects what `make build` leaves in www.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { launchOptions } from '../../scripts/chromium.mjs';
import { serve } from '../../scripts/serve.mjs';
import { median } from './session.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const UNLIMITED = ['--disable-frame-rate-limit', '--disable-gpu-vsync'];

const { values: options } = parseArgs({
  options: { seconds: { type: 'string', default: '4' }, repetitions: { type: 'string', default: '5' } },
});
const [seconds, repetitions] = [options.seconds, options.repetitions].map(Number);

/** What is opened, and what each of its frames is. */
const LABS = [
  { name: 'gan, ring of 8', hash: 'lab=gan&grid=1' },
  { name: 'gan, 5×5 grid', hash: 'lab=gan&data=grid&grid=1' },
  { name: 'gan, on the line', hash: 'lab=gan&data=two-gaussians&ground=best' },
];

const server = await serve({ root: path.join(root, 'www/dist') });
const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, ...UNLIMITED] });
const rows = [];
try {
  for (const { name, hash } of LABS) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(`${server.url}#${hash}`);
    await page.getByLabel('Speed').selectOption('brisk');
    // A step is taken for each frame, and each tells of itself.
    await page.evaluate(() => {
      window.frames_shown = 0;
      document.addEventListener('vitrine-step', () => (window.frames_shown += 1));
    });
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.waitForTimeout(1000);
    const rates = [];
    for (let i = 0; i < repetitions; i++) {
      const rate = await page.evaluate(async (milliseconds) => {
        const [frames, began] = [window.frames_shown, performance.now()];
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
        return ((window.frames_shown - frames) * 1000) / (performance.now() - began);
      }, seconds * 1000);
      rates.push(rate);
    }
    await page.close();
    rates.sort((a, b) => a - b);
    rows.push({ lab: name, frames_per_second: median(rates), least: rates[0], runs: rates.length });
    console.log(
      `${name}: ${median(rates).toFixed(0)} frames a second, each with a step of D and of G (least ${rates[0].toFixed(0)})`,
    );
  }
  mkdirSync(path.join(root, 'target/bench'), { recursive: true });
  writeFileSync(path.join(root, 'target/bench/labs.json'), JSON.stringify(rows, null, 2) + '\n');
} finally {
  await browser.close();
  await server.close();
}
