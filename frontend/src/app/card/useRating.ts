/* The rating of the card at hand, and of the same card at the last look. */

import { useEffect, useRef, useState } from "preact/hooks";
import { isPassing, useAnswers } from "../answers";
import type { RateAnswer, RateQuestion } from "../api";
import type { HeldCard } from "../atHand";
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
  const [since, setSince] = useState<ReadonlyMap<string, number>>(new Map());
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

  useEffect(() => {
    setSince(new Map());
    if (!look.trim()) return;
    let here = true;
    answers.rate({ text: look, id, of }).then(
      ({ scores }) => { if (here) setSince(new Map(scores.map(({ name, expected }) => [name, expected]))); },
      () => undefined, // nothing is said to have moved
    );
    return () => { here = false; };
  }, [look, id, of]);

  return text.trim() ? { rated, trouble, since } : { rated: null, trouble: null, since };
}
