// Runs every check and every test suite, one after the other, and ends with `N passed, N failed` over all of them:
// `node scripts/test.mjs [word]` runs only the steps whose name contains the word. A check counts as one test. A suite that crashes, or
// that runs no test at all, counts as a failure. Exit code 1 unless nothing failed. Expects scripts/setup.sh --test to have run.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const www = path.join(root, 'www');
const bin = (name) => path.join(www, 'node_modules/.bin', name);
const reports = path.join(root, 'target/reports');

const PRETTIER = ['--config=www/.prettierrc.json', '--ignore-path=www/.prettierignore'];
const CARGO_TEST = ['test', '--no-fail-fast', '--', '--show-output'];

/** `count` reads passed, failed and skipped out of what a suite printed or reported; a step without it is a check: one test. */
const steps = [
  { name: 'format: rust', run: ['cargo', 'fmt', '--all', '--check'] },
  {
    name: 'format: page and scripts',
    run: [bin('prettier'), '--check', '--log-level=warn', ...PRETTIER, 'www', 'scripts', 'tests/e2e', 'benches/web'],
  },
  { name: 'clippy: native', run: ['cargo', 'clippy', '--quiet', '--all-targets', '--', '-D', 'warnings'] },
  {
    name: 'clippy: native, CPU only',
    run: ['cargo', 'clippy', '--quiet', '--all-targets', '--no-default-features', '--', '-D', 'warnings'],
  },
  {
    name: 'clippy: wasm',
    run: ['cargo', 'clippy', '--quiet', '--lib', '--tests', '--target', 'wasm32-unknown-unknown', '--', '-D', 'warnings'],
  },
  { name: 'tests: native', run: ['cargo', ...CARGO_TEST], count: countCargo },
  { name: 'tests: wasm in Chromium', run: ['wasm-pack', 'test', '--headless', '--chrome'], count: countCargo },
  { name: 'build', run: ['scripts/build.sh'] },
  { name: 'types: page', run: [bin('tsc'), '--noEmit'], cwd: www },
  { name: 'types: end-to-end tests', run: [bin('tsc'), '--noEmit', '--project', 'tests/e2e'] },
  {
    name: 'tests: page units',
    run: [bin('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${reports}/vitest.json`],
    cwd: www,
    count: () => countVitest(report('vitest.json')),
  },
  {
    name: 'tests: end to end',
    run: [bin('playwright'), 'test', '--config', 'tests/e2e'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: `${reports}/playwright.json` },
    count: () => countPlaywright(report('playwright.json')),
  },
];

const report = (name) => JSON.parse(readFileSync(path.join(reports, name), 'utf8'));

function countCargo(output) {
  const counts = { passed: 0, failed: 0, skipped: [] };
  for (const [, passed, failed] of output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed;/gm)) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
  }
  for (const [, name] of output.matchAll(/^test (\S+) \.\.\. ignored/gm)) counts.skipped.push(name);
  for (const [line] of output.matchAll(/^SKIPPED .*/gm)) counts.skipped.push(line.slice('SKIPPED '.length));
  return counts;
}

function countVitest({ numPassedTests, numFailedTests, numFailedTestSuites, testResults }) {
  const skipped = testResults
    .flatMap((file) => file.assertionResults)
    .filter((test) => test.status === 'skipped' || test.status === 'pending');
  // A file that does not even load fails without a failed test in it.
  return {
    passed: numPassedTests,
    failed: Math.max(numFailedTests, numFailedTestSuites),
    skipped: skipped.map((test) => test.fullName),
  };
}

function countPlaywright({ stats, suites, errors }) {
  const skipped = [];
  const visit = (suite, names) => {
    for (const spec of suite.specs)
      if (spec.tests.some((test) => test.status === 'skipped')) skipped.push([...names, spec.title].join(' › '));
    for (const inner of suite.suites ?? []) visit(inner, [...names, inner.title]);
  };
  for (const suite of suites) visit(suite, [suite.title]);
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length, skipped };
}

/** Runs a command, showing and keeping what it prints. */
function execute([command, ...args], { cwd = root, env = {} }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const [stream, sink] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output += text;
        sink.write(text);
      });
    }
    child.once('error', (error) => resolve({ ok: false, output: String(error) }));
    child.once('close', (code) => resolve({ ok: code === 0, output: output.replace(/\x1b\[[0-9;]*m/g, '') }));
  });
}

async function perform(step) {
  const { ok, output } = await execute(step.run, step);
  if (!step.count) return { passed: Number(ok), failed: Number(!ok), skipped: [] };
  const counts = step.count(output);
  const silent = (!ok && counts.failed === 0) || (ok && counts.passed === 0);
  return silent ? { ...counts, failed: 1 } : counts;
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const word = process.argv[2] ?? '';
const total = { passed: 0, failed: 0 };
const summary = [];
for (const step of steps.filter(({ name }) => name.includes(word))) {
  console.log(`\n── ${step.name}`);
  const start = performance.now();
  // Reading a report that a crashed suite never wrote throws.
  const { passed, failed, skipped } = await perform(step).catch((error) => {
    console.error(error.message);
    return { passed: 0, failed: 1, skipped: [] };
  });
  total.passed += passed;
  total.failed += failed;
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  summary.push(
    `${failed ? '✗' : '✓'} ${step.name.padEnd(26)} ${String(passed).padStart(5)} passed ${String(failed).padStart(3)} failed ${seconds.padStart(5)} s`,
  );
  for (const name of skipped) summary.push(`    skipped: ${name}`);
}
console.log(`\n${summary.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
