// Serves the files of one build from one cache, so the page opens without a network.
const VERSION = '{version}';
const FILES = {files};
const address = (path) => new URL(path, registration.scope).href;
addEventListener('install', (event) => {
  const files = Object.entries(FILES).map(
    ([path, integrity]) => new Request(address(path), { cache: 'no-cache', integrity }),
  );
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(files)).then(() => skipWaiting()));
});
addEventListener('activate', (event) => {
  const old = (key) => key.startsWith('weir-') && key !== VERSION;
  event.waitUntil(
    caches.keys()
      .then((keys) => Promise.all(keys.filter(old).map((key) => caches.delete(key))))
      .then(() => clients.claim()),
  );
});
addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url);
  const known = address(pathname) === address('index.html') ? address('./') : address(pathname);
  event.respondWith(
    caches.open(VERSION)
      .then((cache) => cache.match(known))
      .then((hit) => hit ?? fetch(event.request)),
  );
});
