/* The last look at the card at hand: what moved is counted from its text. */

import { effect, signal } from "@preact/signals";

const KEY = "cardiogram-look";

/** The card's text at the last look; null where nobody has looked yet. */
export const lastLook = signal<string | null>(sessionStorage.getItem(KEY));

effect(() => {
  const text = lastLook.value;
  try {
    if (text === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, text);
  } catch {
    // Full or forbidden: it lives as long as the page then.
  }
});
