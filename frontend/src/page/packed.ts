/* Files of the folder of Python, which lie there packed so that they are small on any server. */

interface Part {
  had: number;
  /** Of the packed file; NaN where the server does not say. */
  all: number;
}

/** Ask for packed files, all at once.
    @param share is told how much of all of them has come, 0 to 1.
    @returns by address, the unpacked files. */
export function fetchPacked(addresses: readonly string[], share: (share: number) => void): Map<string, Promise<Response>> {
  const parts: Part[] = addresses.map(() => ({ had: 0, all: Number.NaN }));
  const tell = (): void => {
    const had = parts.reduce((sum, part) => sum + part.had, 0);
    const all = parts.reduce((sum, part) => sum + part.all, 0);
    if (had <= all) share(had / all);
  };
  return new Map(addresses.map((address, i) => [address, fetchPart(address, parts[i]!, tell)]));
}

async function fetchPart(address: string, part: Part, tell: () => void): Promise<Response> {
  const name = `${address.replace(/.*\//, "")}.gz`;
  const answer = await fetch(`${address}.gz`).catch(() => null);
  if (answer === null) throw new Error(`${name} does not come`);
  if (!answer.ok || answer.body === null) throw new Error(`${name} was answered by ${answer.status}`);
  part.all = Number(answer.headers.get("Content-Length") ?? Number.NaN);
  const type = address.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
  return new Response(await unpack(answer.body, part, tell), { headers: { "Content-Type": type } });
}

/** Some servers say that a packed file is packed; then the browser has unpacked it already. */
async function unpack(body: ReadableStream<BufferSource>, part: Part, tell: () => void): Promise<ReadableStream> {
  const reader = body.getReader();
  const first = await reader.read();
  const whole = new ReadableStream<BufferSource>({
    start(parts) {
      if (first.value !== undefined) parts.enqueue(first.value);
    },
    async pull(parts) {
      const { done, value } = await reader.read();
      if (done) return parts.close();
      part.had += value.byteLength;
      tell();
      parts.enqueue(value);
    },
  });
  part.had = first.value?.byteLength ?? 0;
  tell();
  const head = first.value as Uint8Array | undefined;
  return head?.[0] === 0x1f && head[1] === 0x8b ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
}
