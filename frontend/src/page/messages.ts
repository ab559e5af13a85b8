/* What the page and the judge's worker tell each other. */

/** A question as the app's API has it: its address, and JSON. */
export interface Asked {
  id: number;
  path: string;
  question: string;
}

export type Told =
  /** How much of what must be read before the judge can start has been read, 0 to 1. */
  | { kind: "share"; share: number }
  /** With the name of a lock that it holds as long as it lives; "" where there are none. */
  | { kind: "ready"; lock: string }
  /** The judge cannot start. */
  | { kind: "absent"; error: string }
  | { kind: "answer"; id: number; answer: string }
  /** The judge broke off in this question, and answers no other. */
  | { kind: "broken"; id: number; why: string };
