/* Answers from the app's server. No other file asks it for anything. */

import { Refusal, type Answers } from "./answers";

export const httpAnswers: Answers = {
  open: (question) => post("/api/open", question),
  cards: () => get("/api/cards"),
  rate: (question) => post("/api/rate", question),
  verify: (question, signal) => post("/api/verify", question, signal),
  improve: (question, signal) => post("/api/improve", question, signal),
  write: (question) => post("/api/improve/write", question),
  showPullRequest: (question) => post("/api/improve/pull-request", question),
  sendPullRequest: (question) => post("/api/improve/send", question),
  readings: () => get("/api/readings"),
  beginReading: (question) => post("/api/readings", question),
  blindCard: (question) => post("/api/readings/card", question),
  saveReading: (question) => post("/api/readings/save", question),
  measureReading: (question, signal) => post("/api/readings/agreement", question, signal),
  studies: (signal) => get("/api/studies", {}, signal),
  explore: (question, signal) => post("/api/studies/explore", question, signal),
  compareStudies: (question, signal) => post("/api/studies/compare", question, signal),
  place: (question) => post("/api/studies/place", question),
  workLists: (signal) => get("/api/work", {}, signal),
  workList: (question, signal) => get("/api/work/list", { ...question }, signal),
  readWork: (question) => post("/api/work/read", question),
  ledgers: (signal) => get("/api/time", {}, signal),
  ledger: (question, signal) => get("/api/time/ledger", { ...question }, signal),
  series: (question, signal) => get("/api/time/model", { ...question }, signal),
  readHistory: (question, signal) => post("/api/time/history", question, signal),
  compare: (question) => post("/api/time/compare", question),
  effects: (question) => post("/api/time/effects", question),
  jobs: (signal) => get("/api/jobs", {}, signal),
  estimateJob: (question) => post("/api/jobs/estimate", question),
  startJob: (question) => post("/api/jobs/start", question),
  stopJob: (question) => post("/api/jobs/stop", question),
  resumeJob: (question) => post("/api/jobs/resume", question),
  removeJob: (question) => post("/api/jobs/remove", question),
  jobDrafts: ({ id }) => get(`/api/jobs/${encodeURIComponent(id)}/drafts`),
};

async function post<T>(path: string, question: object, signal?: AbortSignal): Promise<T> {
  return read(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
    signal: signal ?? null,
  });
}

async function get<T>(path: string, query: Record<string, string> = {}, signal?: AbortSignal): Promise<T> {
  const behind = new URLSearchParams(query).toString();
  return read(behind ? `${path}?${behind}` : path, { signal: signal ?? null });
}

async function read<T>(address: string, request: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(address, request);
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new Refusal("The app does not answer", "Is it still running? Start it again: cardiogram serve");
  }
  const found = (await answer.json().catch(() => ({}))) as T & { error?: string; hint?: string };
  if (!answer.ok) {
    throw new Refusal(found.error ?? `The app answered ${answer.status}`, found.hint ?? "", answer.status);
  }
  return found;
}
