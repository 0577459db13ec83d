// A static file server without dependencies: `node scripts/serve.mjs [--port 8080] [--root www/dist] [--base /]`. Sends gzip like any
// host of static pages and no special headers, so what works here works anywhere. The end-to-end tests use it through `serve`.
import { createReadStream, promises as fs } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

const types = {
  '.css': 'text/css',
  '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
const compressible = new Set(['.css', '.html', '.js', '.json', '.mjs', '.svg', '.txt', '.wasm', '.webmanifest']);

/** The file that a request path names inside `root`, or null. */
async function resolve(root, pathname) {
  const file = path.join(root, pathname);
  if (file !== root && !file.startsWith(root + path.sep)) return null;
  const info = await fs.stat(file).catch(() => null);
  if (info?.isFile()) return file;
  return info?.isDirectory() && pathname.endsWith('/') ? resolve(root, pathname + 'index.html') : null;
}

/**
 * Serves `root` under the path `base`. Resolves to `{ url, port, responses, close }`; `responses` lists `{ path, bytes, asked }` of every
 * file sent: bytes as they went over the wire without headers, asked for when, in milliseconds since 1970.
 */
export async function serve({ root = 'www/dist', port = 0, base = '/' } = {}) {
  const folder = path.resolve(root);
  const responses = [];
  const compressed = new Map();

  async function gzip(file) {
    const key = `${file} ${(await fs.stat(file)).mtimeMs}`;
    if (!compressed.has(key)) compressed.set(key, gzipSync(await fs.readFile(file)));
    return compressed.get(key);
  }

  const server = http.createServer(async (request, response) => {
    const asked = Date.now();
    try {
      const { pathname } = new URL(request.url, 'http://localhost');
      const name = decodeURIComponent(pathname);
      const file = name.startsWith(base) ? await resolve(folder, '/' + name.slice(base.length)) : null;
      if (!file) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
        return;
      }
      const extension = path.extname(file);
      const headers = { 'content-type': types[extension] ?? 'application/octet-stream', 'cache-control': 'no-cache' };
      if (compressible.has(extension) && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
        const body = await gzip(file);
        responses.push({ path: name, bytes: body.length, asked });
        response.writeHead(200, { ...headers, 'content-encoding': 'gzip', 'content-length': body.length }).end(body);
      } else {
        const { size } = await fs.stat(file);
        responses.push({ path: name, bytes: size, asked });
        response.writeHead(200, { ...headers, 'content-length': size });
        createReadStream(file).pipe(response);
      }
    } catch {
      response.writeHead(400).end();
    }
  });
  await new Promise((ready, failed) => server.once('error', failed).listen(port, '127.0.0.1', ready));
  const actual = server.address().port;
  return {
    url: `http://localhost:${actual}${base}`,
    port: actual,
    responses,
    close: () => new Promise((done) => (server.closeAllConnections(), server.close(done))),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8080' },
      root: { type: 'string', default: 'www/dist' },
      base: { type: 'string', default: '/' },
    },
  });
  try {
    const { url } = await serve({ ...values, port: Number(values.port) });
    console.log(`Vitrine is at ${url} (Ctrl+C stops it)`);
  } catch (error) {
    console.error(
      error.code === 'EADDRINUSE' ? `Port ${values.port} is taken: try make serve PORT=${Number(values.port) + 1}` : error.message,
    );
    process.exitCode = 1;
  }
}
