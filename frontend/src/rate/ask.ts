/* One question to the app: what is this card's rating, and why. */

import type { Fact } from "../data/cards";

export interface Gap {
  criterion: string;
  missing: string;
  advice: string;
  line: number;
  gain: number;
}

export interface Finding {
  id: string;
  message: string;
  line: number;
}

/** What app/rating.py answers. */
export interface Answer {
  scores: { name: string; score: number; expected: number; low: number; high: number }[];
  facts: Fact[];
  gaps: Gap[];
  findings: Finding[];
  problems: string[];
  text: string;
}

export async function ask(text: string, id: string): Promise<Answer> {
  const answer = await fetch("api/rate", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text, id }),
  });
  const found = (await answer.json()) as Answer & { error?: string };
  if (!answer.ok) throw new Error(found.error ?? `The app answered ${answer.status}.`);
  return found;
}
