/* One card after another, without names, with the rubric beside it. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { BlindCard, RubricAnswer, TurnAnswer } from "../api";
import { explain, useAnswers } from "../answers";
import { useAnswer } from "../useAnswer";
import { Source } from "../../card/Source";
import { visible } from "../../text";
import { Drawn } from "./Drawn";
import { announce, keepGiven, keptOf, missing, press, rate, type Deed, type Numbers, type Rated } from "./rated";
import { questionsOf, Rubric } from "./Rubric";

interface Props {
  name: string;
  reader: string;
  rubric: RubricAnswer;
  onEnd(): void;
}

const NOTHING: Rated = { at: 0, numbers: {} };

export function Reader({ name, reader, rubric, onEnd }: Props): JSX.Element {
  const answers = useAnswers();
  // Signals, which a key reads as they are: a fast typist is ahead of what is drawn.
  const shown = useSignal<TurnAnswer | null>(null);
  const given = useSignal<Rated>(NOTHING);
  const asSource = useSignal(false);
  const wrong = useSignal("");
  const said = useSignal("");
  const begun = useRef(0);
  const isBusy = useRef(false);
  const asked = questionsOf(rubric);
  const names = asked.map((each) => each.name);

  const turnOf = (place: number): string => JSON.stringify([name, reader, place]);
  const show = (next: TurnAnswer): void => {
    const numbers = (next.card?.numbers ?? {}) as Numbers;
    shown.value = next;
    given.value = keptOf(turnOf(next.place)) ?? { at: 0, numbers };
    wrong.value = "";
    begun.current = performance.now();
    scrollTo({ top: 0, behavior: "instant" });
  };
  const ask = async (question: () => Promise<TurnAnswer>): Promise<void> => {
    if (isBusy.current) return;
    isBusy.current = true;
    try {
      show(await question());
    } catch (error) {
      wrong.value = explain(error);
    } finally {
      isBusy.current = false;
    }
  };
  const save = (numbers: Numbers): void => {
    const place = shown.value?.place ?? 0;
    const seconds = Math.min((performance.now() - begun.current) / 1000, 3600);
    void ask(async () => {
      const next = await answers.saveReading({ name, reader, place, numbers, seconds });
      keepGiven("", NOTHING);
      return next;
    });
  };
  const act = (deed: Deed): void => {
    const place = shown.value?.place ?? 0;
    if (deed === "save") save(given.value.numbers);
    if (deed === "leave") save({});
    if (deed === "switch") asSource.value = !asSource.value;
    if (deed === "before" && place > 0) {
      void ask(() => answers.blindCard({ name, reader, place: place - 1 }));
    }
  };
  const put = (made: Rated): void => {
    said.value = announce(given.value, made, asked);
    given.value = made;
    keepGiven(turnOf(shown.value?.place ?? 0), made);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isOthers(event)) return;
    const made = shown.value?.card && !isBusy.current ? press(given.value, event.key, names) : null;
    if (made === null) return;
    event.preventDefault();
    if (typeof made === "string") act(made);
    else put(made);
  };
  const [first, away] = useAnswer(() => answers.blindCard({ name, reader, place: null }));
  useEffect(() => {
    if (first) show(first);
  }, [first]);
  const turn = shown.value;
  const rated = given.value;
  useEffect(() => document.querySelector<HTMLElement>("#view h1")?.focus({ preventScroll: true }), [turn?.place]);

  if (!turn) return away ? <p class="wrong" role="alert">{away}</p> : <p class="quiet" role="status">…</p>;
  if (!turn.card) return <Finished total={turn.total} onBefore={() => act("before")} onEnd={onEnd} />;
  return (
    <section class="reader" tabIndex={-1} onKeyDown={onKey}>
      <header>
        <h1 tabIndex={-1}>Card {turn.place + 1} of {turn.total}</h1>
        <progress max={turn.total} value={turn.done} aria-label={`${turn.done} of ${turn.total} read`} />
        <button type="button" onClick={onEnd}>Stop for now</button>
      </header>
      <BlindPage card={turn.card} asSource={asSource.value} onSwitch={() => act("switch")} />
      <aside aria-label="Rubric">
        <Rubric
          rubric={rubric} numbers={rated.numbers} at={rated.at}
          onRate={(at, level) => put(rate(given.value, at, level, names))}
          onGo={(at) => put({ ...given.value, at })}
        />
        <p class="acts">
          <button type="button" class="main" disabled={missing(rated.numbers, names) !== null} onClick={() => act("save")}>
            Save, next
          </button>
          <button type="button" onClick={() => act("before")} disabled={turn.place === 0}>Previous</button>
          <button type="button" onClick={() => act("leave")}>Leave out</button>
        </p>
        <p class="wrong" role="alert">{wrong.value}</p>
        <p class="unseen" aria-live="polite">{said.value}</p>
        <p class="quiet keys">
          <kbd>1</kbd>–<kbd>5</kbd> rate <kbd>↑</kbd><kbd>↓</kbd> criterion <kbd>Enter</kbd> save{" "}
          <kbd>s</kbd> source <kbd>p</kbd> previous <kbd>x</kbd> leave out
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
      <p class="acts">
        <button type="button" class="plain" onClick={onSwitch}>
          {asSource ? "As a visitor sees it" : "As its author wrote it"}
        </button>
        <span class="quiet">‹owner›, ‹model› and ‹person› stand for names.</span>
      </p>
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

interface FinishedProps {
  total: number;
  onBefore(): void;
  onEnd(): void;
}

function Finished({ total, onBefore, onEnd }: FinishedProps): JSX.Element {
  return (
    <section class="title">
      <h1 tabIndex={-1}>All {total} cards are read</h1>
      <p>Thank you. What you said is kept.</p>
      <p class="acts">
        <button type="button" class="main" onClick={onEnd}>Back to the readings</button>
        <button type="button" onClick={onBefore}>The last card again</button>
      </p>
    </section>
  );
}
