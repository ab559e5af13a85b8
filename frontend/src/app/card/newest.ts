/* Ask about what changes while it is typed: one question at a time, about the newest text. */

/** Milliseconds. An answer that takes longer than `SLOW` makes the next question wait as long. */
const [LEAST_WAIT, SLOW, MOST_WAIT] = [10, 150, 1000];
const [FIRST_RETRY, LAST_RETRY] = [1000, 16_000];

export interface Newest<Q> {
  change(question: Q): void;
  /** No answer is told from now on. */
  stop(): void;
}

/** A question waits for a moment of rest, and longer where answers are slow: such an app gets few.
    What failed and may pass is asked again, later each time, until another question is newer: that
    aborts the signal of the one that is asked, whose answer is told if it comes none the less. */
export function askNewest<Q, A>(
  ask: (question: Q, signal: AbortSignal) => Promise<A>,
  tell: (question: Q, answer: A) => void,
  fail: (error: unknown) => void,
  mayPass: (error: unknown) => boolean = () => true,
): Newest<Q> {
  let waiting: Q | null = null;
  let asked: AbortController | null = null;
  let stopped = false;
  let wait = LEAST_WAIT;
  let retry = FIRST_RETRY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const plan = (pause: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void send(), pause);
  };
  const send = async (): Promise<void> => {
    if (asked !== null || stopped || waiting === null) return;
    const question = waiting;
    const start = performance.now();
    const mine = (asked = new AbortController());
    waiting = null;
    let pause = 0;
    try {
      const answer = await ask(question, mine.signal);
      const took = performance.now() - start;
      wait = took < SLOW ? LEAST_WAIT : Math.min(took, MOST_WAIT);
      retry = FIRST_RETRY;
      if (!stopped) tell(question, answer);
    } catch (error) {
      if (stopped) return;
      if (!mine.signal.aborted) fail(error);
      if (!mine.signal.aborted && mayPass(error)) {
        waiting ??= question;
        pause = retry;
        retry = Math.min(retry * 2, LAST_RETRY);
      }
    }
    asked = null;
    if (waiting !== null) plan(pause);
  };
  return {
    change(question) {
      waiting = question;
      if (asked === null) plan(wait);
      else asked.abort();
    },
    stop() {
      stopped = true;
      asked?.abort();
      clearTimeout(timer);
    },
  };
}
