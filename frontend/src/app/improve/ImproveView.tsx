/* A better card: what its files prove, what only its author knows, and where it goes. */

import type { JSX } from "preact";
import { useContext, useEffect, useMemo } from "preact/hooks";
import "../../css/app/improve.css";
import { count, visible } from "../../text";
import { Id, Words } from "../../Words";
import type { ViewProps } from "../App";
import { useAnswers } from "../answers";
import { atHand, titleOf } from "../atHand";
import { BeginningContext } from "../card/beginning";
import { go } from "../route";
import { Changes } from "./Changes";
import { Contradictions } from "./Contradictions";
import { isThere, startDrafting, type Drafting } from "./drafting";
import { Interview } from "./Interview";
import { Named } from "./Named";
import { Rated } from "./Rated";
import { AUDIENCES, withAnswer, withChange, type Audience } from "./said";
import { Start } from "./Start";
import { TakeAlong } from "./TakeAlong";
import type { DraftAnswer } from "../api";
import { Refused } from "../Refused";

export function ImproveView({ about, isPublic }: ViewProps): JSX.Element {
  const answers = useAnswers();
  const card = atHand.value;
  const isWanted = about !== "" && about !== card.id && about !== card.path;
  if (isWanted || !isThere(card)) return <Start key={about} target={about} isPublic={isPublic} />;
  return <Better answers={answers} isPublic={isPublic} />;
}

function Better({ answers, isPublic }: { answers: ReturnType<typeof useAnswers>; isPublic: boolean }): JSX.Element {
  const drafting = useMemo(() => startDrafting(answers, atHand), [answers]);
  useEffect(() => () => drafting.stop(), [drafting]);
  const card = atHand.value;
  const { Waiting } = useContext(BeginningContext) ?? {};
  const { draft, isBusy, refusal } = drafting;
  const found = draft.value;
  return (
    <div class="improve" aria-busy={isBusy.value}>
      <h1 tabIndex={-1}><bdi><Id text={titleOf(card)} /></bdi></h1>
      {!found && !refusal.value && (Waiting ? <Waiting /> : <p class="quiet" role="status">Reading its files …</p>)}
      {found && <Drafted drafting={drafting} draft={found} isPublic={isPublic} />}
      {refusal.value && (
        <div class="trouble">
          <Refused refusal={refusal.value} />
          <button type="button" onClick={drafting.again}>Try again</button>
        </div>
      )}
    </div>
  );
}

interface DraftedProps {
  drafting: Drafting;
  draft: DraftAnswer;
  isPublic: boolean;
}

function Drafted({ drafting, draft, isPublic }: DraftedProps): JSX.Element {
  const said = drafting.said.value;
  const isBusy = drafting.isBusy.value;
  const answer = (id: string, text: string, isTyping: boolean): void =>
    drafting.say(withAnswer(drafting.said.peek(), id, text), isTyping);
  return (
    <>
      <p class="lede">{aboutOf(draft)}</p>
      <Rated draft={draft} isBusy={isBusy} />
      {atHand.value.source !== "hub" && <Named />}
      <Notices draft={draft} />
      <Contradictions draft={draft} answers={said.answers} isBusy={isBusy} onAnswer={answer} />
      <section aria-labelledby="draft">
        <h2 id="draft">{changesOf(draft)}</h2>
        {draft.changes.length > 0 && (
          <p class="quiet hint">
            Uncheck what you leave alone; underlined words open what proves them.{" "}
            <span class="shortcuts"><kbd>J</kbd> and <kbd>K</kbd> go from change to change, <kbd>P</kbd> opens proofs.</span>
          </p>
        )}
        <p class="wishes">
          <label>
            Written for
            <select
              value={said.audience}
              onChange={(event) => drafting.say({ ...drafting.said.peek(), audience: event.currentTarget.value as Audience })}
            >
              {Object.entries(AUDIENCES).map(([key, label]) => <option key={key} value={key}>{label}</option>)}
            </select>
          </label>
          <label>
            <input type="checkbox" checked={said.clears}
              onChange={(event) => drafting.say({ ...drafting.said.peek(), clears: event.currentTarget.checked })} />
            Take away what a template left unfilled
          </label>
        </p>
        {draft.changes.length > 0 && (
          <Changes draft={draft} leave={said.leave}
            onTake={(id, isTaken) => drafting.say(withChange(drafting.said.peek(), id, isTaken))} />
        )}
        <Refusals draft={draft} />
      </section>
      <Interview draft={draft} asked={drafting.asked.value} said={said} isBusy={isBusy} onAnswer={answer} onBy={drafting.sign} />
      <TakeAlong
        card={atHand.value}
        draft={draft}
        question={drafting.question}
        settled={drafting.settled}
        isPublic={isPublic}
        onWritten={(text, revision) => { atHand.value = { ...atHand.value, text, revision }; }}
        onEdit={(text) => {
          atHand.value = { ...atHand.value, text };
          go("card");
        }}
      />
      <p class="unseen" role="status">{isBusy ? "" : spoken(draft)}</p>
    </>
  );
}

function changesOf({ changes }: DraftAnswer): string {
  const taken = changes.filter(({ is_left: isLeft }) => !isLeft).length;
  if (!changes.length && atHand.value.source === "pasted") return "Without its files there is nothing to add";
  if (!changes.length) return "The card says all that its files prove";
  if (taken < changes.length) return `${taken} of ${changes.length} changes`;
  return taken === 1 ? "One change" : `${taken} changes`;
}

/** What a screen reader is told when the draft moves. */
function spoken({ after, changes }: DraftAnswer): string {
  const overall = after.find(({ name }) => name === "overall")?.expected.toFixed(1) ?? "";
  const taken = changes.filter(({ is_left: isLeft }) => !isLeft).length;
  return `Rated ${overall} with ${count(taken, "change")}`;
}

function Notices({ draft }: { draft: DraftAnswer }): JSX.Element | null {
  const problems = draft.problems.filter((problem) => !draft.unused.includes(problem));
  if (!problems.length) return null;
  return <ul class="quiet">{problems.map((problem, i) => <li key={i}><Words text={problem} /></li>)}</ul>;
}

/** What was read. */
function aboutOf({ commit, readers }: DraftAnswer): string {
  const isAlone = atHand.value.source === "pasted";
  const beside = isAlone ? "The card alone, without its files" : "The card and the files beside it";
  const read = commit ? `The card and its files at commit ${visible(commit.slice(0, 7))}` : beside;
  return readers > 0 ? `${read}, ${count(readers, "download")} in 30 days.` : `${read}.`;
}

function Refusals({ draft }: { draft: DraftAnswer }): JSX.Element | null {
  if (!draft.refused.length) return null;
  return (
    <details>
      <summary>{draft.refused.length === 1 ? "One change was" : `${draft.refused.length} changes were`} not made</summary>
      <ul>
        {draft.refused.map(({ id, why, reason }) => (
          <li key={id}><Words text={why} /> <span class="quiet">{visible(reason)}</span></li>
        ))}
      </ul>
    </details>
  );
}
