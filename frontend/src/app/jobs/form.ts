/* What is written in the form, and the request that it makes. */

import { effect, signal } from "@preact/signals";
import type { JobRequest } from "../api";

export interface JobForm {
  /** "" until one is chosen. */
  kind: JobRequest["kind"] | "";
  from: "hub" | "here";
  limit: string;
  owner: string;
  task: string;
  library: string;
  search: string;
  source: string;
  /** Of a new study. */
  name: string;
  /** Of a study or ledger that is there. */
  folder: string;
  builtIn: boolean;
  models: string;
  combine: NonNullable<JobRequest["combine"]>;
  server: string;
  priceIn: string;
  priceOut: string;
  maxCost: string;
  maxCalls: string;
}

const EMPTY: JobForm = {
  kind: "", from: "hub", limit: "200", owner: "", task: "", library: "", search: "", source: "", name: "my-study",
  folder: "", builtIn: true, models: "", combine: "apart", server: "", priceIn: "", priceOut: "", maxCost: "1",
  maxCalls: "",
};

const KEY = "cardiogram-job";

/** It outlives a look at another view, and a reload. */
export const form = signal<JobForm>(restore());

function restore(): JobForm {
  try {
    return { ...EMPTY, ...(JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<JobForm>) };
  } catch {
    return EMPTY;
  }
}

effect(() => {
  const now = JSON.stringify(form.value);
  try {
    sessionStorage.setItem(KEY, now);
  } catch {
    // Full or forbidden: it lives as long as the page then.
  }
});

export function clearForm(): void {
  form.value = EMPTY;
}

/** The language models that are named, each once. */
export function modelsOf({ models }: JobForm): string[] {
  return [...new Set(models.split(/[\s,;]+/).filter(Boolean))];
}

export function judgesOf(written: JobForm): string[] {
  return [...(written.builtIn ? ["embedded"] : []), ...modelsOf(written)];
}

/** Whether a model is asked at a server of one's own, whose address may be another. */
export function hasOwnServer(written: JobForm): boolean {
  return modelsOf(written).some((name) => /^(vllm|ollama|llamacpp)\//.test(name));
}

/** What is wanted; null where nothing is chosen, or there is nothing to choose. */
export function requestOf(written: JobForm): JobRequest | null {
  const { kind, owner, folder } = written;
  if (!kind || ((kind === "panel" || kind === "snapshot") && !folder)) return null;
  if (kind === "portfolio") return { kind, owner: owner.trim() };
  if (kind === "snapshot") return { kind, folder };
  const asking = askingOf(written);
  if (kind === "panel") return { kind, folder, ...asking };
  const limit = amount(written.limit);
  if (written.from === "here") return { kind, folder: written.name.trim(), source: written.source.trim(), limit, ...asking };
  const [task, library, search] = [written.task, written.library, written.search].map((word) => word.trim());
  return { kind, folder: written.name.trim(), owner: owner.trim(), task, library, search, limit, ...asking };
}

function askingOf(written: JobForm): Partial<JobRequest> {
  const judges = judgesOf(written);
  if (!modelsOf(written).length) return { judges };
  return {
    judges,
    combine: judges.length > 1 ? written.combine : "apart",
    server: hasOwnServer(written) ? written.server.trim() : "",
    price_in: amount(written.priceIn),
    price_out: amount(written.priceOut),
    max_cost: amount(written.maxCost),
    max_calls: amount(written.maxCalls),
  };
}

/** A number that was written; null where there is none. */
function amount(text: string): number | null {
  const value = Number(text.replace(",", "."));
  return text.trim() && Number.isFinite(value) ? value : null;
}
