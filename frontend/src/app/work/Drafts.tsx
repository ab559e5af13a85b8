/* The drafts of an owner's cards, one after the other, in the order of the list. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import "../../css/app/improve.css";
import { capital, count, number, visible } from "../../text";
import { Id } from "../../Words";
import { useAnswers, type Answers } from "../answers";
import type { CardAtHand, DraftAnswer, OwnerCard, WorkAnswer } from "../api";
import { Changes } from "../improve/Changes";
import { Rated } from "../improve/Rated";
import { addressOf, go } from "../route";
import { useAnswer } from "../useAnswer";
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
  const [draft, wrong] = useDraft(card, after);
  const back = addressOf("work", work.owner);
  useEffect(() => {
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
    <div class="work improve leaf">
      <nav class="leaf-bar" aria-label="Drafts">
        <a href={back}>All cards of {visible(work.owner)}</a>
        <span class="quiet number">{at < 0 ? "" : `${number(at + 1)} of ${number(work.cards.length)}`}</span>
        {step("Previous", before)}
        {step("Next", after)}
        <span class="quiet keys"><kbd>←</kbd> <kbd>→</kbd> leaf, <kbd>Esc</kbd> goes back</span>
      </nav>
      <h1 tabIndex={-1}><bdi><Id text={card ? nameOf(card, work.owner) : id} /></bdi></h1>
      {card ? <Leaf card={card} draft={draft} wrong={wrong} /> : <p>This card is not in the list.</p>}
    </div>
  );
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, .scroll") !== null;
}

/* Drafts that are asked for ------------------------------------------------------------------- */

/** The draft of a card, and why there is none or ""; that of the next one is made meanwhile. */
function useDraft(card: OwnerCard | undefined, next: OwnerCard | null): readonly [DraftAnswer | null, string] {
  const answers = useAnswers();
  const held = useRef(new Map<string, Promise<DraftAnswer>>());
  const [given, wrong] = useAnswer(async () => {
    if (!card) return null;
    const draft = await ask(answers, held.current, card);
    if (next) void ask(answers, held.current, next).catch(() => {});
    return { id: card.id, draft };
  }, [card?.id]);
  return given?.id === card?.id && given ? [given.draft, ""] : [null, wrong];
}

/** Ask for a draft, or give the one that is held; what failed is not. */
function ask(answers: Answers, held: Map<string, Promise<DraftAnswer>>, card: OwnerCard): Promise<DraftAnswer> {
  const known = held.get(card.id) ?? answers.improve({ card: atHandOf(card) });
  held.delete(card.id);
  held.set(card.id, known);
  known.catch(() => held.get(card.id) === known && held.delete(card.id));
  for (const oldest of [...held.keys()].slice(0, Math.max(0, held.size - HELD))) held.delete(oldest);
  return known;
}

function atHandOf({ id, path }: OwnerCard): CardAtHand {
  return path ? { source: "folder", path } : { source: "hub", id };
}

/* One of them --------------------------------------------------------------------------------- */

function Leaf({ card, draft, wrong }: { card: OwnerCard; draft: DraftAnswer | null; wrong: string }): JSX.Element {
  const readers = card.downloads === null ? "" : `${count(card.downloads, "download")} in 30 days. `;
  return (
    <>
      <p class="lede">
        {readers}
        {card.lacks.length > 0 && `${capital(card.lacks.join(", "))}.`}
      </p>
      {draft === null && !wrong && <p class="quiet" role="status"><Level value={card.rating} /> Drafting …</p>}
      {wrong && <p role="alert" class="wrong">{wrong}</p>}
      {draft !== null && <Drafted card={card} draft={draft} />}
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
