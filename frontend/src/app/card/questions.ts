import type { RateAnswer, RateQuestion } from "../api";

export interface CardQuestions {
  rate(question: RateQuestion, signal?: AbortSignal): Promise<RateAnswer>;
}
