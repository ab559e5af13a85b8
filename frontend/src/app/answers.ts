/* What the views may ask, wherever the answers come from: a server, or the browser itself. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { capital, visible } from "../text";
import type { CardQuestions } from "./card/questions";
import type { ImproveQuestions } from "./improve/questions";
import type { JobQuestions } from "./jobs/questions";
import type { ReadQuestions } from "./read/questions";
import type { StudiesQuestions } from "./studies/questions";
import type { TimeQuestions } from "./time/questions";
import type { WorkQuestions } from "./work/questions";

/** Each view's questions stand beside the view, in its questions.ts. */
export interface Answers
  extends CardQuestions, ImproveQuestions, JobQuestions, ReadQuestions, StudiesQuestions, TimeQuestions, WorkQuestions {}

/** A question was refused: what is wrong, and what to do about it. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly hint = "",
    readonly status = 0,
    /** Of a page on the Hub where a person finds what this one may not read. */
    readonly address = "",
  ) {
    super(message);
  }
}

/** Whether nobody answered at all: the app has ended, or begins again. */
export function isAway(error: unknown): boolean {
  return error instanceof Refusal && error.status === 0;
}

/** Whether the same question may be answered later. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof Refusal) || error.status === 0 || error.status === 429 || error.status >= 500;
}

/** What went wrong, and what to do about it. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = error instanceof Refusal ? error.hint : "";
  return capital(visible(`${error.message.replace(/\.$/, "")}. ${hint}`.trim()));
}

export const AnswersContext = createContext<Answers | null>(null);

export function useAnswers(): Answers {
  const answers = useContext(AnswersContext);
  if (answers === null) throw new Error("nobody answers");
  return answers;
}
