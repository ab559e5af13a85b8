/* The rating of the card at hand, and of the same card at the last look. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { isPassing, useAnswers } from "../answers";
import type { RateAnswer, RateQuestion } from "../api";
import type { HeldCard } from "../atHand";
import { useAnswer } from "../useAnswer";
import { askNewest, type Newest } from "./newest";

export interface Rated {
  /** The text that was rated: the one at hand, or one that was overtaken by a keystroke or two. */
  text: string;
  answer: RateAnswer;
  /** The text that all but the numbers is of: the same, or an earlier one; "" where nothing is known yet. */
  of: string;
}

interface Rating {
  rated: Rated | null;
  /** Why there is no newer rating. */
  trouble: unknown;
  /** Expected scores at the last look. */
  since: ReadonlyMap<string, number>;
}

/** Milliseconds without a keystroke after which more than the numbers is asked for. */
const REST = 400;

/** Rate a card while it is typed; what belongs to another opening of a card is dropped. */
export function useRating(card: HeldCard, opening: number, look: string): Rating {
  const answers = useAnswers();
  const [rated, setRated] = useState<Rated | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const newest = useRef<Newest<RateQuestion> | null>(null);
  const { text, id, of } = card;
  const detail = answers.ratesFirst ? "short" : "all";

  useEffect(() => {
    setRated(null);
    setTrouble(null);
    const asker = (answers.ratesFirst ? askTwice : askNewest)<RateQuestion, RateAnswer>(
      (question) => answers.rate(question),
      (question, answer) => {
        setRated((before) => withAnswer(before, question, answer));
        setTrouble(null);
      },
      (error) => setTrouble(error),
      isPassing,
    );
    newest.current = asker;
    return () => asker.stop();
  }, [opening]);

  useEffect(() => {
    if (text.trim()) newest.current?.change({ text, id, of });
  }, [opening, text, id, of]);

  const [then] = useAnswer(
    async () => ({ look, scores: look.trim() ? (await answers.rate({ text: look, id, of, detail })).scores : [] }),
    [look, id, of],
  );
  const since = useMemo(() => {
    const scores = then?.look === look ? then.scores : []; // nothing is said to have moved
    return new Map(scores.map(({ name, expected }) => [name, expected]));
  }, [then, look]);

  return text.trim() ? { rated, trouble, since } : { rated: null, trouble: null, since };
}

/** What is known with an answer more; numbers alone leave the rest as it was. */
export function withAnswer(before: Rated | null, { text, detail }: RateQuestion, answer: RateAnswer): Rated {
  if (detail !== "short") return { text, answer, of: text };
  const { scores, problems } = answer;
  return { text, answer: { ...(before?.answer ?? answer), scores, problems }, of: before?.of ?? "" };
}

/** Ask for the numbers while it is typed, and for all at the first time and after each rest. */
function askTwice<Q extends RateQuestion, A>(
  ask: (question: Q) => Promise<A>,
  tell: (question: Q, answer: A) => void,
  fail: (error: unknown) => void,
  mayPass: (error: unknown) => boolean,
): Newest<Q> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let rest = 0;
  const whole = askNewest(ask, tell, fail, mayPass);
  const numbers = askNewest(ask, tell, fail, mayPass);
  return {
    change(question) {
      numbers.change({ ...question, detail: "short" });
      clearTimeout(timer);
      timer = setTimeout(() => whole.change(question), rest);
      rest = REST;
    },
    stop() {
      clearTimeout(timer);
      numbers.stop();
      whole.stop();
    },
  };
}
