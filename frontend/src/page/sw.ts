/* The service worker: the page and its judge without a network. One version of the page is kept
   whole or not at all, and a page that is open goes on with the version it began with. */

/** What the page consists of, with the SHA-256 of each; `make space` writes it before this script. */
declare const FILES: Record<string, string>;

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Event {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  registration: { scope: string };
  clients: { claim(): Promise<void> };
  addEventListener(kind: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(kind: "fetch", listener: (event: Fetching) => void): void;
}
const worker = self as unknown as Scope;

/** Caches of the page's versions begin so; other caches of this address are left alone. */
const VERSIONS = "cardiogram-page-";
const INDEX = "index.html";

worker.addEventListener("install", (event) => event.waitUntil(keepAll()));
worker.addEventListener("activate", (event) => event.waitUntil(dropOthers().then(() => worker.clients.claim())));
worker.addEventListener("fetch", (event) => {
  const path = pathOf(event.request);
  if (path !== null) event.respondWith(find(path, event.request));
});

/** The path of a file that is kept; null for all else, which is left to the network. */
function pathOf({ method, url }: Request): string | null {
  const { scope } = worker.registration;
  const address = url.split(/[?#]/, 1)[0]!;
  if (method !== "GET" || !address.startsWith(scope)) return null;
  const path = address.slice(scope.length) || INDEX;
  return Object.hasOwn(FILES, path) ? path : null;
}

/** Kept, or, where the browser threw it away, from the network again. */
async function find(path: string, request: Request): Promise<Response> {
  const name = await versionOf();
  const kept = await caches.match(addressOf(path), { cacheName: name });
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (answer.ok) await keep(await caches.open(name), path, answer.clone()).catch(() => {});
  return answer;
}

async function keepAll(): Promise<void> {
  const cache = await caches.open(await versionOf());
  for (const path of Object.keys(FILES)) {
    const address = addressOf(path);
    const before = await caches.match(address); // of an older version, or of an attempt that was cut off
    const isKept = before !== undefined && (await keep(cache, path, before).then(() => true, () => false));
    if (isKept) continue;
    const fromCache = await fetch(address);
    const isSame = await keep(cache, path, fromCache).then(() => true, () => false);
    if (!isSame) await keep(cache, path, await fetch(address, { cache: "reload" }));
  }
}

/** Keep a file if it is the one of this version. */
async function keep(cache: Cache, path: string, answer: Response): Promise<void> {
  if (!answer.ok) throw new Error(`${path} was answered by ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  if ((await hashOf(bytes)) !== FILES[path]) throw new Error(`${path} is of another version`);
  const type = answer.headers.get("Content-Type") ?? "application/octet-stream";
  const headers = { "Content-Type": type, "Content-Length": String(bytes.byteLength) };
  await cache.put(addressOf(path), new Response(bytes, { headers }));
}

async function dropOthers(): Promise<void> {
  const own = await versionOf();
  for (const name of await caches.keys()) {
    if (name.startsWith(VERSIONS) && name !== own) await caches.delete(name);
  }
}

function addressOf(path: string): string {
  return new URL(path, worker.registration.scope).href;
}

async function versionOf(): Promise<string> {
  return VERSIONS + (await hashOf(new TextEncoder().encode(JSON.stringify(FILES)))).slice(0, 16);
}

async function hashOf(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
