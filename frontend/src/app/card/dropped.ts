/* A file or a model folder that is dropped or chosen: its card, and of its other files what readers
   of weights and settings need. Nothing else of it leaves the disk. */

import { number } from "../../text";
import type { DroppedFile } from "../api";

export interface Dropped {
  text: string;
  files: Required<DroppedFile>[];
}

interface Found {
  path: string;
  file: File;
}

const MOST_FILES = 2000;
const MOST_BYTES = 4_000_000;
const WHOLE = /\.(json|jsonl|ya?ml|md|txt|jinja|cff)$/;
const NOT_WHOLE = /(^|\/)(tokenizer|vocab)\.json$/;
/** What the app rates. */
export const MOST_CARD = 200_000;
const MOST_WHOLE = 1_000_000;
const MOST_HEADER = 2_000_000;
const MOST_GGUF = 262_144;
const HIDDEN_FOLDER = /(^|\/)\.(git|cache)\//;

/** What lies in a drop; files that a browser gives from a folder keep their place in it. */
export async function readDrop(transfer: DataTransfer): Promise<Dropped> {
  const parts = [...transfer.items].map((part) => part.webkitGetAsEntry() ?? part.getAsFile());
  const found: Found[] = [];
  for (const part of parts) {
    if (part instanceof File) found.push({ path: part.name, file: part });
    else if (part !== null) await walk(part, found);
  }
  return readFiles(found);
}

/** What was chosen with a button, a file or a folder. */
export function readChosen(files: Iterable<File>): Promise<Dropped> {
  return readFiles([...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

/** Read the files, the card first. One file alone is the card, whatever its name. */
export async function readFiles(given: readonly Found[]): Promise<Dropped> {
  const found = inFolder(given).filter(({ path }) => !HIDDEN_FOLDER.test(`/${path}`)).slice(0, MOST_FILES);
  const card = found.length === 1 ? found[0] : found.find(({ path }) => path.toLowerCase() === "readme.md");
  if (card && card.file.size > MOST_CARD) throw new Error(`${number(card.file.size)} bytes are too long for a card`);
  const text = (card ? await card.file.text() : "").replace(/\r(?!\n)/g, "\n"); // lines are counted so
  if (text.includes("\0")) throw new Error(`There is no text in ${card?.path}`);
  if (found.length < 2) return { text, files: [] };
  let left = MOST_BYTES;
  const files: Dropped["files"] = [];
  for (const { path, file } of found) {
    const bytes = await headOf(path, file);
    const fits = bytes.length <= left;
    if (fits) left -= bytes.length;
    files.push({ path, size: file.size, data: fits ? base64(bytes) : "" });
  }
  return { text, files };
}

/** Paths within the folder that all share; where it is one file, its name. */
function inFolder(found: readonly Found[]): Found[] {
  const folders = new Set(found.map(({ path }) => path.split("/", 1)[0]));
  const shared = folders.size === 1 && found.every(({ path }) => path.includes("/"));
  return found.map(({ path, file }) => ({ path: shared ? path.slice(path.indexOf("/") + 1) : path, file }));
}

async function walk(entry: FileSystemEntry, found: Found[]): Promise<void> {
  if (found.length >= MOST_FILES || HIDDEN_FOLDER.test(`${entry.fullPath}/`)) return;
  if (isFile(entry)) {
    const file = await new Promise<File>((done, fail) => entry.file(done, fail));
    found.push({ path: entry.fullPath.slice(1), file });
  } else if (isFolder(entry)) {
    const reader = entry.createReader();
    const next = (): Promise<FileSystemEntry[]> => new Promise((done, fail) => reader.readEntries(done, fail));
    for (let part = await next(); part.length; part = await next()) {
      for (const inner of part) await walk(inner, found);
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** The bytes of a file that tell what it is: settings whole, of weights their header. */
async function headOf(path: string, file: File): Promise<Uint8Array> {
  const first = async (bytes: number): Promise<Uint8Array> => new Uint8Array(await file.slice(0, bytes).arrayBuffer());
  if (path.endsWith(".safetensors")) {
    const start = await first(8);
    if (start.length < 8) return start;
    const length = Number(new DataView(start.buffer).getBigUint64(0, true));
    return length <= MOST_HEADER ? first(8 + length) : start;
  }
  if (path.endsWith(".gguf")) return first(MOST_GGUF);
  if (/\.(bin|pt|pth|onnx)$/.test(path)) return first(8);
  const whole = WHOLE.test(path) && !NOT_WHOLE.test(path) && file.size <= MOST_WHOLE;
  return whole ? first(file.size) : new Uint8Array();
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}
