/* What the view of a card asks. */

import type { CardAtHand, OpenQuestion, RateAnswer, RateQuestion, WorkspaceAnswer } from "../api";

export interface CardQuestions {
  open(question: OpenQuestion, signal?: AbortSignal): Promise<CardAtHand>;
  rate(question: RateQuestion, signal?: AbortSignal): Promise<RateAnswer>;
  /** Cards of the folder that is served. */
  cards(signal?: AbortSignal): Promise<WorkspaceAnswer>;
}
