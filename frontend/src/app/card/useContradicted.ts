/* What the files of the card at hand say against it. */

import { useAnswers } from "../answers";
import type { SentenceAnswer } from "../api";
import type { HeldCard } from "../atHand";
import { useAnswer } from "../useAnswer";

/** Milliseconds without a keystroke after which the files are read: that takes longer than a rating. */
const REST = 700;

/** Sentences that its files contradict; what belongs to another opening of a card is dropped. */
export function useContradicted(card: HeldCard, opening: number, isAsked: boolean): readonly SentenceAnswer[] {
  const answers = useAnswers();
  const hasFiles = card.source !== "pasted" && card.text.trim() !== "";
  const [verified] = useAnswer(async (signal) => {
    if (!isAsked || !hasFiles) return null;
    await new Promise((rested) => setTimeout(rested, REST));
    if (signal.aborted) return null;
    const { sentences } = await answers.verify({ card }, signal);
    return { opening, sentences: sentences.filter(({ state }) => state === "contradicted") };
  }, [opening, card.text, card.id, isAsked]);
  return verified?.opening === opening ? verified.sentences : [];
}
