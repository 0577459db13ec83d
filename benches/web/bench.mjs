// Vitrine beside other libraries in one headless Chromium: `node benches/web/bench.mjs [options]`. Each library and back end has a page
// of its own; the pages of one workload are measured in turns, so that whatever else the machine does falls on all alike. Prints a
// table and writes target/bench/web.json; a matrix product on our CPU also tells its share of what the SIMD unit can do, measured in the
// same page before each block (`gflops`, `peak_gflops`, `peak_fraction`, of the fastest block). Expects what `make build` leaves in www (`make bench` builds it).
//
//   --workloads W1,W6      which (all)
//   --libraries vitrine,tensorflow/wasm   which, with or without the back end (all)
//   --repetitions 15       timed blocks of each
//   --seconds 3            for the timed blocks of one library on one workload, alike for all: a block is as many runs of 10 steps as
//                          fit, or one shorter run, and where even a step takes longer there are fewer repetitions; fewer than five
//                          are marked
//   --patience 15          seconds until the end of the first step, and for any block; what takes longer is given up
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { machine, median, openBrowser, patiently } from './session.mjs';
import { printPeak, printStartup, printTable } from './table.mjs';

const WORKLOADS = ['W1', 'W2', 'W3', 'W4', 'W5-512', 'W5-1024', 'W6', 'W7', 'W8', 'W9'];
const LIBRARIES = {
  vitrine: ['cpu', 'gpu-software'],
  tensorflow: ['wasm', 'webgl', 'webgpu', 'cpu'],
  jax: ['wasm', 'webgpu'],
  convnet: ['cpu'],
};
/** Steps of a run: as for the loss that a page would show. */
const RUN = 10;
/** Repetitions below which a median says little. */
const FEW = 5;

const { values: options } = parseArgs({
  options: {
    workloads: { type: 'string', default: WORKLOADS.join() },
    libraries: { type: 'string', default: Object.keys(LIBRARIES).join() },
    repetitions: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '3' },
    patience: { type: 'string', default: '15' },
  },
});
const [repetitions, seconds, patience] = [options.repetitions, options.seconds, options.patience].map(Number);
const workloads = options.workloads.split(',');
const unknown = workloads.find((workload) => !WORKLOADS.includes(workload));
if (unknown) throw new Error(`there is no workload ${unknown}; there are ${WORKLOADS.join(', ')}`);
const contestants = options.libraries.split(',').flatMap((choice) => {
  const [library, backend] = choice.split('/');
  if (!LIBRARIES[library] || (backend && !LIBRARIES[library].includes(backend))) throw new Error(`there is no library ${choice}`);
  return (backend ? [backend] : LIBRARIES[library]).map((one) => ({ library, backend: one }));
});

const target = path.resolve(import.meta.dirname, '../../target/bench');
const session = await openBrowser();
const rows = [];
try {
  mkdirSync(target, { recursive: true });
  for (const workload of workloads) {
    rows.push(...(await measure(workload)));
    // After each, so that a run that is stopped leaves what it has.
    writeFileSync(path.join(target, 'web.json'), JSON.stringify(rows, null, 2) + '\n');
  }
  printTable(rows, workloads, machine(session.browser));
  printPeak(rows);
  printStartup(rows);
} finally {
  await session.close();
}

/** All contestants on one workload: first each its first steps, then timed blocks in turns. */
async function measure(workload) {
  const runners = [];
  for (const contestant of contestants) runners.push(await start(contestant, workload));
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const runner of runners) await runner.block?.(repetition);
  }
  for (const runner of runners) await runner.close();
  return runners.map(({ row }) => row);
}

/** Opens a page, does the first step and finds out how long a step takes. Whatever goes wrong becomes the row's note. */
async function start({ library, backend }, workload) {
  const row = { workload, library, backend, median_ms: null, min_ms: null, runs: 0 };
  process.stderr.write(`${workload} ${library} ${backend}\n`);
  const page = await session.open();
  const runner = { row, close: page.close };
  const attempt = async (what, work) => {
    try {
      return await patiently(patience, what, work);
    } catch (error) {
      row.note = error.message
        .split('\n')[0]
        .replace(/^page\.evaluate: (Error: )?/, '')
        .slice(0, 200);
      runner.block = undefined;
      await page.close();
      return null;
    }
  };
  const prepared = await attempt('the first step', page.call('prepare', library, backend, workload));
  if (prepared === null) {
    row.note ??= 'has no such operations';
    return runner;
  }
  const { operations } = prepared;
  Object.assign(row, { first_result: prepared.result, startup_ms: prepared.sinceNavigation, startup_bytes: page.bytes() });
  const warm = await attempt('the second step', page.call('measure', 1));
  if (!warm) return runner;
  // The second step may still compile; the third tells.
  const probe = warm.milliseconds > 1000 ? warm : await attempt('the third step', page.call('measure', 1));
  if (!probe) return runner;
  const fit = Math.floor((1000 * seconds) / repetitions / probe.milliseconds);
  const steps = Math.max(1, Math.min(RUN, fit));
  const runs = Math.max(1, Math.floor(fit / steps));
  const times = [];
  // A fifth of the time again, in which the browser compiles what it finds to be used much.
  if (steps > 1) await attempt('the warm-up', page.call('measure', steps, Math.ceil((runs * repetitions) / 5)));
  Object.assign(row, { steps_per_run: steps, runs_per_block: runs });
  runner.block ??= row.note
    ? undefined
    : async (repetition) => {
        if (repetition > 0 && repetition * probe.milliseconds > 1000 * seconds) {
          if (times.length < FEW) row.note = `${times.length} repetitions fit into ${seconds} s`;
          return;
        }
        const peak = operations && backend === 'cpu' ? await attempt('the peak', page.call('peak')) : null;
        const block = await attempt('a block', page.call('measure', steps, runs));
        if (!block) return;
        times.push(block.milliseconds / (steps * runs));
        const sorted = [...times].sort((a, b) => a - b);
        Object.assign(row, { median_ms: median(sorted), min_ms: sorted[0], runs: times.length, last_result: block.result });
        if (peak === null) return;
        // Both at their best: a neighbour on the machine may slow either.
        row.peak_gflops = Math.max(peak, row.peak_gflops ?? 0);
        row.gflops = (operations * 1e-6) / row.min_ms;
        row.peak_fraction = row.gflops / row.peak_gflops;
      };
  return runner;
}
