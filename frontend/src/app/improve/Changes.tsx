/* The draft as one text: what stays, what each change takes and adds, and a note beside each. */

import { Fragment, type ComponentChild, type ComponentChildren, type JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ChangeAnswer, DraftAnswer } from "../api";
import { visible } from "../../text";
import {
  blocksOf,
  foldOf,
  piecesOf,
  marksOf,
  placeSentences,
  type Block,
  type Line,
  type Piece,
  type Range,
  type SentenceName,
  type Span,
} from "./blocks";
import { Proof } from "./Proof";
import { Words } from "../../Words";

const VERBS: Record<ChangeAnswer["kind"], string> = {
  repair: "Mended",
  correction: "Corrected",
  metadata: "Added",
  section: "Added",
  answer: "Answered",
  todo: "To do",
};

interface Props {
  draft: DraftAnswer;
  /** Changes that are left alone, as far as the draft has not got there yet. */
  leave?: readonly string[];
  /** Without it the draft is only to be read. */
  onTake?: ((id: string, isTaken: boolean) => void) | undefined;
}

const NONE: readonly string[] = [];

export function Changes({ draft, leave = NONE, onTake }: Props): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const blocks = useMemo(() => blocksOf(draft.lines), [draft]);
  const marks = useMemo(() => marksOf(draft.lines), [draft]);
  const changes = useMemo(
    () => new Map(draft.changes.map((change) => [change.id, { ...change, is_left: leave.includes(change.id) }])),
    [draft, leave],
  );
  const placed = useMemo(() => placeSentences(draft.changes, draft.lines), [draft]);
  const shown = new Set(blocks.map(({ change }) => change));
  const elsewhere = [...changes.values()].filter(({ id }) => !shown.has(id));
  const toggle = (keys: readonly string[]): void => setOpened((before) => {
    const after = new Set(before);
    const close = keys.every((key) => before.has(key));
    for (const key of keys) close ? after.delete(key) : after.add(key);
    return after;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const key = event.key.toLowerCase();
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(target)) return;
      if (key === "j" || key === "k") stepFrom(list.current, target, key === "j" ? 1 : -1);
      else if (key === "p") {
        const id = target.closest<HTMLElement>("[data-change]")?.dataset.change ?? "";
        toggle((changes.get(id)?.sentences ?? []).map((_, sentence) => keyOf({ change: id, sentence })));
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [changes]);
  return (
    <div class="draft" ref={list}>
      {blocks.map((block, i) => {
        const change = changes.get(block.change);
        return change === undefined
          ? <Kept key={block.key} block={block} isFirst={i === 0} isLast={i === blocks.length - 1} />
          : (
            <Changed key={block.key} block={block} change={change} changes={changes} marks={marks} spans={placed.spans}
              unplaced={placed.unplaced.get(change.id) ?? []} opened={opened} onTake={onTake}
              onToggle={(key) => toggle([key])} />
          );
      })}
      {elsewhere.map((change) => (
        <div key={change.id} class="change" data-change={change.id}>
          <Note change={change} unplaced={change.sentences.map((_, n) => n)} opened={opened}
            onTake={onTake} onToggle={(key) => toggle([key])} />
        </div>
      ))}
    </div>
  );
}

/** Whether a key is a letter that somebody writes. */
function isWriting(target: HTMLElement): boolean {
  return target.closest('textarea, select, input:not([type="checkbox"], [type="radio"])') !== null;
}

/** Move the focus to the next change, or to the one before. */
function stepFrom(list: HTMLElement | null, target: HTMLElement, by: number): void {
  const boxes = [...(list?.querySelectorAll<HTMLElement>(".note input") ?? [])];
  const here = target.closest(".change");
  const at = boxes.findIndex((box) => box.closest(".change") === here);
  const next = boxes[at < 0 ? 0 : at + by];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "center" });
}

function keyOf({ change, sentence }: SentenceName): string {
  return `${change}#${sentence}`;
}

/* What stays ---------------------------------------------------------------------------------- */

function Kept({ block, isFirst, isLast }: { block: Block; isFirst: boolean; isLast: boolean }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const fold = isOpen ? null : foldOf(block.lines.length, isFirst, isLast);
  const [from, to] = fold ?? [block.lines.length, block.lines.length];
  return (
    <div class="kept">
      <div class="lines">
        {block.lines.slice(0, from).map((line, i) => <p key={i} class="line">{visible(line.text)}</p>)}
        {fold && (
          <button type="button" class="plain fold" onClick={() => setOpen(true)}>
            {to - from} lines as they are
          </button>
        )}
        {block.lines.slice(to).map((line, i) => <p key={i + to} class="line">{visible(line.text)}</p>)}
      </div>
    </div>
  );
}

