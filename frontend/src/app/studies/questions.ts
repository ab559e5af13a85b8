import type {
  ComparisonAnswer,
  ComparisonQuestion,
  Exploration,
  ExploreQuestion,
  PlacedCard,
  PlaceQuestion,
  StudiesAnswer,
} from "../api";

export interface StudiesQuestions {
  studies(signal?: AbortSignal): Promise<StudiesAnswer>;
  explore(question: ExploreQuestion, signal?: AbortSignal): Promise<Exploration>;
  compareStudies(question: ComparisonQuestion, signal?: AbortSignal): Promise<ComparisonAnswer>;
  place(question: PlaceQuestion): Promise<PlacedCard>;
}
