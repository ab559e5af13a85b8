/* Answers from a judge that works in the reader's own browser: no card leaves it. */

import { effect, type ReadonlySignal } from "@preact/signals";
import { Refusal, type Answers } from "../app/answers";
import type { CardAtHand } from "../app/api";
import { JudgeAtWork, type JudgeState } from "./judge";

export type { JudgeState };

export interface Judge {
  /** Questions that are asked before the judge is ready wait for it. */
  answers: Answers;
  state: ReadonlySignal<JudgeState>;
  /** Start again where it could not. */
  retry(): void;
}

const NOT_HERE = "This page rates and mends cards alone";

export function startJudge(begin: () => Worker = openWorker): Judge {
  const judge = new JudgeAtWork(begin);
  addEventListener("online", judge.retry);
  const stop = effect(() => {
    if (judge.state.value.stage === "ready") void keepPage().finally(() => stop());
  });
  return { answers: answersOf(judge), state: judge.state, retry: judge.retry };
}

function openWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}

/** Keep the page for when there is no network. Only now: it would hold up the judge's own files. */
async function keepPage(): Promise<void> {
  try {
    await navigator.serviceWorker.register("./sw.js", { updateViaCache: "none" });
  } catch {
    // Not here, or forbidden: the page works as long as there is a network.
  }
}

function answersOf(judge: JudgeAtWork): Answers {
  const own: Partial<Answers> = {
    cards: async () => ({ cards: [], is_cut: false }),
    rate: async (question, signal) => read(await judge.ask("/api/rate", question, true, signal)),
    improve: async (question, signal) =>
      read(await judge.ask("/api/improve", { ...question, card: dropped(question.card) }, false, signal)),
  };
  const refuse = async (): Promise<never> => {
    throw new Refusal(NOT_HERE, "For the rest there is the app: cardiogram serve", 404);
  };
  return new Proxy(own, { get: (given, name) => Reflect.get(given, name) ?? refuse }) as Answers;
}

/** What was read from the Hub lies in the question: the judge has no network. */
function dropped(card: CardAtHand): CardAtHand {
  return card.source === "hub" ? { ...card, source: "dropped" } : card;
}

function read<T>(answer: string): T {
  const found = JSON.parse(answer) as T & { error?: string; hint?: string; status?: number };
  if (found.error !== undefined) throw new Refusal(found.error, found.hint ?? "", found.status ?? 400);
  return found;
}
