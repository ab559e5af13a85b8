/* What this view asks. */

import type {
  ComparedAnswer,
  EffectsAnswer,
  HistoryAnswer,
  LedgerQuestion,
  LedgersAnswer,
  LedgerView,
  SeriesAnswer,
  SeriesQuestion,
} from "../api";

export interface TimeQuestions {
  ledgers(signal?: AbortSignal): Promise<LedgersAnswer>;
  ledger(question: LedgerQuestion, signal?: AbortSignal): Promise<LedgerView>;
  series(question: Required<SeriesQuestion>, signal?: AbortSignal): Promise<SeriesAnswer>;
  readHistory(question: SeriesQuestion, signal?: AbortSignal): Promise<HistoryAnswer>;
  compare(question: SeriesQuestion): Promise<ComparedAnswer>;
  effects(question: LedgerQuestion): Promise<EffectsAnswer>;
}
