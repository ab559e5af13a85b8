import type { JSX } from "preact";
import { useContext } from "preact/hooks";
import { count, visible } from "../../text";
import { Id } from "../../Words";
import type { CardInWorkspace } from "../api";
import { atHand, isBare, titleOf, withoutFile, type HeldCard } from "../atHand";
import { addressOf } from "../route";
import { Refused } from "../Refused";
import { useTyped } from "../useTyped";
import { BeginningContext } from "./beginning";
import { OpenCard } from "./OpenCard";

interface Props {
  card: HeldCard;
  /** Counts the cards that were opened. */
  opening: number;
  cards: readonly CardInWorkspace[];
  /** The card that was at hand before. */
  former: HeldCard | null;
  isBusy: boolean;
  /** What was left out of the card that was opened. */
  note: string;
  /** Why no card was opened; null where one was. */
  wrong: unknown;
  /** The name that was typed where it may be an owner's. */
  owner: string;
  isPublic: boolean;
  onOpen(target: string): void;
  onFiles(files: FileList): void;
  onBack(card: HeldCard): void;
  onNew(): void;
}

/** Whose card it is, and how to get another one. */
export function Head(props: Props): JSX.Element {
  const { card, opening, cards, former, isBusy, note, wrong, owner, isPublic, onOpen, onFiles, onBack, onNew } = props;
  const beginning = useContext(BeginningContext);
  const isBegun = isAny(card);
  return (
    <header class="card-head">
      <h1 tabIndex={-1}><bdi><Id text={beginning && !isBegun ? beginning.title : titleOf(card)} /></bdi></h1>
      <p class="quiet whence">
        {!isBegun && beginning?.words}
        {whence(card)}
        {card.source !== "hub" && card.text.trim() && <IdField id={card.id} />}
        {isBegun && <button type="button" class="plain" onClick={onNew}>Begin another</button>}
        {former && (
          <button type="button" class="plain" onClick={() => onBack(former)}>Back to {visible(formerly(former, card))}</button>
        )}
      </p>
      {isBusy && <p class="quiet" role="status">Opening …</p>}
      {note && <p class="quiet" role="status">{visible(note)}</p>}
      <OpenCard key={opening} cards={cards} isPublic={isPublic} isFirst={!isBegun} onOpen={onOpen} onFiles={onFiles} />
      {wrong !== null && <Refused refusal={wrong} />}
      {owner && !isPublic && <p><a href={addressOf("work", owner)}>All cards of {visible(owner)}</a></p>}
    </header>
  );
}

/** Whether there is anything of a card. */
function isAny({ text, id, path, files }: HeldCard): boolean {
  return Boolean(text.trim() || id || path || files.length);
}

/** The id of a card that did not come with one. */
function IdField({ id }: { id: string }): JSX.Element {
  return (
    <label>
      Its id on the Hub{" "}
      <input
        {...useTyped(id, (now) => { atHand.value = { ...atHand.value, id: now.trim() }; })}
        placeholder="owner/name"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
      />
    </label>
  );
}

/** What another card is called that may have the title of this one. */
function formerly(former: HeldCard, { id }: HeldCard): string {
  return former.path && former.id === id ? withoutFile(former.path) : titleOf(former);
}

/** Where the card at hand comes from, in words. */
function whence({ id, source, revision, files, path }: HeldCard): string {
  if (source === "hub") return `From the Hub, at ${visible(revision.slice(0, 7))}`;
  if (source === "folder") return id ? visible(withoutFile(path)) : ""; // else it is the title
  if (source === "dropped") return `${count(files.length, "file")}, read in this browser`;
  return isBare.value ? "Its files are to be given again" : "";
}
