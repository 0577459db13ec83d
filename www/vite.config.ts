import { readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

/** `wasm-unsafe-eval` lets WebAssembly compile; nothing else is loosened: no inline script, no inline style, no other origin. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Built pages carry the policy; the dev server does not, because hot reloading injects inline styles. */
function contentSecurityPolicy(): Plugin {
  return {
    name: 'vitrine-content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' },
    ],
  };
}

/** `files.json`: what the service worker keeps for offline use. */
function offlineFiles(): Plugin {
  return {
    name: 'vitrine-offline-files',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle).filter((name) => !name.endsWith('.map') && name !== 'service-worker.js');
      this.emitFile({ type: 'asset', fileName: 'files.json', source: JSON.stringify(files.sort()) });
    },
  };
}

const examples = readdirSync(resolve(root, 'examples')).filter((name) => name.endsWith('.html'));

export default defineConfig({
  root,
  base: './',
  plugins: [contentSecurityPolicy(), offlineFiles()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      preserveEntrySignatures: 'exports-only',
      input: {
        index: resolve(root, 'index.html'),
        embed: resolve(root, 'embed.html'),
        ...Object.fromEntries(examples.map((name) => [`example-${basename(name, '.html')}`, resolve(root, 'examples', name)])),
        vitrine: resolve(root, 'vitrine.ts'),
        'service-worker': resolve(root, 'service-worker.ts'),
      },
      output: {
        // Names that other pages and the browser hold on to have no hash.
        entryFileNames: ({ name }) => (name === 'vitrine' || name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  test: { include: ['ui/**/*.test.ts', 'labs/**/*.test.ts', 'engine/**/*.test.ts'] },
});
