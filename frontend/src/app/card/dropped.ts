/* A file or a model folder that is dropped or chosen: its card, and of its other files what readers
   of weights and settings need. Nothing else of it leaves the disk. */

import { number } from "../../text";
import { Refusal } from "../answers";
import type { DroppedFile } from "../api";

export interface Dropped {
  text: string;
  files: Required<DroppedFile>[];
  /** What of the folder is not looked at, in words; "" for nothing. */
  note: string;
}

/** A file, wherever it lies. */
export interface Found {
  path: string;
  size: number;
  /** Its first bytes. */
  first(bytes: number): Promise<Uint8Array>;
}

/** Files that are looked at, and those that are counted. */
const MOST_FILES = 2000;
const MOST_COUNTED = 20_000;
const AT_ONCE = 8;
const MOST_BYTES = 4_000_000;
const WHOLE = /\.(json|jsonl|ya?ml|md|txt|jinja|cff)$/;
const NOT_WHOLE = /(^|\/)(tokenizer|vocab)\.json$/;
/** What the app rates. */
export const MOST_CARD = 200_000;
const MOST_WHOLE = 1_000_000;
const MOST_HEADER = 2_000_000;
const MOST_GGUF = 262_144;
const NONE = new Uint8Array();
const HIDDEN_FOLDER = /(^|\/)\.(git|cache)\//;

/** What lies in a drop; files that a browser gives from a folder keep their place in it. */
export async function readDrop(transfer: DataTransfer): Promise<Dropped> {
  const parts = [...transfer.items].map((part) => part.webkitGetAsEntry() ?? part.getAsFile());
  const found: Found[] = [];
  const entries: FileSystemEntry[] = [];
  for (const part of parts) {
    if (part instanceof File) found.push(foundOf(part.name, part));
    else if (part !== null) entries.push(part);
  }
  await walk(entries, found);
  return readFiles(found);
}

/** What was chosen with a button, a file or a folder. */
export function readChosen(files: Iterable<File>): Promise<Dropped> {
  return readFiles([...files].map((file) => foundOf(file.webkitRelativePath || file.name, file)));
}

export function foundOf(path: string, file: File): Found {
  return { path, size: file.size, first: async (bytes) => new Uint8Array(await file.slice(0, bytes).arrayBuffer()) };
}

/** Read the files, the card first. One file alone is the card, whatever its name. */
export async function readFiles(given: readonly Found[]): Promise<Dropped> {
  const all = inFolder(given).filter(({ path }) => !HIDDEN_FOLDER.test(`/${path}`));
  const found = all.length > MOST_FILES ? [...all].sort((a, b) => placeOf(a) - placeOf(b)).slice(0, MOST_FILES) : all;
  const card = found.length === 1 ? found[0] : found.find(isCard);
  if (card && card.size > MOST_CARD) {
    throw new Refusal(`${number(card.size)} bytes are too long for a card: it has at most ${number(MOST_CARD)}`);
  }
  const bytes = card ? await card.first(card.size) : new Uint8Array();
  const text = new TextDecoder().decode(bytes).replace(/\r(?!\n)/g, "\n"); // lines are counted so
  if (!found.length) throw new Refusal("There is no file in it");
  if (text.includes("\0") || (found.length === 1 && !text.trim())) throw new Refusal(`There is no text in ${card?.path}`);
  const many = all.length < MOST_COUNTED ? number(all.length) : `more than ${number(MOST_COUNTED)}`;
  const note = found.length < all.length ? `Of its ${many} files, ${number(found.length)} are looked at.` : "";
  return { text, files: found.length < 2 ? [] : await headsOf(found), note };
}

/** What is needed of each file, as long as there is room for it. */
async function headsOf(found: readonly Found[]): Promise<Dropped["files"]> {
  let left = MOST_BYTES;
  const files: Dropped["files"] = [];
  for (let at = 0; at < found.length; at += AT_ONCE) {
    const some = found.slice(at, at + AT_ONCE);
    const heads = left > 0 ? await Promise.all(some.map(headOf)) : [];
    some.forEach(({ path, size }, i) => {
      const bytes = heads[i] ?? NONE;
      const fits = bytes.length <= left;
      if (fits) left -= bytes.length;
      files.push({ path, size, data: fits ? base64(bytes) : "" });
    });
  }
  return files;
}

/** Paths within the folder that all share; where it is one file, its name. */
function inFolder(found: readonly Found[]): Found[] {
  const folders = new Set(found.map(({ path }) => path.split("/", 1)[0]));
  const shared = folders.size === 1 && found.every(({ path }) => path.includes("/"));
  return found.map((each) => ({ ...each, path: shared ? each.path.slice(each.path.indexOf("/") + 1) : each.path }));
}

export function isCard({ path }: { path: string }): boolean {
  return path.toLowerCase() === "readme.md";
}

/** The card first, then what lies at the top. */
function placeOf(file: Found): number {
  return isCard(file) ? 0 : file.path.split("/").length;
}

/** Find the files in folders, those at the top first: there the card lies. */
async function walk(entries: readonly FileSystemEntry[], found: Found[]): Promise<void> {
  let level = entries;
  while (level.length) {
    const next: FileSystemEntry[] = [];
    for (const entry of level) {
      if (found.length >= MOST_COUNTED) return;
      if (HIDDEN_FOLDER.test(`${entry.fullPath}/`)) continue;
      if (isFile(entry)) {
        const file = await new Promise<File>((done, fail) => entry.file(done, fail));
        found.push(foundOf(entry.fullPath.slice(1), file));
      } else if (isFolder(entry)) {
        next.push(...await entriesOf(entry));
      }
    }
    level = next;
  }
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const next = (): Promise<FileSystemEntry[]> => new Promise((done, fail) => reader.readEntries(done, fail));
  const entries: FileSystemEntry[] = [];
  for (let part = await next(); part.length && entries.length < MOST_COUNTED; part = await next()) entries.push(...part);
  return entries;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** The bytes of a file that tell what it is: settings whole, of weights their header. */
async function headOf({ path, size, first }: Found): Promise<Uint8Array> {
  if (path.endsWith(".safetensors")) {
    const start = await first(8);
    if (start.length < 8) return start;
    const length = Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true));
    return length <= MOST_HEADER ? first(8 + length) : start;
  }
  if (path.endsWith(".gguf")) return first(MOST_GGUF);
  if (/\.(bin|pt|pth|onnx)$/.test(path)) return first(8);
  const whole = WHOLE.test(path) && !NOT_WHOLE.test(path) && size <= MOST_WHOLE;
  return whole ? first(size) : NONE;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}
