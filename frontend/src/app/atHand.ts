/* The card at hand: what Card and Improve both work on. It outlives a reload, not the window. */

import { effect, signal } from "@preact/signals";
import type { CardAtHand } from "./api";
import { lastLook } from "./card/look";

export type HeldCard = Required<CardAtHand> & { text: string };

const [KEY, FORMER, BARE] = ["cardiogram-card", "cardiogram-former", "cardiogram-bare"];

export const NO_CARD: HeldCard = { text: "", id: "", of: "model", source: "pasted", path: "", revision: "", files: [] };

export const atHand = signal<HeldCard>(restore(KEY) ?? NO_CARD);

/** Whether its files were at hand before the page was loaded again. */
export const isBare = signal(sessionStorage.getItem(BARE) !== null);

/** The card that was at hand before, where there was one. */
export const former = signal<HeldCard | null>(restore(FORMER));

/** Take another card up; what was written until now can be had back. */
export function take(card: HeldCard): void {
  const before = atHand.value;
  if (before.text.trim() && before.text !== card.text) former.value = before;
  lastLook.value = card.text;
  isBare.value = false;
  atHand.value = card;
}

/** A card as the app gives it, to be held. */
export function held(card: CardAtHand): HeldCard {
  return { ...NO_CARD, ...card, text: card.text ?? "" };
}

/** What a card at hand is called. */
export function titleOf({ text, id, path, files }: HeldCard): string {
  if (id || path) return id || withoutFile(path);
  if (files.length) return "A model folder";
  return text.trim() ? "A pasted card" : "Rate a model card";
}

/** A model's folder by the path of its card. */
export function withoutFile(path: string): string {
  return path.replace(/(?<=.)\/README\.md$/i, "");
}

function restore(key: string): HeldCard | null {
  try {
    const kept = sessionStorage.getItem(key);
    return kept === null ? null : held(JSON.parse(kept) as CardAtHand);
  } catch {
    return null;
  }
}

function keep(key: string, card: HeldCard | null): void {
  if (card === null) return;
  const { files, ...kept } = card; // of a folder that was dropped: too large to be kept
  try {
    sessionStorage.setItem(key, JSON.stringify(files.length ? { ...kept, source: "pasted" } : kept));
  } catch {
    // Full or forbidden: the card lives as long as the page then.
  }
}

effect(() => keep(KEY, atHand.value));
effect(() => {
  try {
    if (isBare.value || atHand.value.files.length) sessionStorage.setItem(BARE, "yes");
    else sessionStorage.removeItem(BARE);
  } catch {
    // Full or forbidden: the card is not kept either.
  }
});
effect(() => keep(FORMER, former.value));
