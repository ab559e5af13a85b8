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
      (question, signal) => answers.rate(question, signal),
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

  const since = useLook({ rated, text, id, of, look, detail });

  return text.trim() ? { rated, trouble, since } : { rated: null, trouble: null, since };
}

interface Look extends Pick<HeldCard, "text" | "id" | "of"> {
  rated: Rated | null;
  look: string;
  detail: "short" | "all";
}

/** Expected scores at the last look: they come with the rating of its text, or are asked for when all is known of
    the text at hand, as a look that takes long must hold nothing up. */
function useLook({ rated, text, id, of, look, detail }: Look): ReadonlyMap<string, number> {
  const answers = useAnswers();
  const key = JSON.stringify([look, id, of]);
  const known = useRef<{ key: string; scores: RateAnswer["scores"] } | null>(null);
  if (rated?.text === look) known.current = { key, scores: rated.answer.scores };
  const isDue = look.trim() !== "" && look !== text && rated?.of === text && known.current?.key !== key;
  const [then] = useAnswer(async (signal) => {
    if (!isDue) return null;
    try {
      return { key, scores: (await answers.rate({ text: look, id, of, detail }, signal)).scores };
    } catch (error) {
      if (!isPassing(error)) known.current = { key, scores: [] }; // nothing is said to have moved
      throw error;
    }
  }, [key, isDue]);
  if (then?.key === key) known.current = then;
  const scores = known.current?.key === key ? known.current.scores : null;
  return useMemo(() => new Map(scores?.map(({ name, expected }) => [name, expected])), [scores]);
}

/** What is known with an answer more; numbers alone leave the rest as it was. */
export function withAnswer(before: Rated | null, { text, detail }: RateQuestion, answer: RateAnswer): Rated {
  if (detail !== "short") return { text, answer, of: text };
  const { scores, problems } = answer;
  return { text, answer: { ...(before?.answer ?? answer), scores, problems }, of: before?.of ?? "" };
}

/** Ask for the numbers while it is typed, and for all at the first time and after each rest. */
function askTwice<Q extends RateQuestion, A>(
  ask: (question: Q, signal: AbortSignal) => Promise<A>,
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
