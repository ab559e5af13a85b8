/* The card viewer: a panel beside the page, or over it where the screen is small. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { readCard, type Card } from "../data/cards";
import { hubLink, levelOf, type Table } from "../data/table";
import { measured } from "../marks";
import type { Store } from "../store";
import { day, number, visible } from "../text";
import { Id } from "../Words";
import { Facts } from "./Facts";
import { isBeside } from "./place";
import { ScoreTable } from "./ScoreTable";
import { Source } from "./Source";

export function Viewer({ store }: { store: Store }): JSX.Element {
  const panel = useRef<HTMLDialogElement>(null);
  const back = useRef<Element | null>(null);
  const opened = store.opened.value;

  useLayoutEffect(() => {
    const dialog = panel.current;
    if (!dialog) return;
    keepInPlace(document.activeElement, () =>
      document.documentElement.classList.toggle("reading", opened !== null && isBeside()));
    if (!opened) {
      if (dialog.open) dialog.close();
      return;
    }
    if (!dialog.open) {
      back.current = document.activeElement;
      if (isBeside()) dialog.show();
      else dialog.showModal();
    }
    dialog.scrollTop = 0;
    if (!opened.follow) dialog.querySelector("h2")?.focus({ preventScroll: true });
    else if (back.current instanceof HTMLElement && dialog.contains(document.activeElement)) {
      back.current.focus();
    }
  }, [opened]);

  const close = (): void => {
    if (!opened) return;
    store.opened.value = null;
    if (back.current instanceof HTMLElement && back.current.isConnected) back.current.focus();
  };

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented) close();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [opened]);

  return (
    <dialog
      id="viewer"
      ref={panel}
      aria-labelledby="viewer-title"
      onClose={close}
      onClick={(event) => {
        const dialog = event.currentTarget;
        if (event.target !== dialog) return; // a click beside a modal one
        if (event.clientX < dialog.getBoundingClientRect().left) close();
      }}
    >
      {opened && <Body key={opened.row} store={store} row={opened.row} onClose={close} />}
    </dialog>
  );
}

/** The page gets narrower: what the reader looks at must not move away. */
function keepInPlace(element: Element | null, change: () => void): void {
  const before = element?.getBoundingClientRect().top ?? 0;
  change();
  const after = element?.getBoundingClientRect().top ?? 0;
  if (after !== before) scrollBy({ top: after - before, behavior: "instant" });
}

interface BodyProps {
  store: Store;
  row: number;
  onClose(): void;
}

function Body({ store, row, onClose }: BodyProps): JSX.Element {
  const { table } = store;
  const address = hubLink(table, row);
  const rated = !Number.isNaN(table.overall.score[row] ?? NaN);
  return (
    <>
      <Tools store={store} row={row} onClose={onClose} />
      <h2 id="viewer-title" tabIndex={-1}><bdi><Id text={table.id[row] ?? ""} /></bdi></h2>
      <p class="quiet">{visible(about(table, row))}</p>
      {address && (
        <p>
          <a href={address} target="_blank" rel="noopener noreferrer">Open the model’s page</a>
        </p>
      )}
      {rated ? <ScoreTable scores={scoresOf(table, row)} /> : <p>This card was not rated.</p>}
      <Contents table={table} row={row} />
    </>
  );
}

function Contents({ table, row }: { table: Table; row: number }): JSX.Element {
  const [card, setCard] = useState<Card | Error | null>(null);
  const [shown, setShown] = useState<readonly [number, number] | null>(null);
  useEffect(() => {
    let current = true;
    readCard(table, row).then(
      (found) => { if (current) setCard(found); },
      (error: unknown) => { if (current) setCard(new Error(String(error))); },
    );
    return () => { current = false; };
  }, [row]);
  if (card === null) return <p class="quiet" role="status">Reading the card …</p>;
  if (card instanceof Error) return <p role="alert">The card could not be read. Load the page again.</p>;
  return (
    <>
      {card.problems.length > 0 && (
        <>
          <h3>Problems</h3>
          <ul>{card.problems.map((text, i) => <li key={i}>{visible(text)}</li>)}</ul>
        </>
      )}
      {card.facts.length > 0 && (
        <>
          <h3>What it shows and lacks</h3>
          <Facts facts={card.facts} onShow={(first, last) => setShown([first, last])} />
        </>
      )}
      <h3>Source</h3>
      <Text card={card} shown={shown} />
    </>
  );
}

interface TextProps {
  card: Card;
  shown: readonly [number, number] | null;
}

function Text({ card, shown }: TextProps): JSX.Element {
  const { source } = card;
  if (!source) return <p class="quiet">This page does not hold the text of this card.</p>;
  if (!source.text.trim()) return <p class="quiet">The card has no text.</p>;
  return (
    <>
      <Source text={source.text} notes={card.facts} shown={shown} />
      {source.cut && <p class="quiet">Cut here: the card has {number(source.bytes)} bytes.</p>}
    </>
  );
}

function Tools({ store, row, onClose }: BodyProps): JSX.Element {
  const rows = store.rows.value;
  const at = rows.indexOf(row);
  const step = (label: string, to: number): JSX.Element => {
    const next = at < 0 ? undefined : rows[to];
    return (
      <button
        type="button"
        disabled={next === undefined}
        onClick={() => { if (next !== undefined) store.open(next); }}
      >
        {label}
      </button>
    );
  };
  return (
    <div class="tools">
      {step("Previous", at - 1)}
      {step("Next", at + 1)}
      <button type="button" class="close" onClick={onClose}>Close</button>
    </div>
  );
}

function about(table: Table, row: number): string {
  const created = table.created[row] ?? NaN;
  const gated = levelOf(table.gated, row);
  return [
    `${number(table.downloads[row] ?? NaN)} downloads`,
    `${number(table.likes[row] ?? NaN)} likes`,
    levelOf(table.task, row),
    levelOf(table.library, row),
    levelOf(table.license, row),
    Number.isNaN(created) ? undefined : `created ${day(created)}`,
    gated && "gated",
    table.map ? levelOf(table.map.segment, row) : undefined,
  ].filter(Boolean).join(" · ");
}

function scoresOf(table: Table, row: number): Parameters<typeof ScoreTable>[0]["scores"] {
  return [table.overall, ...table.criteria].map((scores) => ({
    ...measured(scores, row),
    name: scores.name,
    question: table.questions.get(scores.name),
  }));
}
