/* The memory of a judge that has started and has seen no card of anybody: the next one goes on from
   there. It is kept for one version of the page and one browser. */

const CACHE = "cardiogram-start";
const LENGTH = "X-Length";

/** The memory that is kept, whole; null where there is none. */
export async function findStart(folder: URL): Promise<Uint8Array | null> {
  try {
    const kept = await (await caches.open(CACHE)).match(keyOf(folder));
    if (kept === undefined) return null;
    const memory = new Uint8Array(await kept.arrayBuffer());
    return memory.length === Number(kept.headers.get(LENGTH)) ? memory : null;
  } catch {
    return null; // nothing may be kept here, or it was taken away meanwhile
  }
}

/** Keep a memory, and drop all others. */
export async function keepStart(folder: URL, memory: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    const cache = await caches.open(CACHE);
    await dropStarts();
    await cache.put(keyOf(folder), new Response(memory, { headers: { [LENGTH]: String(memory.length) } }));
  } catch {
    // No room, or forbidden: the next start takes as long as this one.
  }
}

export async function dropStarts(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const key of await cache.keys()) await cache.delete(key);
}

function keyOf(folder: URL): string {
  const key = new URL("start", folder);
  key.searchParams.set("of", `${self.location.pathname} ${navigator.userAgent}`);
  return key.href;
}
