// Training steps per second of workload W1 in one headless Chromium page, Vitrine on the CPU beside TensorFlow.js, in turns:
// `node benches/web/bench.mjs [--repetitions 7] [--steps 20]`. Prints a table and writes target/bench/web.json. Expects the WebAssembly
// in www/pkg (`make bench` builds it).
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { launchOptions } from '../../scripts/chromium.mjs';
import { serve } from '../../scripts/serve.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.resolve(here, '../../target/bench');
const { values } = parseArgs({
  options: { repetitions: { type: 'string', default: '7' }, steps: { type: 'string', default: '20' } },
});

await build({
  configFile: false,
  root: path.join(here, 'page'),
  base: './',
  logLevel: 'warn',
  worker: { format: 'es' },
  build: { outDir: path.join(target, 'page'), emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: Infinity },
});
const server = await serve({ root: path.join(target, 'page') });
const browser = await chromium.launch(launchOptions);
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  await page.goto(server.url);
  await page.waitForFunction('window.measure');
  const measurements = await page.evaluate(
    ([repetitions, steps]) => window.measure(repetitions, steps),
    [Number(values.repetitions), Number(values.steps)],
  );

  const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
  const rows = measurements.map((row) => ({ ...row, median: median(row.stepsPerSecond) }));
  const [ours, theirs] = rows;
  const ratio = ours.median / theirs.median;
  console.log(
    `W1, batch 64, steps per second: median (range) of ${values.repetitions} repetitions of ${values.steps} steps, in turns`,
  );
  for (const { name, median, stepsPerSecond, firstLoss, lastLoss } of rows) {
    const range = `(${Math.min(...stepsPerSecond).toFixed(1)}–${Math.max(...stepsPerSecond).toFixed(1)})`;
    console.log(
      `  ${name.padEnd(40)} ${median.toFixed(1).padStart(7)} ${range.padEnd(14)} loss ${firstLoss.toFixed(3)} → ${lastLoss.toFixed(3)}`,
    );
  }
  console.log(`  ratio ${ratio.toFixed(2)}`);

  const machine = { cpu: os.cpus()[0].model, cores: os.cpus().length, chromium: browser.version() };
  mkdirSync(target, { recursive: true });
  writeFileSync(path.join(target, 'web.json'), JSON.stringify({ machine, ratio, rows }, null, 2) + '\n');
} finally {
  await browser.close();
  await server.close();
}
