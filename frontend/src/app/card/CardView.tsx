import "../../css/app/card.css";
import type { JSX } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import type { Editor } from "../../editor/editor";
import { visible } from "../../text";
import { explain, isPassing, useAnswers } from "../answers";
import type { ViewProps } from "../App";
import type { FindingAnswer } from "../api";
import { atHand, former, held, NO_CARD, take, type HeldCard } from "../atHand";
import { saveText } from "../save";
import { useAnswer } from "../useAnswer";
import { BeginningContext } from "./beginning";
import { Changed } from "./Changed";
import { readChosen, readDrop, type Dropped } from "./dropped";
import { Head } from "./Head";
import { lastLook } from "./look";
import { Advice, Start, Summary } from "./Sheet";
import { useContradicted } from "./useContradicted";
import { useRating, type Rated } from "./useRating";
import { Writing } from "./Writing";

/** An owner's name where a card's should be. */
const OWNER = /^[\w.-]+$/;
/** A model's id or address where a card should be. */
const TARGET = /^(https?:\/\/\S+\/)?[\w.-]+\/[\w.-]+$/;
const COMMAND = navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl";

/** A card in the editor, and its rating beside it while it is typed. */
export function CardView({ isPublic }: ViewProps): JSX.Element {
  const answers = useAnswers();
  const { Example, Waiting } = useContext(BeginningContext) ?? {};
  const [editor, setEditor] = useState<Editor | null>(null);
  const writing = useRef<Editor | null>(null); // as it is when an answer comes
  const [opening, setOpening] = useState(0);
  const [here] = useAnswer(() => answers.cards());
  const cards = here?.cards ?? [];
  const [isBusy, setBusy] = useState(false);
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState<unknown>(null);
  const [owner, setOwner] = useState("");
  const [isOver, setOver] = useState(false);
  const [isCompared, setCompared] = useState(false);
  const card = atHand.value;
  const { text } = card;
  const look = lastLook.value ?? text;
  const isBegun = Boolean(text.trim() || card.files.length);
  const { rated, trouble, since } = useRating(card, opening, look);

  const contradicted = useContradicted(card, opening, !isPublic);

  useEffect(() => {
    if (rated) editor?.show(rated.of, rated.answer.evidence, rated.answer.findings);
    else editor?.show(atHand.value.text, [], []); // of an empty page nothing is known
  }, [rated, editor]);

  const type = (now: string): void => {
    if (!atHand.value.text.trim()) lastLook.value = now; // pasted into an empty page
    atHand.value = { ...atHand.value, text: now };
  };
  const show = (opened: HeldCard): void => {
    take(opened);
    writing.current?.load(opened.text);
    writing.current?.focus();
    setCompared(false);
    setOpening((count) => count + 1);
  };
  const ready = (opened: Editor): void => {
    writing.current = opened;
    opened.load(atHand.value.text); // a card may have been opened meanwhile
    setEditor(opened);
  };
  const latest = useRef(0); // of the cards that were asked for, only the last one is shown
  useEffect(() => () => { latest.current = 0; }, []);
  const get = async (open: () => Promise<HeldCard>, target = ""): Promise<void> => {
    const mine = (latest.current += 1);
    setBusy(true);
    setWrong(null);
    setOwner("");
    setNote("");
    try {
      const opened = await open();
      if (mine === latest.current) show(opened);
    } catch (error) {
      if (mine === latest.current) {
        setWrong(error);
        setOwner(OWNER.test(target) && !isPassing(error) ? target : "");
      }
    }
    if (mine === latest.current) setBusy(false);
  };
  const getDropped = (read: () => Promise<Dropped>): void => void get(async () => {
    const { text, files, note } = await read();
    setNote(note);
    return { ...NO_CARD, text, files, source: files.length ? "dropped" : "pasted" };
  });
  const open = (target: string): void => void get(async () => held(await answers.open({ target })), target);
  const fix = (findings: readonly FindingAnswer[]): void => {
    for (const finding of findings) editor?.mend(finding);
  };
  const go = (first: number, last: number): void => {
    setCompared(false);
    requestAnimationFrame(() => editor?.go(first, last));
  };
  return (
    <div
      class={`card-view${isOver ? " over" : ""}${isBegun ? "" : " blank"}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(event.dataTransfer?.types.includes("Files") ?? false);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        const { dataTransfer } = event;
        setOver(false);
        if (!dataTransfer?.types.includes("Files")) return; // text goes into the editor
        event.preventDefault();
        getDropped(() => readDrop(dataTransfer));
      }}
    >
      <Head
        card={card}
        opening={opening}
        cards={cards}
        former={former.value}
        isBusy={isBusy}
        note={note}
        wrong={wrong}
        owner={owner}
        isPublic={isPublic}
        onOpen={open}
        onFiles={(files) => getDropped(() => readChosen(files))}
        onBack={show}
        onNew={() => show(NO_CARD)}
      />
      <div class="bench">
        <section class="summary" aria-label="Rating">
          {TARGET.test(text.trim()) && (
            <p><button type="button" class="main" onClick={() => open(text.trim())}>Open {visible(text.trim())}</button></p>
          )}
          {rated
            ? <Summary rated={rated} since={since} isChanged={look !== text} onLook={() => { lastLook.value = text; }} />
            : !text.trim() && <Start card={card} cards={cards} onOpen={open} />}
          {text.trim() && Waiting && <Waiting />}
          {text.trim() && trouble === null && rated?.text !== text && <AtWork />}
          {trouble !== null && (
            <div class="trouble" role="status">
              <p class="wrong">{explain(trouble)}</p>
              {rated && <p class="quiet">{reachOf(rated, text)}</p>}
            </div>
          )}
        </section>
        <div class="left">
          {isCompared && <Changed before={look} after={text} />}
          <Writing text={text} isHidden={isCompared} onChange={type} onReady={ready}>
            {!text.trim() && Waiting && <Waiting />}
            <Tools text={text} look={look} toMend={rated?.answer.findings.length ?? 0} isMarked={Boolean(rated?.answer.evidence.length)}
              isCompared={isCompared} onCompare={setCompared} />
          </Writing>
        </div>
        {rated?.of && (
          <section class="advice" aria-label="Advice"><Advice rated={rated} contradicted={contradicted} onShow={go} onFix={fix} /></section>
        )}
        {Example && !isBegun && (
          <section class="advice" aria-label="An example"><Example onOpen={show} /></section>
        )}
      </div>
    </div>
  );
}

/** Milliseconds after which somebody wants to know that a rating comes. */
const SLOW = 1000;

/** A word while a rating takes long. */
function AtWork(): JSX.Element | null {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW);
    return () => clearTimeout(timer);
  }, []);
  return isSlow ? <p class="quiet at-work" role="status">Rating this text …</p> : null;
}

/** How much of a rating is of the text at hand, where there is no newer one. */
function reachOf({ text, of }: Rated, now: string): string {
  if (text !== now) return "The numbers are of an earlier text.";
  if (of === now) return "";
  return of ? "The numbers are of this text, the advice of an earlier one." : "The numbers are of this text; there is no advice.";
}

interface ToolsProps {
  text: string;
  look: string;
  /** How many faults are marked. */
  toMend: number;
  /** Whether lines have marks in the margin. */
  isMarked: boolean;
  isCompared: boolean;
  onCompare(compare: boolean): void;
}

/** What can be done with the text as it is. */
function Tools({ text, look, toMend, isMarked, isCompared, onCompare }: ToolsProps): JSX.Element {
  return (
    <p class="text-tools">
      {isMarked && !isCompared && (
        <span class="quiet key">
          <i class="carries" /> carries the rating <i class="lowers" /> lowers it
        </span>
      )}
      {toMend > 0 && !isCompared && (
        <span class="quiet keys"><kbd>F8</kbd> next to mend, <kbd>{COMMAND} F</kbd> find</span>
      )}
      {(isCompared || look !== text) && (
        <button type="button" class="plain" onClick={() => onCompare(!isCompared)}>
          {isCompared ? "Back to writing" : "What I changed"}
        </button>
      )}
      {text.trim() && <button type="button" class="plain" onClick={() => saveText("README.md", text)}>Download</button>}
    </p>
  );
}
