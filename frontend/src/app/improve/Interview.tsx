/* What only the author knows, the most worth answering first. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { DraftAnswer, QuestionAnswer } from "../api";
import { visible } from "../../text";
import { Words } from "../../Words";
import { useTyped } from "../useTyped";
import { useOutcome } from "./parts";
import { outcomeOf, type Said } from "./said";

/** Questions that are asked at first. */
const FIRST = 5;

interface Props {
  draft: DraftAnswer;
  asked: readonly QuestionAnswer[];
  said: Said;
  isBusy: boolean;
  onAnswer(id: string, text: string, isTyping: boolean): void;
  onBy(name: string): void;
}

export function Interview({ draft, asked, said, isBusy, onAnswer, onBy }: Props): JSX.Element | null {
  const [isWhole, setWhole] = useState(false);
  const questions = asked.filter(({ is_contradiction }) => !is_contradiction);
  const shown = isWhole ? questions : questions.slice(0, FIRST);
  const more = questions.length - shown.length;
  if (!questions.length) return null;
  return (
    <section aria-labelledby="interview" class="interview">
      <h2 id="interview">Only you know</h2>
      <p class="quiet">Your words go into the card as you write them. What you do not know, leave empty.</p>
      <ol>
        {shown.map((question) => (
          <li key={question.id}>
            <Asked question={question} answer={said.answers[question.id] ?? ""}
              outcome={outcomeOf(draft, question.id)} isBusy={isBusy}
              onAnswer={(text, isTyping) => onAnswer(question.id, text, isTyping)} />
          </li>
        ))}
      </ol>
      {more > 0 && (
        <button type="button" class="plain" onClick={() => setWhole(true)}>
          {more === 1 ? "One question more" : `${more} questions more`}
        </button>
      )}
      {Object.keys(said.answers).length > 0 && (
        <By name={said.by} onBy={onBy} />
      )}
    </section>
  );
}

function By({ name, onBy }: { name: string; onBy(name: string): void }): JSX.Element {
  return (
    <label class="by">
      Who answers, for the proof beside the card
      <input type="text" {...useTyped(name, onBy)} autocomplete="name" />
    </label>
  );
}

interface AskedProps {
  question: QuestionAnswer;
  answer: string;
  outcome: string;
  isBusy: boolean;
  onAnswer(text: string, isTyping: boolean): void;
}

function Asked({ question, answer, outcome, isBusy, onAnswer }: AskedProps): JSX.Element {
  const { id, ask, why, criterion, criterion_gain: gain } = question;
  const said = useOutcome(answer, answer.trim() ? outcome : "", isBusy);
  return (
    <>
      <label for={`ask-${id}`}><Words text={ask} /></label>
      {gain >= 0.05 && <span class="gain number">{criterion} +{gain.toFixed(1)}</span>}
      <p class="quiet" id={`why-${id}`}><Words text={why} /></p>
      <textarea
        id={`ask-${id}`}
        rows={2}
        value={answer}
        aria-describedby={`why-${id}`}
        onInput={(event) => onAnswer(event.currentTarget.value, true)}
      />
      <p class={said && said !== "taken" && said !== "kept" ? "outcome wrong" : "outcome quiet"} aria-live="polite">
        {said === "taken" ? "In the draft." : said === "kept" ? "In the card already." : visible(said)}
      </p>
    </>
  );
}
