/* What a view shows first: asked for when it is drawn, and again when what it is about is another. */

import { useEffect, useState } from "preact/hooks";
import { explain } from "./answers";

/** The last answer; null before there is one, and why there is none or no newer one, or "". */
export function useAnswer<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  about: readonly unknown[] = [],
): readonly [answer: T | null, wrong: string] {
  const [answer, setAnswer] = useState<T | null>(null);
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    const request = new AbortController();
    ask(request.signal).then(
      (given) => {
        if (request.signal.aborted) return;
        setAnswer(() => given);
        setWrong("");
      },
      (error: unknown) => {
        if (!request.signal.aborted) setWrong(explain(error));
      },
    );
    return () => request.abort();
  }, about);
  return [answer, wrong];
}
