import type { DraftsAnswer, JobEstimate, JobQuestion, JobRequest, JobsAnswer } from "../api";

export interface JobQuestions {
  jobs(signal?: AbortSignal): Promise<JobsAnswer>;
  estimateJob(question: JobRequest): Promise<JobEstimate>;
  startJob(question: JobRequest): Promise<JobsAnswer>;
  stopJob(question: JobQuestion): Promise<JobsAnswer>;
  resumeJob(question: JobQuestion): Promise<JobsAnswer>;
  removeJob(question: JobQuestion): Promise<JobsAnswer>;
  jobDrafts(question: JobQuestion): Promise<DraftsAnswer>;
}
