/* What the work list says, and how its cards are named. */

import { count, dayOf, number } from "../../text";
import type { OwnerCard, Since, WorkAnswer } from "../api";

/** A card by its name alone, where all of the list are one owner's. */
export function nameOf(card: OwnerCard, owner: string): string {
  return card.id.startsWith(`${owner}/`) ? card.id.slice(owner.length + 1) : card.id;
}

export function headline({ owner, models, mean }: WorkAnswer): string {
  const rated = mean === null ? "none of them rated" : `${mean.toFixed(1)} on average`;
  return models ? `${owner}: ${count(models, "model")}, ${rated}` : owner;
}

/** What changed since the last time; "" where there was none. */
export function changed(since: Since | null): string {
  if (since === null) return "";
  const parts = [
    since.changed.length && `${count(since.changed.length, "card")} changed`,
    since.new.length && `${number(since.new.length)} new`,
    since.gone.length && `${number(since.gone.length)} gone`,
  ].filter(Boolean);
  const said = `Since ${dayOf(since.day)}: ${parts.join(", ")}`;
  if (since.before === null || since.after === null) return `${said}.`;
  const one = since.changed.length === 1;
  return `${said}. ${one ? "It was" : "Those were"} rated ${since.before.toFixed(1)}, now ${since.after.toFixed(1)}${one ? "" : " on average"}.`;
}

/** What the order of the list is. */
export function order({ readers }: WorkAnswer): string {
  if (readers === "cards") return "Those come first that gain most.";
  return `Those come first that gain most for most readers: ${readers} times gain.`;
}

/** Cards on both sides of one: by their places, null at the ends. */
export function around(cards: readonly OwnerCard[], id: string): { at: number; before: OwnerCard | null; after: OwnerCard | null } {
  const at = cards.findIndex((card) => card.id === id);
  return { at, before: cards[at - 1] ?? null, after: at < 0 ? null : cards[at + 1] ?? null };
}
