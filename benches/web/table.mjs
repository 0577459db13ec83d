// Measurements as Markdown tables.

const name = ({ library, backend }) => `${library} ${backend}`;

/** A figure with three significant digits. */
const figure = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

function print(head, lines) {
  const widths = head.map((title, i) => Math.max(title.length, ...lines.map((line) => line[i].length)));
  const row = (cells) => `| ${cells.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`;
  console.log(row(head));
  console.log(row(widths.map((width, i) => (i ? '-'.repeat(width - 1) + ':' : '-'.repeat(width)))));
  lines.forEach((line) => console.log(row(line)));
}

/** Milliseconds per step: one line per library and back end, one column per workload; then what was given up, and why. */
export function printTable(rows, workloads, machine) {
  console.log(`\n${machine}\n\nMilliseconds per step, median of the repetitions\n`);
  const contestants = [...new Set(rows.map(name))];
  const find = (contestant, workload) => rows.find((row) => name(row) === contestant && row.workload === workload);
  const cell = ({ median_ms, note }) => (median_ms === null ? '–' : figure(median_ms) + (note ? '*' : ''));
  const lines = contestants.map((contestant) => [contestant, ...workloads.map((workload) => cell(find(contestant, workload)))]);
  const ratio = (own, peers) => (workload) => {
    const best = (wanted) =>
      Math.min(...rows.filter((row) => row.workload === workload && row.median_ms && wanted(row)).map((row) => row.median_ms));
    const times = best(({ library, backend }) => library !== 'vitrine' && peers(backend)) / best((row) => name(row) === own);
    return Number.isFinite(times) && times > 0 ? `${times.toFixed(2)}×` : '–';
  };
  const compare = (title, own, peers) => (contestants.includes(own) ? [[title, ...workloads.map(ratio(own, peers))]] : []);
  print(
    ['', ...workloads],
    [
      ...lines,
      ...compare('best peer / vitrine cpu', 'vitrine cpu', () => true),
      ...compare('best webgpu peer / vitrine gpu-software', 'vitrine gpu-software', (backend) => backend === 'webgpu'),
    ],
  );
  console.log();
  for (const row of rows) if (row.note) console.log(`${row.workload} ${name(row)}: ${row.note}`);
}

/** What share of the SIMD unit's peak the matrix products reach. */
export function printPeak(rows) {
  const known = rows.filter(({ peak_fraction }) => peak_fraction);
  if (known.length === 0) return;
  console.log(
    '\nMatrix products and the peak of one core, chains of multiply-adds in SIMD registers, in the same page; fastest blocks\n',
  );
  print(
    ['', 'GFLOP/s', 'peak', 'share'],
    known.map((row) => [
      `${row.workload} ${name(row)}`,
      figure(row.gflops),
      figure(row.peak_gflops),
      `${(100 * row.peak_fraction).toFixed(0)} %`,
    ]),
  );
}

/** What stands between a visitor and the first step of the first workload. */
export function printStartup(rows) {
  const started = rows.filter(({ workload, startup_ms }) => workload === rows[0].workload && startup_ms);
  console.log(`\nStart of ${rows[0].workload}: page load to the end of the first step, empty cache, local server\n`);
  print(
    ['', 'KB, gzip', 's'],
    started.map((row) => [name(row), (row.startup_bytes / 1000).toFixed(0), (row.startup_ms / 1000).toFixed(2)]),
  );
}
