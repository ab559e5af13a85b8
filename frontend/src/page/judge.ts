/* The judge in a worker, asked one question at a time. One that breaks off or does not end is
   followed by a new one, which answers the questions that wait. */

import { signal, type ReadonlySignal } from "@preact/signals";
import { Refusal } from "../app/answers";
import type { Asked, Told } from "./messages";

export type JudgeState =
  | { stage: "loading"; share: number }
  | { stage: "ready" }
  | { stage: "absent"; error: string; hint: string };

/** Milliseconds that one question may take, and that a start may go on without a sign of life. */
export const [LONGEST, SILENCE] = [30_000, 60_000];
/** Milliseconds after which a question that nobody asks any more is cut off. */
export const PATIENCE = 3000;
/** It cannot be answered, and not later either. */
const UNANSWERABLE = 422;
const HINT = "If you are online, try again, or open the page in another browser.";
const BY_COMMAND = "Shorten the card, or rate it outside the browser: pip install cardiogram, then cardiogram check README.md";

interface Waiting {
  path: string;
  question: string;
  isUrgent: boolean;
  signal: AbortSignal | undefined;
  done(answer: string): void;
  fail(error: unknown): void;
}

export class JudgeAtWork {
  readonly #state = signal<JudgeState>({ stage: "loading", share: 0 });
  readonly #begin: () => Worker;
  #worker: Worker | null = null;
  #waiting: Waiting[] = [];
  #current: Waiting | null = null;
  #id = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #begun = 0;
  #cutting: ReturnType<typeof setTimeout> | undefined;

  constructor(begin: () => Worker) {
    this.#begin = begin;
    this.#start();
  }

  get state(): ReadonlySignal<JudgeState> {
    return this.#state;
  }

  /** Start again where the judge could not. */
  readonly retry = (): void => {
    if (this.#state.value.stage === "absent") this.#start();
  };

  /** Ask; an urgent question goes before others that wait. */
  ask(path: string, question: object, isUrgent = false, signal?: AbortSignal): Promise<string> {
    return new Promise((done, fail) => {
      this.#waiting.push({ path, question: JSON.stringify(question), isUrgent, signal, done, fail });
      this.#next();
    });
  }

  #start(): void {
    this.#end();
    this.#state.value = { stage: "loading", share: 0 };
    try {
      const worker = this.#begin();
      worker.onmessage = ({ data }: MessageEvent<Told>) => this.#hear(data);
      worker.onerror = (event) => {
        event.preventDefault();
        this.#lose(event.message || "its script could not be loaded");
      };
      this.#worker = worker;
      this.#wait(SILENCE, () => this.#miss("it did not start within a minute"));
    } catch (error) {
      this.#miss(String(error));
    }
  }

  #end(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#cutting);
    if (this.#worker) this.#worker.onmessage = this.#worker.onerror = null;
    this.#worker?.terminate();
    this.#worker = null;
  }

  #wait(milliseconds: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, milliseconds);
  }

  #hear(told: Told): void {
    if (told.kind === "share") {
      this.#state.value = { stage: "loading", share: told.share };
      this.#wait(SILENCE, () => this.#miss("nothing more of it came for a minute"));
    } else if (told.kind === "absent") this.#miss(told.error);
    else if (told.kind === "broken") this.#lose(told.why);
    else {
      clearTimeout(this.#timer);
      if (told.kind === "ready") {
        this.#state.value = { stage: "ready" };
        this.#watch(told.lock);
      } else if (told.id === this.#id) {
        clearTimeout(this.#cutting);
        this.#current?.done(told.answer);
        this.#current = null;
      }
      this.#next();
    }
  }

  /** A worker that the browser ends tells nobody, but lets go of its lock. */
  #watch(lock: string): void {
    const watched = this.#worker;
    if (lock === "" || watched === null) return;
    const end = (): void => {
      if (this.#worker === watched) this.#lose("the browser ended it");
    };
    void navigator.locks.request(lock, end).catch(() => {});
  }

  /** The judge cannot start: what waits goes on waiting. */
  #miss(why: string): void {
    this.#end();
    this.#state.value = { stage: "absent", error: `The judge could not be loaded: ${why}`, hint: HINT };
  }

  /** The judge is lost: it was at work on a question, or had not begun. */
  #lose(why: string): void {
    const lost = this.#current;
    this.#current = null;
    clearTimeout(this.#cutting);
    if (lost === null && this.#state.value.stage === "loading") return this.#miss(why);
    lost?.fail(new Refusal(`The judge broke off at this text: ${why}`, BY_COMMAND, UNANSWERABLE));
    this.#start();
  }

  #next(): void {
    this.#waiting = this.#waiting.filter(({ signal, fail }) => {
      if (signal?.aborted) fail(signal.reason);
      return !signal?.aborted;
    });
    if (this.#current !== null || this.#state.value.stage !== "ready") return;
    const first = this.#waiting.find(({ isUrgent }) => isUrgent) ?? this.#waiting[0];
    if (first === undefined) return;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== first);
    this.#current = first;
    this.#id += 1;
    this.#worker?.postMessage({ id: this.#id, path: first.path, question: first.question } satisfies Asked);
    this.#wait(LONGEST, () => this.#lose(`it took more than ${LONGEST / 1000} seconds`));
    this.#begun = performance.now();
    first.signal?.addEventListener("abort", () => this.#cut(first));
  }

  /** Go on without an answer that nobody waits for: at once where it has taken long, else soon. */
  #cut(asked: Waiting): void {
    if (this.#current !== asked) return;
    const cut = (): void => this.#lose("it took long, and another was asked for");
    this.#cutting = setTimeout(cut, Math.max(0, this.#begun + PATIENCE - performance.now()));
  }
}
