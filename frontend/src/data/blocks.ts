/* Blocks of the payload: gzip of JSON, in this page as base64 or where the app serves them. */

/** Read a block; what comes back is checked by nobody: Python wrote it for this script. */
export async function readBlock<T>(name: string): Promise<T> {
  const inside = document.getElementById(`block-${name}`);
  const stream = inside ? streamOf(fromBase64(inside.textContent ?? "")) : await ask(name);
  const text = await new Response(stream.pipeThrough(new DecompressionStream("gzip"))).text();
  return JSON.parse(text) as T;
}

/** The same, each block only once. */
export function cached<T>(): (name: string) => Promise<T> {
  const found = new Map<string, Promise<T>>();
  return (name) => {
    let block = found.get(name);
    if (!block) {
      block = readBlock<T>(name);
      found.set(name, block);
      block.catch(() => found.delete(name)); // asked again after a failure
    }
    return block;
  };
}

function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([bytes]).stream();
}

async function ask(name: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const place = document.documentElement.dataset.blocks;
  if (place === undefined) throw new Error(`no block ${name}`);
  const answer = await fetch(place + encodeURIComponent(name));
  if (!answer.ok || !answer.body) throw new Error(`no block ${name}`);
  return answer.body;
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
