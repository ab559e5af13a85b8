/* What a job is called, and how long and how much, in words. */

import { number, visible } from "../../text";
import type { JobAnswer, JobEstimate, JobRequest } from "../api";

export function titleOf({ kind, folder = "", source = "", owner = "", limit, judges = [] }: JobRequest): string {
  const models = source ? `the cards in ${source}` : `${limit == null ? "all" : number(limit)} models`;
  const title = {
    study: `${folder}: ${models}${owner && ` by ${owner}`}`,
    panel: `${folder === "." ? "This study" : folder} rated by ${judges.join(", ")}`,
    portfolio: `Drafts for ${owner}`,
    snapshot: `Counters of ${folder === "." ? "this study" : folder}`,
  }[kind];
  return visible(title);
}

export const STATUS: Record<JobAnswer["status"], string> = {
  running: "running",
  stopping: "stopping",
  stopped: "stopped",
  interrupted: "broken off",
  done: "done",
  failed: "failed",
};

export function isLive({ status }: JobAnswer): boolean {
  return status === "running" || status === "stopping";
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Number((seconds / 3600).toFixed(1))} h`;
}

/** US dollars; cents where they are that many, and two digits where they are fewer. */
export function dollars(value: number): string {
  const digits = value === 0 || value >= 0.1 ? value.toFixed(2) : String(Number(value.toPrecision(2)));
  return `$${digits}`;
}

export function costOf({ cost_usd, cost_low, cost_high }: JobEstimate): string {
  if (cost_usd === null) return "not known";
  const range = cost_low !== null && cost_high !== null && cost_high > cost_low;
  return `${dollars(cost_usd)}${range ? `, between ${dollars(cost_low)} and ${dollars(cost_high)}` : ""}`;
}

/** When a job was begun, by the reader's clock. */
export function momentOf(iso: string): string {
  return new Date(iso).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

/** What a job has paid, and what it may; "" where no language model is asked. */
export function spentOf({ request, calls, spent, costs }: JobAnswer): string {
  if (!calls && !costs.length) return "";
  const limits = [
    request.max_cost != null && `${dollars(request.max_cost)}`,
    request.max_calls != null && `${number(request.max_calls)} calls`,
  ].filter(Boolean);
  const paid = `${dollars(spent)} for ${number(calls)} call${calls === 1 ? "" : "s"}`;
  return limits.length ? `${paid}, of at most ${limits.join(" and ")}` : paid;
}
