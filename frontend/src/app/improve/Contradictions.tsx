/* Where a card and its files disagree: both sides, and which is true. */

import type { JSX } from "preact";
import type { ContradictionAnswer, DraftAnswer } from "../api";
import { visible } from "../../text";
import { Words } from "../../Words";
import { useOutcome } from "./parts";
import { Places } from "./Proof";
import { otherValue, settledOf, type Said } from "./said";

interface Props {
  draft: DraftAnswer;
  answers: Said["answers"];
  isBusy: boolean;
  onAnswer(id: string, text: string, isTyping: boolean): void;
}

export function Contradictions({ draft, answers, isBusy, onAnswer }: Props): JSX.Element | null {
  const open = draft.contradictions.filter(({ question }) => question);
  const mended = draft.contradictions.filter(({ question, change }) => !question && change);
  if (!open.length && !mended.length) return null;
  return (
    <section aria-labelledby="disagree">
      <h2 id="disagree">The card and its files disagree</h2>
      {open.map((each) => (
        <Settle key={each.question} contradiction={each} answer={answers[each.question] ?? ""}
          outcome={settledOf(draft, each, answers[each.question] ?? "")} isBusy={isBusy}
          onAnswer={(text, isTyping) => onAnswer(each.question, text, isTyping)} />
      ))}
      {mended.length > 0 && (
        <details>
          <summary>
            {mended.length === 1 ? "One is corrected" : `${mended.length} are corrected`} in the draft
          </summary>
          <div>
            {mended.map((each, i) => (
              <div class="sides" key={i}>
                <p class="why"><Words text={each.why} /></p>
                <Sides contradiction={each} />
              </div>
            ))}
          </div>
        </details>
      )}
    </section>
  );
}

function Sides({ contradiction }: { contradiction: ContradictionAnswer }): JSX.Element {
  const { line, quote, value, others } = contradiction;
  return (
    <dl>
      <dt>The card{line > 0 && `, line ${line}`}</dt>
      <dd><q>{visible(quote || value)}</q></dd>
      <dt>Its files</dt>
      <dd><Places sources={others} /></dd>
    </dl>
  );
}

interface SettleProps {
  contradiction: ContradictionAnswer;
  answer: string;
  outcome: string;
  isBusy: boolean;
  onAnswer(text: string, isTyping: boolean): void;
}

function Settle({ contradiction, answer, outcome: now, isBusy, onAnswer }: SettleProps): JSX.Element {
  const outcome = useOutcome(answer, now, isBusy);
  const { question, why } = contradiction;
  const theirs = otherValue(contradiction);
  const choices = [
    ["", "Leave it open"],
    ["keep", "The card is right"],
    ...(theirs ? [[theirs, `The files are right: ${theirs}`]] : []),
    ...(contradiction.may_remove ? [["remove", "Take the line out"]] : []),
  ] as [string, string][];
  const isOwn = !choices.some(([value]) => value === answer);
  return (
    <fieldset class="sides">
      <legend class="why"><Words text={why} /></legend>
      <Sides contradiction={contradiction} />
      <div class="choices">
        {choices.map(([value, label]) => (
          <label key={value}>
            <input type="radio" name={question} checked={answer === value} onChange={() => onAnswer(value, false)} />
            {visible(label)}
          </label>
        ))}
        <label>
          {theirs ? "Or what is true" : "What is true"}
          <input
            type="text"
            value={isOwn ? answer : ""}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => onAnswer(event.currentTarget.value, true)}
          />
        </label>
      </div>
      <p class={outcome && outcome !== "In the draft." ? "outcome wrong" : "outcome quiet"} aria-live="polite">
        {visible(outcome)}
      </p>
    </fieldset>
  );
}
