/* What a view shows first: asked for when it is drawn, when what it is about is another, and again
   while the app does not answer. */

import { useEffect, useState } from "preact/hooks";
import { explain, isAway } from "./answers";

const [FIRST_RETRY, LAST_RETRY] = [500, 8000];

/** The last answer; null before there is one, and why there is none or no newer one, or "".
    `pause` is for how many milliseconds an answer holds; null is for good. */
export function useAnswer<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  about: readonly unknown[] = [],
  pause: (answer: T) => number | null = () => null,
): readonly [answer: T | null, wrong: string] {
  const [answer, setAnswer] = useState<T | null>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    setWrong("");
    const request = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let retry = FIRST_RETRY;
    const look = async (): Promise<void> => {
      let next: number | null;
      try {
        const given = await ask(request.signal);
        if (request.signal.aborted) return;
        setAnswer(() => given);
        setWrong("");
        next = pause(given);
        retry = FIRST_RETRY;
      } catch (error) {
        if (request.signal.aborted) return;
        setWrong(explain(error));
        next = isAway(error) ? retry : null;
        retry = Math.min(retry * 2, LAST_RETRY);
      }
      if (next !== null) timer = setTimeout(() => void look(), next);
    };
    void look();
    return () => {
      request.abort();
      clearTimeout(timer);
    };
  }, about);
  return [answer, wrong];
}
