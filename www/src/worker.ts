// The service worker: keeps the files of one version, and answers with them. It lies beside the page and looks after nothing
// but the folder in which that lies. `FILES` and `VERSION` come from the build.
/// <reference lib="webworker" />
declare const self: ServiceWorkerGlobalScope;
declare const FILES: string[];
declare const VERSION: string;
export {};

const CACHE = `kubestep-${VERSION}`;
/** The caches of this page, but not of another Kubestep on the same site. */
const SCOPE = new URL(self.registration.scope).pathname;
const name = `${CACHE} ${SCOPE}`;
const own = (key: string) => key.startsWith("kubestep-") && key.endsWith(` ${SCOPE}`);

self.addEventListener("install", (event) => event.waitUntil(fill()));

/** All files, or none. What an older version has already (files that are named by their contents) is taken over. */
async function fill(): Promise<void> {
  const cache = await caches.open(name);
  const missing: string[] = [];
  for (const file of FILES) {
    const known = file.startsWith("assets/") ? await caches.match(new URL(file, self.registration.scope)) : undefined;
    if (known) await cache.put(new URL(file, self.registration.scope), known);
    else missing.push(file);
  }
  await cache.addAll(missing.map((file) => new Request(new URL(file, self.registration.scope), { cache: file.startsWith("assets/") ? "default" : "reload" })));
}

self.addEventListener("activate", (event) => event.waitUntil(tidy()));

/** Other tabs may still show the version before this one, so its files stay until the next. */
async function tidy(): Promise<void> {
  const all = (await caches.keys()).filter(own);
  await Promise.all(all.slice(0, -2).map((key) => caches.delete(key)));
  await self.clients.claim();
}

/** The person has agreed. */
self.addEventListener("message", (event) => {
  if (event.data === "take over") void self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || !url.pathname.startsWith(SCOPE)) return;
  event.respondWith(answer(request, url));
});

async function answer(request: Request, url: URL): Promise<Response> {
  const cache = await caches.open(name);
  const path = url.pathname.slice(SCOPE.length);
  const page = path === "" || path.endsWith("/") ? new URL(`${path}index.html`, self.registration.scope) : request;
  const known = await cache.match(page, { ignoreSearch: true });
  return known ?? (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}
