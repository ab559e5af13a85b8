/* What this view asks. */

import type { KeptListsAnswer, OwnerQuestion, WorkAnswer } from "../api";

export interface WorkQuestions {
  workLists(signal?: AbortSignal): Promise<KeptListsAnswer>;
  workList(question: OwnerQuestion, signal?: AbortSignal): Promise<WorkAnswer>;
  readWork(question: OwnerQuestion): Promise<WorkAnswer>;
}
