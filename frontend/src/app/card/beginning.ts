/* What a page says where there is no card yet, and while nobody rates: a page of its own has words for it. */

import { createContext, type ComponentChild, type ComponentType } from "preact";
import type { HeldCard } from "../atHand";

export interface Beginning {
  title: string;
  words: ComponentChild;
  /** What comes of a card. */
  Example: ComponentType<{ onOpen(card: HeldCard): void }>;
  /** How far the judge is; nothing once it answers. */
  Waiting: ComponentType;
}

export const BeginningContext = createContext<Beginning | null>(null);
