// How the cost of a training step follows the work, Vitrine on the CPU: `node benches/web/scaling.mjs [--repetitions 5]`. The points are
// those of page/workloads/scaling.ts. All of them are measured in turns, so that whatever else the machine does falls on all alike:
// sweeps that were measured one after another differed by a factor of two where they share a workload. Prints a table and writes target/bench/scaling.json, a list of { sweep, value, multiplications,
// median_ms, min_ms, runs }, and scaling.svg. Expects what `make build` leaves in www (`make bench-scaling` builds it).
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { plot } from './plot.mjs';
import { machine, median, openBrowser } from './session.mjs';

/** A timed block takes about so long. */
const BLOCK_MS = 250;

const { values: options } = parseArgs({ options: { repetitions: { type: 'string', default: '5' } } });
const target = path.resolve(import.meta.dirname, '../../target/bench');
const session = await openBrowser();
try {
  const page = await session.open();
  const points = await page.get('points');
  await page.close();
  const rows = await measure(points);
  console.log(machine(session.browser));
  for (const { sweep, value, multiplications, median_ms } of rows) {
    const speed = `${((2e-6 * multiplications) / median_ms).toFixed(1)} GFLOP/s`;
    console.log(`${sweep.padEnd(9)}${String(value).padStart(4)} ${median_ms.toPrecision(3).padStart(8)} ms ${speed.padStart(14)}`);
  }
  const [overhead, ...same] = [
    ['overhead', 1],
    ['batch', 64],
    ['width', 1],
  ].map(([sweep, value]) => rows.find((row) => row.sweep === sweep && row.value === value));
  console.log(`\nFlat overhead of a step: ${overhead.median_ms.toPrecision(2)} ms (aim: below 0.15 ms)`);
  console.log(
    `Batch 64 and width 1, one workload twice: ${same.map(({ median_ms }) => median_ms.toPrecision(3)).join(' and ')} ms`,
  );
  mkdirSync(target, { recursive: true });
  writeFileSync(path.join(target, 'scaling.json'), JSON.stringify(rows, null, 2) + '\n');
  writeFileSync(path.join(target, 'scaling.svg'), plot(rows));
} finally {
  await session.close();
}

/** All points, in turns. */
async function measure(points) {
  const runners = [];
  for (const { name, ...row } of points) {
    const page = await session.open();
    await page.call('prepare', 'vitrine', 'cpu', name);
    await page.call('measure', 1);
    const probe = await page.call('measure', 1);
    const steps = Math.max(1, Math.min(2000, Math.round(BLOCK_MS / probe.milliseconds)));
    await page.call('measure', steps);
    runners.push({ page, row, steps, times: [] });
  }
  for (let repetition = 0; repetition < Number(options.repetitions); repetition++) {
    for (const { page, steps, times } of runners) times.push((await page.call('measure', steps)).milliseconds / steps);
  }
  for (const { page } of runners) await page.close();
  return runners.map(({ row, times }) => {
    times.sort((a, b) => a - b);
    return { ...row, median_ms: median(times), min_ms: times[0], runs: times.length };
  });
}
