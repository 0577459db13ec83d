/**
 * Offline use after the first visit. Files whose names carry a hash never change and come from the cache first; everything else comes from
 * the network, and from the cache where there is none.
 */

const worker = self as unknown as ServiceWorkerGlobalScope;

const CACHE = 'vitrine-1';
const isHashed = (url: URL): boolean => /\/assets\/.*-[\w-]{8}\.\w+$/.test(url.pathname);

worker.addEventListener('install', (event) => {
  event.waitUntil(keepAll().then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(dropOld().then(() => worker.clients.claim()));
});

worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  event.respondWith(isHashed(url) ? fromCache(event.request) : fromNetwork(event.request));
});

/** `files.json`, written by the build, names every file of this version. */
async function listed(): Promise<string[]> {
  const answer = await fetch('files.json', { cache: 'no-cache' });
  const files: unknown = await answer.json();
  return Array.isArray(files) ? ['./', ...files.map(String)].map((name) => new URL(name, worker.registration.scope).href) : [];
}

async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE);
  const missing = [];
  for (const url of await listed()) if (!isHashed(new URL(url)) || !(await cache.match(url))) missing.push(url);
  await cache.addAll(missing);
}

async function dropOld(): Promise<void> {
  const current = new Set(await listed().catch(() => []));
  const cache = await caches.open(CACHE);
  if (current.size === 0) return;
  for (const request of await cache.keys()) if (!current.has(request.url)) await cache.delete(request);
}

async function fromCache(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

async function fromNetwork(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}
