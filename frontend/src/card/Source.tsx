import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { number, visible } from "../text";
import { notesOf, type Note } from "./notes";

const MOST_LINES = 4000;

interface Props {
  text: string;
  notes: readonly Note[];
  /** Lines to go to, from 1. */
  shown: readonly [first: number, last: number] | null;
}

/** A card's text line by line, with the lines marked that a fact is about. */
export function Source({ text, notes, shown }: Props): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  const lines = text.split("\n", MOST_LINES + 1);
  const more = lines.length > MOST_LINES ? text.split("\n").length - MOST_LINES : 0;
  const found = notesOf(notes, text.trimEnd().split("\n").length);
  useLayoutEffect(() => {
    const line = shown && list.current?.children[shown[0] - 1];
    if (line) line.scrollIntoView({ block: "center" });
  }, [shown]);
  return (
    <>
      <ol class="source" ref={list} tabIndex={0} aria-label="Source">
        {lines.slice(0, MOST_LINES).map((line, i) => {
          const about = found.get(i + 1);
          const marked = shown !== null && i + 1 >= shown[0] && i + 1 <= shown[1];
          const names = [about && "noted", marked && "marked"].filter(Boolean).join(" ");
          return (
            <li key={i} class={names || undefined} title={about?.map(({ words }) => visible(words)).join("\n")}>
              <span>{visible(line)}</span>
            </li>
          );
        })}
      </ol>
      {more > 0 && <p class="quiet">{number(more)} more lines.</p>}
    </>
  );
}
