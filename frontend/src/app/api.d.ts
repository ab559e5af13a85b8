/* Made by tools/make_types.py from the dataclasses of src/cardiogram/app/api. Do not edit. */

/** Lines that carry a rating; None where it is no single place. */
export interface AnsweredEvidence {
  criterion: string;
  words: string;
  first: number | null;
  last: number | null;
  effect: number | null;
}

/** A finding of the linter. */
export interface AnsweredFinding {
  id: string;
  message: string;
  line: number;
}

/** What a reader misses, and what it would gain overall. */
export interface AnsweredGap {
  criterion: string;
  missing: string;
  advice: string;
  line: number;
  gain: number;
}

/** One of the nine numbers, with the interval of what readers would say. */
export interface AnsweredScore {
  name: string;
  score: number;
  expected: number;
  low: number;
  high: number;
}

/** A card, and the id of its model where it has one. */
export interface CardQuestion {
  text: string;
  id?: string;
}

/** A card's rating; lines are those of `text`. */
export interface RatedCard {
  scores: AnsweredScore[];
  facts: AnsweredEvidence[];
  gaps: AnsweredGap[];
  findings: AnsweredFinding[];
  problems: string[];
  text: string;
}
