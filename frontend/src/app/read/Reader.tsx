/* One card after another, without names, with the rubric beside it. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { BlindCard, RubricAnswer, TurnAnswer } from "../api";
import { useAnswers } from "../answers";
import { Source } from "../../card/Source";
import { visible } from "../../text";
import { Drawn } from "./Drawn";
import { missing, press, rate, type Deed, type Level, type Numbers, type Rated } from "./rated";
import { questionsOf, Rubric } from "./Rubric";
import { explain, Wrong } from "./Wrong";

interface Props {
  name: string;
  reader: string;
  rubric: RubricAnswer;
  onEnd(): void;
}

const NOTHING: Rated = { at: 0, numbers: {} };

export function Reader({ name, reader, rubric, onEnd }: Props): JSX.Element {
  const answers = useAnswers();
  const [turn, setTurn] = useState<TurnAnswer | null>(null);
  const [rated, setRated] = useState<Rated>(NOTHING);
  const [asSource, setAsSource] = useState(false);
  const [wrong, setWrong] = useState("");
  const begun = useRef(0);
  const busy = useRef(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const names = questionsOf(rubric).map((each) => each.name);

  const ask = async (question: Promise<TurnAnswer>): Promise<void> => {
    if (busy.current) return;
    busy.current = true;
    try {
      const next = await question;
      setTurn(next);
      setRated({ at: 0, numbers: (next.card?.numbers ?? {}) as Numbers });
      setWrong("");
      begun.current = performance.now();
      scrollTo({ top: 0, behavior: "instant" });
      heading.current?.focus({ preventScroll: true });
    } catch (error) {
      setWrong(explain(error));
    } finally {
      busy.current = false;
    }
  };
  useEffect(() => {
    void ask(answers.blindCard({ name, reader, place: null }));
  }, [name, reader]);

  const save = (numbers: Numbers): void => {
    if (!turn || busy.current) return;
    const seconds = Math.min((performance.now() - begun.current) / 1000, 3600);
    void ask(answers.saveReading({ name, reader, place: turn.place, numbers, seconds }));
  };
  const act = (deed: Deed): void => {
    if (deed === "save") save(rated.numbers);
    if (deed === "leave") save({});
    if (deed === "switch") setAsSource(!asSource);
    if (deed === "before" && turn && turn.place > 0) {
      void ask(answers.blindCard({ name, reader, place: turn.place - 1 }));
    }
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || !turn?.card || isOthers(event)) return;
      const made = press(rated, event.key, names);
      if (made === null) return;
      event.preventDefault();
      if (typeof made === "string") act(made);
      else setRated(made);
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  });

  if (!turn) return wrong ? <Wrong words={wrong} /> : <p class="quiet" role="status">…</p>;
  if (!turn.card) return <Finished total={turn.total} onEnd={onEnd} />;
  return (
    <section class="reader">
      <header>
        <h1 tabIndex={-1} ref={heading}>Card {turn.place + 1} of {turn.total}</h1>
        <progress max={turn.total} value={turn.done} aria-label={`${turn.done} of ${turn.total} read`} />
        <button type="button" onClick={onEnd}>Stop for now</button>
      </header>
      <BlindPage card={turn.card} asSource={asSource} onSwitch={() => setAsSource(!asSource)} />
      <aside aria-label="Rubric">
        <Rubric
          rubric={rubric} numbers={rated.numbers} at={rated.at}
          onRate={(at, level: Level) => setRated(rate(rated, at, level, names))}
          onGo={(at) => setRated({ ...rated, at })}
        />
        <p class="steps">
          <button type="button" class="main" disabled={missing(rated.numbers, names) !== null} onClick={() => act("save")}>
            Save, next card
          </button>
          <button type="button" onClick={() => act("before")} disabled={turn.place === 0}>Card before</button>
          <button type="button" onClick={() => act("leave")}>Leave out</button>
        </p>
        <Wrong words={wrong} />
        <p class="quiet keys">
          <kbd>1</kbd>–<kbd>5</kbd> rate, <kbd>↑</kbd><kbd>↓</kbd> criterion, <kbd>Enter</kbd> next
          card, <kbd>s</kbd> source, <kbd>p</kbd> card before, <kbd>x</kbd> leave out
        </p>
      </aside>
    </section>
  );
}

/** Whether a key belongs to what has the focus: a field, or a button that Enter presses. */
function isOthers(event: KeyboardEvent): boolean {
  const target = event.target as Element | null;
  if (target?.closest("input, select, textarea, [contenteditable]")) return true;
  return event.key === "Enter" && target?.closest("button, a, summary") != null && !target.closest(".levels");
}

interface PageProps {
  card: BlindCard;
  asSource: boolean;
  onSwitch(): void;
}

function BlindPage({ card, asSource, onSwitch }: PageProps): JSX.Element {
  return (
    <article aria-label="The card">
      <button type="button" class="plain switch" aria-pressed={asSource} onClick={onSwitch}>
        {asSource ? "As a visitor sees it" : "As its author wrote it"}
      </button>
      {asSource ? (
        <Source text={card.source} notes={[]} shown={null} />
      ) : (
        <>
          {card.metadata ? <pre class="metadata">{visible(card.metadata)}</pre> : <p class="quiet">No metadata.</p>}
          {card.drawn ? <Drawn html={card.drawn} /> : <p class="quiet">There is nothing to see.</p>}
        </>
      )}
    </article>
  );
}

function Finished({ total, onEnd }: { total: number; onEnd(): void }): JSX.Element {
  return (
    <section class="title">
      <h1 tabIndex={-1}>All {total} cards are read</h1>
      <p>Thank you. What you said is kept.</p>
      <p><button type="button" class="main" onClick={onEnd}>Back to the readings</button></p>
    </section>
  );
}
