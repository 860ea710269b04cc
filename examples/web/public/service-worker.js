/**
 * Keeps the page on the device, so that it opens without a network. The page itself is asked for first and kept for the
 * time when there is no answer; files whose names have a hash never change and are asked for once. Everything else,
 * the API above all, passes by.
 */
const CACHE = 'page';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== self.location.origin) return;
  if (pathname === '/') event.respondWith(fromNetwork(event.request));
  else if (pathname.startsWith('/assets/')) event.respondWith(fromCache(event.request));
});

async function fromNetwork(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.ok) await takeOver(cache, request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request);
    if (kept) return kept;
    throw error;
  }
}

async function fromCache(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

/** A page that has changed names other files: those of the one before go. */
async function takeOver(cache, request, response) {
  const [before, after] = await Promise.all([
    cache.match(request).then((kept) => kept?.text()),
    response.clone().text(),
  ]);
  if (before !== undefined && before !== after) {
    for (const key of await cache.keys()) if (!after.includes(new URL(key.url).pathname)) await cache.delete(key);
  }
  await cache.put(request, response);
}
