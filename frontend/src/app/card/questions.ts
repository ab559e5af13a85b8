import type { CardQuestion, RatedCard } from "../api";

export interface CardQuestions {
  rate(question: CardQuestion, signal?: AbortSignal): Promise<RatedCard>;
}