/* What changes -------------------------------------------------------------------------------- */

interface ChangedProps {
  block: Block;
  change: ChangeAnswer;
  changes: ReadonlyMap<string, ChangeAnswer>;
  marks: ReadonlyMap<number, readonly Range[]>;
  spans: ReadonlyMap<number, readonly Span[]>;
  unplaced: readonly number[];
  opened: ReadonlySet<string>;
  onTake: Props["onTake"];
  onToggle(key: string): void;
}

function Changed(props: ChangedProps): JSX.Element {
  const { block, change, changes, marks, spans, opened, onTake, onToggle } = props;
  return (
    <div class={change.is_left ? "change left" : "change"} data-change={change.id}>
      {block.leads
        ? <Note change={change} onTake={onTake} unplaced={props.unplaced} opened={opened} onToggle={onToggle} />
        : <p class="note quiet">part of the same change</p>}
      <div class="lines">
        {block.lines.map((line, i) => {
          const here = spans.get(block.start + i) ?? [];
          return (
            <Fragment key={i}>
              <ChangedLine line={line} spans={here} marks={marks.get(block.start + i) ?? []}
                opened={opened} onToggle={onToggle} />
              {here.filter((span) => opened.has(keyOf(span))).map((span) => (
                <Proof key={keyOf(span)} id={`proof-${keyOf(span)}`}
                  sentence={changes.get(span.change)!.sentences[span.sentence]!} />
              ))}
            </Fragment>
          );
        })}
      </div>
    </div>
  );
}

interface LineProps {
  line: Line;
  spans: readonly Span[];
  marks: readonly Range[];
  opened: ReadonlySet<string>;
  onToggle(key: string): void;
}

function ChangedLine({ line, spans, marks, opened, onToggle }: LineProps): JSX.Element {
  const Tag = line.state === "removed" ? "del" : "ins";
  const pieces = piecesOf(line.text, spans, marks);
  const words = ({ text, marked }: Piece): ComponentChild => (
    marked ? <b class="word">{visible(text)}</b> : visible(text)
  );
  return (
    <Tag class={`line ${line.state}`}>
      {pieces.map((piece, i) => {
        const { span } = piece;
        if (!span) return <span key={i}>{words(piece)}</span>;
        if (pieces[i - 1]?.span === span) return null;
        return (
          <Sentence key={i} name={keyOf(span)} opened={opened} onToggle={onToggle}>
            {pieces.filter((each) => each.span === span).map((each, n) => (
              <Fragment key={n}>{words(each)}</Fragment>
            ))}
          </Sentence>
        );
      })}
    </Tag>
  );
}

interface SentenceProps {
  name: string;
  opened: ReadonlySet<string>;
  children: ComponentChildren;
  onToggle(key: string): void;
}

/** Words that open what proves them; they run on over the ends of lines, as no button does. */
function Sentence({ name, opened, children, onToggle }: SentenceProps): JSX.Element {
  const isOpen = opened.has(name);
  return (
    <span
      class="said"
      role="button"
      tabIndex={0}
      aria-expanded={isOpen}
      aria-controls={isOpen ? `proof-${name}` : undefined}
      onClick={() => onToggle(name)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onToggle(name);
      }}
    >
      {children}
    </span>
  );
}

interface NoteProps {
  change: ChangeAnswer;
  unplaced: readonly number[];
  opened: ReadonlySet<string>;
  onTake: Props["onTake"];
  onToggle(key: string): void;
}

function Note({ change, unplaced, opened, onTake, onToggle }: NoteProps): JSX.Element {
  const verb = change.is_left ? "Left alone:" : VERBS[change.kind];
  const says = change.kind === "section" || change.kind === "metadata" ? change.what : "";
  const words = <span><b>{verb}</b> <Words text={says || change.why} /></span>;
  return (
    <div class="note">
      {onTake
        ? (
          <label>
            <input
              type="checkbox"
              checked={!change.is_left}
              onChange={(event) => onTake(change.id, event.currentTarget.checked)}
            />
            {words}
          </label>
        )
        : <p class="says">{words}</p>}
      {says && <p class="quiet"><Words text={change.why} /></p>}
      {unplaced.map((sentence) => {
        const name = keyOf({ change: change.id, sentence });
        return (
          <Fragment key={sentence}>
            <p>
              <Sentence name={name} opened={opened} onToggle={onToggle}>
                {visible(change.sentences[sentence]!.text)}
              </Sentence>
            </p>
            {opened.has(name) && <Proof id={`proof-${name}`} sentence={change.sentences[sentence]!} />}
          </Fragment>
        );
      })}
    </div>
  );
}
