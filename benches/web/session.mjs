// The browser of a measurement: builds the page of `page/`, serves it, and opens it as often as wanted, each time cold.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { launchOptions } from '../../scripts/chromium.mjs';
import { serve } from '../../scripts/serve.mjs';

const out = path.resolve(import.meta.dirname, '../../target/bench/page');

/** `work`, or an error that says that `what` took too long. */
export async function patiently(seconds, what, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${seconds} s`)), 1000 * seconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** `{ browser, open, close }`; every page that `open` makes is a process of its own, with an empty cache. */
export async function openBrowser() {
  await build({
    configFile: false,
    root: path.join(import.meta.dirname, 'page'),
    base: './',
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: out, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: Infinity },
  });
  const server = await serve({ root: out });
  const browser = await chromium.launch(launchOptions);

  async function open() {
    const before = server.responses.length;
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(server.url);
    await page.waitForFunction('window.measure');
    return {
      /** A variable of `page/main.ts`. */
      get: (name) => page.evaluate((key) => window[key], name),
      /** The function of `page/main.ts` that is called so. */
      call: (name, ...args) => page.evaluate(([f, list]) => window[f](...list), [name, args]),
      /** Sent so far to this page, gzip, without headers. Pages are opened one after another, so all is this one's. */
      bytes: () => server.responses.slice(before).reduce((sum, { bytes }) => sum + bytes, 0),
      // A page that computes does not answer; its process goes with the browser at the latest.
      close: () => patiently(5, 'closing', context.close()).catch(() => {}),
    };
  }
  return {
    browser,
    open,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** Of sorted numbers. */
export function median(sorted) {
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What was measured on, and with which versions, in words. */
export function machine(browser) {
  const packages = ['@tensorflow/tfjs-core', '@jax-js/jax', 'convnetjs'].map((name) => {
    const { version } = JSON.parse(readFileSync(path.join(import.meta.dirname, 'node_modules', name, 'package.json'), 'utf8'));
    return `${name} ${version}`;
  });
  const [{ model }] = os.cpus();
  return [`${os.cpus().length} × ${model}`, `Chromium ${browser.version()}`, ...packages].join(', ');
}
