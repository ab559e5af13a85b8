/* The card at hand: what Card and Improve both work on. It outlives a reload, not the window. */

import { effect, signal } from "@preact/signals";

export interface CardAtHand {
  text: string;
  /** The model's id; "" where it has none. */
  id: string;
  /** Where it was opened: an id or a folder; "" for a pasted card. */
  source: string;
  /** The commit or hash that it was opened at. */
  revision: string;
}

const KEY = "cardiogram-card";
const NOTHING: CardAtHand = { text: "", id: "", source: "", revision: "" };

export const atHand = signal<CardAtHand>(restore());

function restore(): CardAtHand {
  try {
    return { ...NOTHING, ...(JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Partial<CardAtHand>) };
  } catch {
    return NOTHING;
  }
}

effect(() => {
  const now = JSON.stringify(atHand.value);
  try {
    sessionStorage.setItem(KEY, now);
  } catch {
    // Full or forbidden: the card lives as long as the page then.
  }
});
