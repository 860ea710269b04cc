/**
 * Keeps the page on the device, so that it opens without a network, and while the server is away. The page itself is asked
 * for first and kept for the time when there is no answer; files whose names have a hash never change and are asked for
 * once. Everything else, the API above all, passes by.
 */
const CACHE = 'page';

// The page that has this worker installed was read before it was there.
self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(fetch('/').then(takeOver));
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== 'GET' || origin !== self.location.origin) return;
  if (pathname === '/') event.respondWith(fromNetwork(event));
  else if (pathname.startsWith('/assets/')) event.respondWith(fromCache(event.request));
});

async function fromNetwork(event) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(event.request);
    // What cannot be taken over, as without all of its files, leaves the one before.
    if (response.ok) event.waitUntil(takeOver(response.clone()).catch(() => undefined));
    return response.status < 500 ? response : ((await cache.match('/', { ignoreVary: true })) ?? response);
  } catch (error) {
    const kept = await cache.match('/', { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

async function fromCache(request) {
  const cache = await caches.open(CACHE);
  // Whoever asks, and however: what the name stands for is the same.
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

/** With the files that it names. When the page has changed, those of the one before go. */
async function takeOver(response) {
  if (!response.ok || response.redirected) throw new Error('The answer is not the page');
  const cache = await caches.open(CACHE);
  const page = await response.clone().text();
  const files = page.match(/\/assets\/[^"]+/g) ?? [];
  const before = await cache.match('/', { ignoreVary: true }).then((kept) => kept?.text());
  if (before === page) return;
  await cache.addAll(files);
  await cache.put('/', response);
  if (before === undefined) return;
  for (const key of await cache.keys()) {
    const { pathname } = new URL(key.url);
    if (pathname !== '/' && !files.includes(pathname)) await cache.delete(key);
  }
}
