/** Keeps the page for offline use, once the first lesson has begun, so that it never competes with it for the network. */

const LATEST_MS = 20000;

export function keepOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  let registered = false;
  const register = (): void => {
    if (registered) return;
    registered = true;
    // Refused in private windows and over plain http: the page then works online only.
    navigator.serviceWorker.register('./service-worker.js').catch(() => {});
  };
  document.addEventListener('vitrine-done', register, { once: true });
  setTimeout(register, LATEST_MS);
}
