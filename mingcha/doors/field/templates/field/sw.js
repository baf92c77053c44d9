{% autoescape off %}// The field app's service worker: the app opens without a line, and nothing else is ever answered from memory.
// The view fills in the version (a hash of the files) and their addresses; a change of either is a new worker.
"use strict";

const VERSION = "{{ version }}";
const SHELL = "/field/";
const FILES = {{ files }};
const CACHE = `field-${VERSION}`;

async function fetchFile(cache, address) {
  // Past the browser's own cache: an old file under a new version would stay for good.
  const answer = await fetch(address, { cache: "reload", credentials: "same-origin" });
  // A session that has ended answers with the sign-in page, which must not become the app.
  if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
  await cache.put(address, answer);
}

/** Puts into the cache whatever is not there yet; rejects unless everything is. */
async function complete() {
  const cache = await caches.open(CACHE);
  const missing = [];
  for (const address of [SHELL, ...FILES]) if (!(await cache.match(address))) missing.push(address);
  await Promise.all(missing.map((address) => fetchFile(cache, address)));
}

self.addEventListener("install", (event) => event.waitUntil(complete()));

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("field-") && name !== CACHE) await caches.delete(name);
      // The page that installed the very first worker was loaded without one.
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "activate") self.skipWaiting();
  if (event.data === "complete") {
    const answer = complete().then(
      () => true,
      () => false,
    );
    event.waitUntil(answer.then((whole) => event.ports[0].postMessage(whole)));
  }
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  const isShell = event.request.mode === "navigate" && address.pathname === SHELL;
  if (!isShell && !FILES.includes(address.pathname)) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(CACHE);
      const kept = await cache.match(isShell ? SHELL : address.pathname);
      return kept ?? fetch(event.request);
    })(),
  );
});
{% endautoescape %}
