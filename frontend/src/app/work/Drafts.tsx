/* The drafts of an owner's cards, one after the other, in the order of the list. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import "../../css/app/improve.css";
import { capital, count, number, visible } from "../../text";
import { Id } from "../../Words";
import { explain, useAnswers, type Answers } from "../answers";
import type { CardAtHand, DraftAnswer, OwnerCard, WorkAnswer } from "../api";
import { Changes } from "../improve/Changes";
import { Rated } from "../improve/Rated";
import { addressOf, go } from "../route";
import { within } from "../within";
import { Level } from "../../marks";
import { around, nameOf } from "./words";

/** Drafts that are held, so that one can go back and forth. */
const HELD = 8;
/** Questions of a draft that are shown: the rest is asked in Improve. */
const ASKED = 3;

export function Drafts({ work, card: id }: { work: WorkAnswer; card: string }): JSX.Element {
  const { at, before, after } = around(work.cards, id);
  const card = work.cards[at];
  const draft = useDraft(card, after);
  const place = useRef<HTMLDivElement>(null);
  const isFirst = useRef(true);
  const back = addressOf("work", work.owner);
  useEffect(() => {
    if (!isFirst.current) place.current?.querySelector<HTMLElement>("h1")?.focus();
    isFirst.current = false;
    scrollTo({ top: 0, behavior: "instant" });
  }, [id]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      const next = event.key === "ArrowLeft" ? before : event.key === "ArrowRight" ? after : null;
      if (next) go("work", within(work.owner, next.id));
      else if (event.key === "Escape") location.hash = back;
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [id, work]);
  const step = (label: string, to: OwnerCard | null): JSX.Element => (
    <button type="button" disabled={to === null} onClick={() => to && go("work", within(work.owner, to.id))}>
      {label}
    </button>
  );
  return (
    <div class="work improve leaf" ref={place}>
      <nav class="leaf-bar" aria-label="Drafts">
        <a href={back}>All cards of {visible(work.owner)}</a>
        <span class="quiet number">{at < 0 ? "" : `${number(at + 1)} of ${number(work.cards.length)}`}</span>
        {step("Previous", before)}
        {step("Next", after)}
        <span class="quiet keys"><kbd>←</kbd> <kbd>→</kbd> leaf, <kbd>Esc</kbd> goes back</span>
      </nav>
      <h1 tabIndex={-1}><bdi><Id text={card ? nameOf(card, work.owner) : id} /></bdi></h1>
      {card ? <Leaf card={card} draft={draft} /> : <p>This card is not in the list.</p>}
    </div>
  );
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, .scroll") !== null;
}

/* Drafts that are asked for ------------------------------------------------------------------- */

/** The draft of a card, with that of the next one made meanwhile. */
function useDraft(card: OwnerCard | undefined, next: OwnerCard | null): DraftAnswer | Error | null {
  const answers = useAnswers();
  const held = useRef(new Map<string, Promise<DraftAnswer>>());
  const [draft, setDraft] = useState<DraftAnswer | Error | null>(null);
  useEffect(() => {
    let current = true;
    setDraft(null);
    if (!card) return;
    ask(answers, held.current, card).then(
      (found) => {
        if (!current) return;
        setDraft(found);
        if (next) void ask(answers, held.current, next).catch(() => {});
      },
      (error: unknown) => {
        held.current.delete(card.id);
        if (current) setDraft(new Error(explain(error)));
      },
    );
    return () => {
      current = false;
    };
  }, [card?.id]);
  return draft;
}

function ask(answers: Answers, held: Map<string, Promise<DraftAnswer>>, card: OwnerCard): Promise<DraftAnswer> {
  const known = held.get(card.id) ?? answers.improve({ card: atHandOf(card) });
  held.delete(card.id);
  held.set(card.id, known);
  for (const oldest of [...held.keys()].slice(0, Math.max(0, held.size - HELD))) held.delete(oldest);
  return known;
}

function atHandOf({ id, path }: OwnerCard): CardAtHand {
  return path ? { source: "folder", path } : { source: "hub", id };
}

/* One of them --------------------------------------------------------------------------------- */

function Leaf({ card, draft }: { card: OwnerCard; draft: DraftAnswer | Error | null }): JSX.Element {
  const readers = card.downloads === null ? "" : `${count(card.downloads, "download")} in 30 days. `;
  return (
    <>
      <p class="lede">
        {readers}
        {card.lacks.length > 0 && `${capital(card.lacks.join(", "))}.`}
      </p>
      {draft === null && <p class="quiet" role="status"><Level value={card.rating} /> Drafting …</p>}
      {draft instanceof Error && <p role="alert" class="wrong">{draft.message}</p>}
      {draft !== null && !(draft instanceof Error) && <Drafted card={card} draft={draft} />}
    </>
  );
}

function Drafted({ card, draft }: { card: OwnerCard; draft: DraftAnswer }): JSX.Element {
  const more = draft.questions.length - ASKED;
  return (
    <>
      <Rated draft={draft} isBusy={false} />
      {draft.changes.length === 0 && <p>Its files prove nothing that the card does not say yet.</p>}
      {draft.questions.length > 0 && (
        <>
          <h2>Only you can answer</h2>
          <ul class="asked">
            {draft.questions.slice(0, ASKED).map(({ id, ask: words, gain }) => (
              <li key={id}>{visible(words)} {gain >= 0.05 && <span class="quiet number">+{gain.toFixed(1)}</span>}</li>
            ))}
            {more > 0 && <li class="quiet">and {count(more, "other")}</li>}
          </ul>
        </>
      )}
      <p><a class="button main" href={addressOf("improve", card.path || card.id)}>Take it up in Improve</a></p>
      {draft.changes.length > 0 && <div class="improve"><Changes draft={draft} /></div>}
    </>
  );
}
