/* What the views may ask, wherever the answers come from: a server, or the browser itself. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { CardQuestions } from "./card/questions";
import type { ReadQuestions } from "./read/questions";

/** Each view's questions stand beside the view, in its questions.ts. */
export interface Answers extends CardQuestions, ReadQuestions {}

/** A question was refused: what is wrong, and what to do about it. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly hint = "",
    readonly status = 0,
  ) {
    super(message);
  }
}

export const AnswersContext = createContext<Answers | null>(null);

export function useAnswers(): Answers {
  const answers = useContext(AnswersContext);
  if (answers === null) throw new Error("nobody answers");
  return answers;
}
