// How every browser of the tests and benchmarks is started: the program and the flags of webdriver.json, which wasm-pack uses too.
// $CHROMIUM names another program.
import { readFileSync } from 'node:fs';

const { binary, args } = JSON.parse(readFileSync(new URL('../webdriver.json', import.meta.url), 'utf8'))['goog:chromeOptions'];

/** For Playwright's `launch`. Its default flags would turn the GPU process off, and with it the software WebGPU adapter. */
export const launchOptions = { executablePath: process.env.CHROMIUM ?? binary, args, ignoreDefaultArgs: ['--disable-gpu'] };
