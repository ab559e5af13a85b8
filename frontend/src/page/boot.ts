/* Start Python and the judge in it: the first time from their files, later from the memory that the
   first start left. */

import type { PyodideAPI } from "pyodide";
import { info } from "pyodide/pyodide-lock.json";
import { fetchPacked } from "./packed";
import { readZip } from "./unzip";
import { dropStarts, findStart, keepStart } from "./start";

export interface Booted {
  answer(path: string, question: string): string;
  /** Keep the memory for the next start, where it is not kept yet. */
  keep(): Promise<unknown>;
}

interface Python extends PyodideAPI {
  makeMemorySnapshot(): Uint8Array<ArrayBuffer>;
}
/** Python's machine, before Python begins in it. */
interface Machine {
  HEAP8: Int8Array;
  /** Undefined where there is no more memory. */
  growMemory(bytes: number): 1 | undefined;
}
type Create = (settings: object) => Promise<Machine>;
type Loader = { loadPyodide(options: object): Promise<Python> };

/** Where our code and its data lie on Python's disk. */
const CODE = "/judge";
const EXAMPLE = `---
license: apache-2.0
language: en
---
# Model

A model that [names birds](https://example.org) in photographs.

| birds | accuracy |
|---|---|
| 200 | 0.9 |

\`\`\`python
from transformers import pipeline
\`\`\`
`;
/** What the judge does before it is asked; the next start finds it done, and does the first of it again. */
const REHEARSAL = `
import sys, json
sys.path.insert(0, "${CODE}")
from cardiogram.app.in_page import answer
def rehearse():
    return answer("/api/rate", json.dumps({"text": ${JSON.stringify(EXAMPLE)}}))
rehearsed = rehearse()
if "error" in json.loads(rehearsed):
    raise RuntimeError(rehearsed)
answer("/api/improve", json.dumps({"card": {"text": ${JSON.stringify(EXAMPLE)}}}))
`;

/** Start the judge.
    @param folder where all of it lies; its name tells one version from another.
    @param share is told how much of it has come, 0 to 1. */
export async function bootJudge(folder: URL, share: (share: number) => void): Promise<Booted> {
  if (typeof WebAssembly === "undefined") throw new Error("this browser has no WebAssembly, or it is turned off");
  if (typeof DecompressionStream === "undefined") throw new Error("this browser is too old for it");
  const memory = await findStart(folder);
  if (memory !== null) {
    try {
      const python = await load(folder, share, { _loadSnapshot: memory });
      if (python.runPython("rehearse() == rehearsed") === true) return { answer: answerOf(python), keep: async () => {} };
    } catch {
      // It belongs to another memory or another Python: begin from the files.
    }
    await dropStarts();
  }
  const python = await load(folder, share, { _makeSnapshot: true });
  python.runPython(REHEARSAL);
  const left = memoryOf(python);
  return { answer: answerOf(python), keep: async () => left && keepStart(folder, left) };
}

/** Null where there is no room for it twice. */
function memoryOf(python: Python): Uint8Array<ArrayBuffer> | null {
  try {
    return python.makeMemorySnapshot();
  } catch {
    return null;
  }
}

function answerOf(python: Python): Booted["answer"] {
  return python.globals.get("answer") as Booted["answer"];
}

interface How {
  _makeSnapshot?: true;
  _loadSnapshot?: Uint8Array;
}

/** Give a machine room for a memory that is longer than it begins with: Pyodide does not. */
function grown(machine: Machine, { _loadSnapshot: memory }: How): Machine {
  if (memory !== undefined && memory.length > machine.HEAP8.length) machine.growMemory(memory.length);
  return machine;
}

async function load(folder: URL, share: (share: number) => void, how: How): Promise<Python> {
  const [wasm, library, code] = ["pyodide.asm.wasm", "stdlib.zip", "cardiogram.zip"].map((name) => new URL(name, folder).href);
  const files = fetchPacked([wasm!, library!, code!], share);
  const watch = answerFetches(files);
  try {
    const [{ loadPyodide }, { default: createModule }] = await Promise.all([
      import(/* @vite-ignore */ new URL("pyodide.js", folder).href) as Promise<Loader>,
      import(/* @vite-ignore */ new URL("pyodide.asm.js", folder).href) as Promise<{ default: Create }>,
    ]);
    const loaded = loadPyodide({
      indexURL: folder.href,
      stdLibURL: library,
      lockFileContents: { info, packages: {} },
      createPyodideModule: async (settings: object) => grown(await createModule(settings), how),
      ...how,
    });
    const python = await Promise.race([loaded, watch.failed]);
    writeCode(python.FS, new Uint8Array(await (await files.get(code!)!).arrayBuffer()));
    return python;
  } finally {
    watch.end();
  }
}

function writeCode(disk: Python["FS"], zip: Uint8Array): void {
  const folders = new Set<string>();
  for (const { path, bytes } of readZip(zip)) {
    const folder = `${CODE}/${path}`.replace(/\/[^/]*$/, "");
    if (!folders.has(folder)) disk.mkdirTree(folder);
    folders.add(folder);
    disk.writeFile(`${CODE}/${path}`, bytes);
  }
}

interface Watch {
  /** Pyodide itself only notes on the console that a file or its machine code is missing. */
  failed: Promise<never>;
  end(): void;
}

/** Give Pyodide the files that it fetches, and hear what goes wrong. */
function answerFetches(files: ReadonlyMap<string, Promise<Response>>): Watch {
  const [onWire, instantiate] = [self.fetch, WebAssembly.instantiateStreaming];
  const failed = new Promise<never>((_, fail) => {
    for (const file of files.values()) file.catch(fail);
    self.fetch = (what, how) => files.get(String(what)) ?? onWire(what, how);
    WebAssembly.instantiateStreaming = async (...given) => {
      try {
        return await instantiate(...given);
      } catch (error) {
        fail(error);
        throw error;
      }
    };
  });
  failed.catch(() => {}); // heard by whoever waits
  return {
    failed,
    end() {
      [self.fetch, WebAssembly.instantiateStreaming] = [onWire, instantiate];
    },
  };
}
