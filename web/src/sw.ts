export {};

declare const self: ServiceWorkerGlobalScope;

/** Put in by the build: a new one makes browsers take the new worker. */
const BUILD = '__BUILD__';
const PAGES = `pages-${BUILD}`;
/** Their names carry a hash of their content, so that they are good for ever; shared by all builds, for tabs that are still open. */
const ASSETS = 'assets';
/** Of some builds. The oldest go first. */
const ASSETS_KEPT = 400;
const OFFLINE = ['/offline.html', '/theme.js', '/favicon.svg'];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(PAGES).then((cache) => cache.addAll(OFFLINE)));
  // Nothing of the old build is lost to the tabs that run it: the worker only keeps files.
  void self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  // Data is never kept: it is the server's to say who may see what, and now.
  if (request.method !== 'GET' || origin !== self.location.origin || pathname.startsWith('/api/')) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (pathname.startsWith('/assets/')) event.respondWith(asset(request));
  else if (OFFLINE.includes(pathname)) event.respondWith(fetch(request).catch(() => kept(pathname)));
});

async function page(request: Request): Promise<Response> {
  return fetch(request).catch(() => kept('/offline.html'));
}

async function kept(path: string): Promise<Response> {
  return (await caches.match(path)) ?? Response.error();
}

async function asset(request: Request): Promise<Response> {
  const cache = await caches.open(ASSETS);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

async function tidy() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== PAGES && name !== ASSETS).map((name) => caches.delete(name)));
  const cache = await caches.open(ASSETS);
  const all = await cache.keys();
  await Promise.all(all.slice(0, -ASSETS_KEPT).map((request) => cache.delete(request)));
}
