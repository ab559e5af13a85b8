/* Rate a card of one's own: its text goes to the app on this machine, and to nobody else. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Facts } from "../card/Facts";
import { ScoreTable, type NamedScore } from "../card/ScoreTable";
import { Source } from "../card/Source";
import { Words } from "../Words";
import { lines, visible } from "../text";
import { ask, type Answer, type Gap } from "./ask";

export function RateView(): JSX.Element {
  const [text, setText] = useState("");
  const [id, setId] = useState("");
  const [state, setState] = useState<Answer | Error | "asking" | null>(null);
  const result = useRef<HTMLDivElement>(null);

  const rate = async (): Promise<void> => {
    setState("asking");
    try {
      setState(await ask(text, id));
    } catch (error) {
      setState(error instanceof Error ? error : new Error(String(error)));
    }
    result.current?.focus();
  };
  const read = async (file: File | undefined): Promise<void> => {
    if (file) setText(await file.text());
  };
  return (
    <div class="rate">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void rate();
        }}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          void read(event.dataTransfer?.files[0]);
        }}
      >
        <label>
          The card: Markdown with its metadata block
          <textarea
            id="card-text"
            rows={18}
            spellcheck={false}
            value={text}
            placeholder={"---\nlicense: apache-2.0\n---\n# My model\n\nPaste a README.md here, or drop the file."}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <div class="rate-tools">
          <label>
            Model id, if it has one
            <input id="card-id" value={id} placeholder="owner/name" autocomplete="off"
              spellcheck={false} onInput={(event) => setId(event.currentTarget.value)} />
          </label>
          <label class="file">
            Or a file
            <input type="file" accept=".md,text/markdown,text/plain"
              onChange={(event) => void read(event.currentTarget.files?.[0])} />
          </label>
          <button type="submit" class="main" disabled={state === "asking" || !text.trim()}>
            Rate this card
          </button>
        </div>
      </form>
      <div class="result" ref={result} tabIndex={-1} aria-live="polite" aria-busy={state === "asking"}>
        {state === "asking" && <p class="quiet">Rating …</p>}
        {state instanceof Error && <p role="alert" class="wrong">{visible(state.message)}</p>}
        {state !== null && state !== "asking" && !(state instanceof Error) && (
          <Result answer={state} />
        )}
      </div>
    </div>
  );
}

function Result({ answer }: { answer: Answer }): JSX.Element {
  const [shown, setShown] = useState<readonly [number, number] | null>(null);
  const show = (first: number, last: number): void => setShown([first, last]);
  const gaps = answer.gaps.filter((gap) => gap.gain > 0.005);
  return (
    <>
      <h3>Rating</h3>
      <ScoreTable scores={answer.scores.map(named)} />
      {answer.problems.length > 0 && (
        <>
          <h3>Problems</h3>
          <ul>{answer.problems.map((words, i) => <li key={i}>{visible(words)}</li>)}</ul>
        </>
      )}
      <h3>{gaps.length ? "What would help its readers most" : "Nothing is missing that costs much"}</h3>
      {gaps.length > 0 && <Gaps gaps={gaps} onShow={show} />}
      {answer.findings.length > 0 && (
        <>
          <h3>Also to mend</h3>
          <ul class="facts unmeasured">
            {answer.findings.map(({ id, message, line }, i) => (
              <li key={i}>
                <span>
                  <Words text={message} />
                </span>
                <span class="sub">{id}, <Line line={line} onShow={show} /></span>
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>What it shows</h3>
      <Facts facts={answer.facts} onShow={show} />
      <h3>The card’s source</h3>
      <Source text={answer.text} notes={answer.facts} shown={shown} />
    </>
  );
}

interface GapsProps {
  gaps: readonly Gap[];
  onShow(first: number, last: number): void;
}

function Gaps({ gaps, onShow }: GapsProps): JSX.Element {
  return (
    <ul class="facts">
      {gaps.map((gap, i) => (
        <li key={i}>
          <span class="number effect">+{gap.gain.toFixed(2)}</span>
          <span>
            <Words text={`${gap.missing}. ${gap.advice}`} />
            <span class="sub">{gap.criterion}, <Line line={gap.line} onShow={onShow} /></span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Line({ line, onShow }: { line: number; onShow: GapsProps["onShow"] }): JSX.Element {
  return (
    <button type="button" class="plain" onClick={() => onShow(line, line)}>{lines(line, line)}</button>
  );
}

function named(score: Answer["scores"][number]): NamedScore {
  return { ...score, question: undefined };
}
