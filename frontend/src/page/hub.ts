/* A card of the Hub with its files, read by the visitor's own browser: only when it is asked for,
   without a login, and no more of it than a dropped folder would give. */

import type { CardAtHand } from "../app/api";
import { Refusal } from "../app/answers";
import { isCard, readFiles, type Found } from "../app/card/dropped";

const HUB = "https://huggingface.co";
const HOSTS = /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\//i;
const NAME = /^[\w.-]{1,96}(?:\/[\w.-]{1,96})?$/;
const VIEWS = ["blob", "tree", "resolve", "raw", "commit", "discussions"];
const MOST_REQUESTS = 80;
const MOST_LIST = 8_000_000;
const PATIENCE = 20_000;

export interface Address {
  id: string;
  of: "model" | "dataset";
  revision: string;
}

interface Listed {
  id?: unknown;
  sha?: unknown;
  siblings?: unknown;
}

/** An id or an address of the Hub; null for what is neither. */
export function readAddress(target: string): Address | null {
  const parts = target.trim().replace(HOSTS, "").replace(/[?#].*$/, "").split("/").filter(Boolean);
  const kind = parts[0] === "datasets" || parts[0] === "models" ? parts.shift() : "models";
  const isOld = VIEWS.includes(parts[1] ?? ""); // a name without an owner
  const [id, view] = isOld ? [parts[0] ?? "", parts.slice(1)] : [parts.slice(0, 2).join("/"), parts.slice(2)];
  if (!NAME.test(id) || /\.md$/i.test(id) || id.startsWith(".") || parts[0] === "spaces") return null;
  if (view.length && !VIEWS.includes(view[0]!)) return null;
  const revision = view[0] === "discussions" ? undefined : view[1];
  return { id, of: kind === "datasets" ? "dataset" : "model", revision: revision ?? "main" };
}

/** The card that a target names, with what its files prove.

    Throws a Refusal that says how to come by the card otherwise. */
export async function readFromHub(target: string): Promise<CardAtHand> {
  const address = readAddress(target);
  if (address === null) {
    throw new Refusal(`“${target.slice(0, 100)}” is no model of the Hub`, "Give owner/name, or the address of its page.", 400);
  }
  const { id, of, revision } = address;
  const whose = of === "dataset" ? "datasets" : "models";
  const answer = await ask(address, `${HUB}/api/${whose}/${id}/revision/${encodeURIComponent(revision)}?blobs=true`);
  const about = await listed(address, answer);
  const commit = String(about.sha ?? revision);
  const name = typeof about.id === "string" && NAME.test(about.id) ? about.id : id;
  const place = `${HUB}/${of === "dataset" ? "datasets/" : ""}${name}/resolve/${encodeURIComponent(commit)}`;
  const read = async (path: string, size: number, bytes: number): Promise<Uint8Array> => {
    const file = `${place}/${path.split("/").map(encodeURIComponent).join("/")}`;
    return firstOf(await ask(address, file, bytes < size ? bytes : 0), bytes);
  };
  let requests = 0;
  const files = filesOf(about).map(({ path, size }): Found => {
    let card: Promise<Uint8Array> | null = null;
    return {
      path,
      size,
      async first(bytes) {
        if (isCard({ path })) return (card ??= read(path, size, bytes));
        if ((requests += 1) > MOST_REQUESTS) return new Uint8Array();
        return read(path, size, bytes).catch(() => new Uint8Array()); // what cannot be read proves nothing
      },
    };
  });
  const { text, files: found } = await readFiles(files).catch((error: unknown) => {
    throw error instanceof Refusal ? error : refused(address);
  });
  return { text, id: name, of, source: "hub", path: "", revision: commit, files: found };
}

/** The files of a repository: settings before weights, as those at the top say most. */
function filesOf({ siblings }: Listed): { path: string; size: number }[] {
  const given = Array.isArray(siblings) ? (siblings as { rfilename?: unknown; size?: unknown }[]) : [];
  return given
    .map(({ rfilename, size }) => ({ path: String(rfilename ?? ""), size: Number(size) }))
    .filter(({ path, size }) => path !== "" && Number.isSafeInteger(size) && size >= 0)
    .sort((a, b) => a.path.split("/").length - b.path.split("/").length || a.size - b.size);
}

async function listed(address: Address, answer: Response): Promise<Listed> {
  try {
    const found: unknown = JSON.parse(new TextDecoder().decode(await firstOf(answer, MOST_LIST)));
    if (typeof found === "object" && found !== null) return found;
  } catch {
    // No JSON, or the line broke.
  }
  throw refused(address);
}

/** Ask the Hub as anybody may; of a file its first bytes, where not all of it (0) is wanted. */
async function ask(address: Address, place: string, bytes = 0): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(place, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE),
      ...(bytes > 0 && { headers: { Range: `bytes=0-${bytes - 1}` } }),
    });
  } catch {
    throw refused(address);
  }
  const { ok, status } = answer;
  if (ok) return answer;
  void answer.body?.cancel();
  if (status === 401 || status === 404) {
    throw new Refusal(`The Hub shows nobody a ${address.of} “${address.id}”`, "Is its name right? A private one can be pasted.", 404);
  }
  if (status === 403) throw refused(address, "The Hub shows this card only to those who are logged in", 403);
  if (status === 429) throw refused(address, "The Hub has been asked too much for now", 429);
  throw refused(address, `The Hub answered ${status}`, 502);
}

const UNREAD = "The Hub could not be read from this page";

function refused({ id, of, revision }: Address, why = UNREAD, status = 403): Refusal {
  if (why === UNREAD && !navigator.onLine) {
    return new Refusal("You are offline, and the Hub cannot be read", "Give the card’s file or its folder, or paste its text.", 503);
  }
  const page = `${HUB}/${of === "dataset" ? "datasets/" : ""}${id}/raw/${encodeURIComponent(revision)}/README.md`;
  return new Refusal(why, "Copy the card’s text and paste it here.", status, page);
}

/** The first bytes of an answer, however long it is. */
async function firstOf(answer: Response, bytes: number): Promise<Uint8Array> {
  const reader = answer.body?.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  while (reader && length < bytes) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  void reader?.cancel();
  const whole = new Uint8Array(Math.min(length, bytes));
  let at = 0;
  for (const part of parts) {
    whole.set(part.subarray(0, whole.length - at), at);
    at += Math.min(part.length, whole.length - at);
  }
  return whole;
}
