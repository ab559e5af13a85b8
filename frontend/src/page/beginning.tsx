/* What the page says before there is a card: what it does, an example, and how far the judge is. */

import type { JSX } from "preact";
import card from "../../../examples/sample/mergewright/Ember-Stew-8B/README.md?raw";
import type { RateAnswer, RateQuestion } from "../app/api";
import { explain, Refusal } from "../app/answers";
import { NO_CARD, type HeldCard } from "../app/atHand";
import type { Beginning } from "../app/card/beginning";
import { Criteria, Overall } from "../app/card/Scores";
import { capital, signed } from "../text";
import { Id, Words } from "../Words";
import answer from "./example.json";
import type { Judge } from "./inPage";

const EXAMPLE = { text: card, id: "mergewright/Ember-Stew-8B" };
const GAPS = 3;

/** What comes of the example, which nobody needs to wait for; null for any other card. */
export function recordedOf({ text, id }: RateQuestion): RateAnswer | null {
  return text === EXAMPLE.text && id === EXAMPLE.id ? (answer as RateAnswer) : null;
}

export function beginningOf(judge: Judge): Beginning {
  return {
    title: "How good is your model card?",
    words: (
      <span class="lede">
        Paste it, or drop its folder: it is rated from 1 to 5 as you write, and you see what it lacks.{" "}
        <strong>Nothing that you paste leaves this browser.</strong>
      </span>
    ),
    Example,
    Waiting: () => <Waiting judge={judge} />,
  };
}

function Example({ onOpen }: { onOpen(card: HeldCard): void }): JSX.Element {
  const { scores, gaps } = answer as RateAnswer;
  const still = new Map<string, number>();
  return (
    <div class="example">
      <h2>An example: <Id text={EXAMPLE.id} /></h2>
      <Overall scores={scores} since={still} isSpoken={false} />
      <Criteria scores={scores} since={still} />
      <h3>What would raise the rating most</h3>
      <ul class="facts gaps">
        {gaps.slice(0, GAPS).map(({ key, gain, missing }) => (
          <li key={key}><span class="number effect">{signed(gain)}</span><span><Words text={`${capital(missing)}.`} /></span></li>
        ))}
      </ul>
      <p><button type="button" onClick={() => onOpen({ ...NO_CARD, ...EXAMPLE })}>Open this card</button></p>
    </div>
  );
}

function Waiting({ judge }: { judge: Judge }): JSX.Element | null {
  const state = judge.state.value;
  if (state.stage === "ready") return null;
  if (state.stage === "absent") {
    return (
      <div class="waiting">
        <p role="alert" class="wrong">{explain(new Refusal(state.error, state.hint))}</p>
        <button type="button" onClick={() => judge.retry()}>Try again</button>
      </div>
    );
  }
  const part = `${Math.floor(100 * state.share)} %`;
  return (
    <div class="waiting">
      <p class="quiet"><span role="status">Getting ready to rate. Go on: the rating comes by itself.</span> <span class="number" aria-hidden="true">{part}</span></p>
      <progress value={state.share} aria-label="Getting ready to rate" />
    </div>
  );
}
