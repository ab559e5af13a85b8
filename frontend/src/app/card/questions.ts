/* What the view of a card asks. */

import type { CardAtHand, OpenQuestion, RateAnswer, RateQuestion, WorkspaceAnswer } from "../api";

export interface CardQuestions {
  /** Whether numbers alone are asked for first, and all else after a rest: where they are much quicker. */
  readonly ratesFirst?: boolean;
  open(question: OpenQuestion): Promise<CardAtHand>;
  rate(question: RateQuestion): Promise<RateAnswer>;
  /** Cards of the folder that is served. */
  cards(): Promise<WorkspaceAnswer>;
}
