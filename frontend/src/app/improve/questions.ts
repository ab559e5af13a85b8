/* What this view asks. */

import type {
  DraftAnswer,
  DraftQuestion,
  PullRequestAnswer,
  PullRequestQuestion,
  SendAnswer,
  SendQuestion,
  WriteAnswer,
  WriteQuestion,
} from "../api";

export interface ImproveQuestions {
  improve(question: DraftQuestion, signal?: AbortSignal): Promise<DraftAnswer>;
  write(question: WriteQuestion): Promise<WriteAnswer>;
  showPullRequest(question: PullRequestQuestion): Promise<PullRequestAnswer>;
  sendPullRequest(question: SendQuestion): Promise<SendAnswer>;
}
