import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ScoreTable } from "../../card/ScoreTable";
import type { ViewProps } from "../App";
import { useAnswers } from "../answers";
import type { RateAnswer } from "../api";
import { atHand } from "../atHand";

export function CardView(_: ViewProps): JSX.Element {
  const answers = useAnswers();
  const [rated, setRated] = useState<RateAnswer | null>(null);
  const onInput = async (text: string): Promise<void> => {
    atHand.value = { ...atHand.value, text };
    setRated(await answers.rate({ text, id: atHand.value.id }));
  };
  return (
    <>
      <h1 tabIndex={-1}>How well does this card document its model?</h1>
      <textarea
        aria-label="The card"
        value={atHand.value.text}
        onInput={(event) => void onInput(event.currentTarget.value)}
      />
      {rated && <ScoreTable scores={rated.scores.map((score) => ({ ...score, low: score.low ?? score.score, high: score.high ?? score.score, question: undefined }))} />}
    </>
  );
}
