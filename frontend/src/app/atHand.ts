/* The card at hand: what Card and Improve both work on. It outlives a reload, not the window. */

import { effect, signal } from "@preact/signals";
import type { CardAtHand } from "./api";

export type HeldCard = Required<CardAtHand> & { text: string };

const KEY = "cardiogram-card";

export const NO_CARD: HeldCard = { text: "", id: "", of: "model", source: "pasted", path: "", revision: "", files: [] };

export const atHand = signal<HeldCard>(restore());

/** A card as the app gives it, to be held. */
export function held(card: CardAtHand): HeldCard {
  return { ...NO_CARD, ...card, text: card.text ?? "" };
}

function restore(): HeldCard {
  try {
    return held(JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as CardAtHand);
  } catch {
    return NO_CARD;
  }
}

effect(() => {
  const { files, ...kept } = atHand.value; // of a folder that was dropped: too large to be kept
  const now = JSON.stringify(files.length ? { ...kept, source: "pasted" } : kept);
  try {
    sessionStorage.setItem(KEY, now);
  } catch {
    // Full or forbidden: the card lives as long as the page then.
  }
});
