/* What the view of a card asks. */

import type { CardAtHand, OpenQuestion, RateAnswer, RateQuestion, VerifyAnswer, VerifyQuestion, WorkspaceAnswer } from "../api";

export interface CardQuestions {
  /** Whether numbers alone are asked for first, and all else after a rest: where they are much quicker. */
  readonly ratesFirst?: boolean;
  open(question: OpenQuestion): Promise<CardAtHand>;
  /** The signal tells that nobody waits for the answer any more; one that comes all the same is welcome. */
  rate(question: RateQuestion, signal?: AbortSignal): Promise<RateAnswer>;
  verify(question: VerifyQuestion, signal?: AbortSignal): Promise<VerifyAnswer>;
  /** Cards of the folder that is served. */
  cards(): Promise<WorkspaceAnswer>;
}
