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
}

interface Rating {
  rated: Rated | null;
  /** Why there is no newer rating. */
  trouble: unknown;
  /** Expected scores at the last look. */
  since: ReadonlyMap<string, number>;
}

/** Rate a card while it is typed; what belongs to another opening of a card is dropped. */
export function useRating(card: HeldCard, opening: number, look: string): Rating {
  const answers = useAnswers();
  const [rated, setRated] = useState<Rated | null>(null);
  const [trouble, setTrouble] = useState<unknown>(null);
  const newest = useRef<Newest<RateQuestion> | null>(null);
  const { text, id, of } = card;

  useEffect(() => {
    setRated(null);
    setTrouble(null);
    const asker = askNewest<RateQuestion, RateAnswer>(
      (question) => answers.rate(question),
      ({ text: asked }, answer) => {
        setRated({ text: asked, answer });
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
    async () => ({ look, scores: look.trim() ? (await answers.rate({ text: look, id, of })).scores : [] }),
    [look, id, of],
  );
  const since = useMemo(() => {
    const scores = then?.look === look ? then.scores : []; // nothing is said to have moved
    return new Map(scores.map(({ name, expected }) => [name, expected]));
  }, [then, look]);

  return text.trim() ? { rated, trouble, since } : { rated: null, trouble: null, since };
}
