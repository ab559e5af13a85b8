/* One draft: asked again when its author says something, answers that come too late dropped. */

import { effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import type { DraftAnswer, DraftQuestion, QuestionAnswer } from "../api";
import { isAway, Refusal } from "../answers";
import type { HeldCard } from "../atHand";
import { keepAsked, nameOf, NOTHING_SAID, recall, remember, type Said } from "./said";
import type { ImproveQuestions } from "./questions";

/** How long an author pauses before what they type is taken up, in milliseconds. */
const PAUSE = 700;
/** After how many milliseconds an app that does not answer is asked again. */
const RETRY = 2000;

export interface Drafting {
  draft: ReadonlySignal<DraftAnswer | null>;
  asked: ReadonlySignal<readonly QuestionAnswer[]>;
  said: ReadonlySignal<Said>;
  /** Whether the draft on the page is not yet what was asked for. */
  isBusy: ReadonlySignal<boolean>;
  refusal: ReadonlySignal<Refusal | null>;
  /** What the draft on the page was asked with. */
  question(): DraftQuestion;
  /** Say something; typing waits for a pause. */
  say(said: Said, isTyping?: boolean): void;
  /** Say who answers: only the proof has it, so that a draft of it is made when one is taken along. */
  sign(by: string): void;
  /** The draft of all that was said, as soon as it is there; null where there is none. */
  settled(): Promise<DraftAnswer | null>;
  again(): void;
  stop(): void;
}

/** Whether there is a card to make better. */
export function isThere({ source, text }: HeldCard): boolean {
  return source !== "pasted" || text.trim() !== "";
}

export function startDrafting(answers: ImproveQuestions, card: ReadonlySignal<HeldCard>): Drafting {
  const draft = signal<DraftAnswer | null>(null);
  const asked = signal<readonly QuestionAnswer[]>([]);
  const said = signal<Said>(NOTHING_SAID);
  const isBusy = signal(false);
  const refusal = signal<Refusal | null>(null);
  let timer = 0;
  let isPlanned = false; // more was said than was asked with
  let request: AbortController | null = null;
  let name: string | null = null;

  const question = (): DraftQuestion => {
    const { answers, by, leave, audience, clears } = said.value;
    return {
      card: card.value, answers: { ...answers }, by, leave: [...leave], audience, clear_template: clears,
    };
  };
  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    isPlanned = false;
    request?.abort();
    const mine = (request = new AbortController());
    isBusy.value = true;
    try {
      const found = await answers.improve(question(), mine.signal);
      if (mine.signal.aborted) return;
      asked.value = keepAsked(asked.value, found, said.value.answers);
      draft.value = found;
      refusal.value = null;
    } catch (error) {
      if (mine.signal.aborted) return;
      refusal.value = error instanceof Refusal ? error : new Refusal(String(error));
      if (isAway(error)) timer = window.setTimeout(ask, RETRY);
      return;
    }
    isBusy.value = false;
  };
  const open = (now: string): void => {
    if (now !== name) {
      name = now;
      draft.value = null;
      said.value = recall(now);
      asked.value = said.value.questions;
    }
    void ask();
  };
  const forget = effect(() => {
    const now = nameOf(card.value);
    if (isThere(card.value)) untracked(() => open(now));
  });
  return {
    draft,
    asked,
    said,
    isBusy,
    refusal,
    question,
    say(next, isTyping = false) {
      const questions = asked.value.filter(({ id }) => id in next.answers);
      said.value = { ...next, questions };
      if (name !== null) remember(name, said.value);
      clearTimeout(timer);
      isBusy.value = true;
      isPlanned = isTyping;
      if (isTyping) timer = window.setTimeout(ask, PAUSE);
      else void ask();
    },
    sign(by) {
      said.value = { ...said.value, by };
      if (name !== null) remember(name, said.value);
      isPlanned = true;
    },
    settled() {
      if (isPlanned) void ask();
      return new Promise((done) => {
        const stop = effect(() => {
          if (isBusy.value && refusal.value === null) return;
          done(isBusy.value ? null : draft.value);
          queueMicrotask(() => stop());
        });
      });
    },
    again: () => void ask(),
    stop() {
      forget();
      clearTimeout(timer);
      request?.abort();
    },
  };
}
