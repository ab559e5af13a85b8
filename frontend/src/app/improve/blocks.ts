/* A draft's lines as what is shown: stretches that stay, and what each change takes and adds. */

import type { LineAnswer } from "../api";

export type Line = LineAnswer;

export interface Block {
  /** Id of the change; "" for lines that stay. */
  change: string;
  lines: readonly Line[];
  /** Place of its first line among all lines. */
  start: number;
  /** Whether it is the first of its change. */
  leads: boolean;
  /** Its name, which stays when other changes come and go. */
  key: string;
}

/** Lines beside a change that are shown. */
const CONTEXT = 2;
/** Lines that it is worth to fold away. */
const FOLD = 3;

export function blocksOf(lines: readonly Line[]): Block[] {
  const seen = new Map<string, number>();
  const blocks: Block[] = [];
  for (let start = 0, end = 1; start < lines.length; start = end) {
    const { change } = lines[start]!;
    end = start + 1;
    while (end < lines.length && lines[end]!.change === change) end += 1;
    const count = seen.get(change) ?? 0;
    const key = change ? `${change}/${count}` : `behind ${blocks.at(-1)?.key ?? ""}`;
    blocks.push({ change, lines: lines.slice(start, end), start, leads: count === 0, key });
    seen.set(change, count + 1);
  }
  return blocks;
}

/** Which lines of a stretch that stays are folded away: from, and behind the last; null for none. */
export function foldOf(count: number, isFirst: boolean, isLast: boolean): [number, number] | null {
  const from = isFirst ? 0 : CONTEXT;
  const to = isLast ? count : count - CONTEXT;
  return to - from >= FOLD ? [from, to] : null;
}

/* Sentences in their lines ------------------------------------------------------------------- */

/** A sentence of a change: which one by its place there. */
export interface SentenceName {
  change: string;
  sentence: number;
}

export interface Span extends SentenceName {
  from: number;
  to: number;
}

/** All sentences in their lines, and by change those whose words are not there.

    One of several lines is opened by its last. A line that a later change rewrote may still hold
    the sentence of an earlier one. */
export function placeSentences(
  changes: readonly { id: string; sentences: readonly { text: string }[] }[],
  lines: readonly Line[],
): { spans: Map<number, Span[]>; unplaced: Map<string, number[]> } {
  const spans = new Map<number, Span[]>();
  const unplaced = new Map<string, number[]>();
  const standing = lines.flatMap(({ state }, i) => (state === "removed" ? [] : [i]));
  const shown = lines.flatMap(({ state }, i) => (state === "added" || state === "left" ? [i] : []));
  const above = (i: number, count: number): string[] => {
    const end = standing.indexOf(i);
    return count ? standing.slice(Math.max(0, end - count), end).map((n) => lines[n]!.text.trim()) : [];
  };
  const place = (change: string, sentence: number, text: string): boolean => {
    const parts = text.split("\n").map((part) => part.trim()).filter(Boolean);
    const last = parts.at(-1) ?? "";
    const fits = (i: number): boolean => {
      const from = lines[i]!.text.indexOf(last);
      return from >= 0
        && !spans.get(i)?.some((span) => from < span.to && from + last.length > span.from)
        && above(i, parts.length - 1).join("\n") === parts.slice(0, -1).join("\n");
    };
    const own = shown.find((i) => lines[i]!.change === change && fits(i));
    const at = last ? own ?? shown.find(fits) : undefined;
    if (at === undefined) return false;
    const from = lines[at]!.text.indexOf(last);
    spans.set(at, [...(spans.get(at) ?? []), { change, sentence, from, to: from + last.length }]);
    return true;
  };
  for (const { id, sentences } of changes) {
    unplaced.set(id, sentences.flatMap(({ text }, n) => (place(id, n, text) ? [] : [n])));
  }
  for (const here of spans.values()) here.sort((a, b) => a.from - b.from);
  return { spans, unplaced };
}

/* Words that differ -------------------------------------------------------------------------- */

export type Range = readonly [from: number, to: number];

/** Words times words up to which two lines are compared word by word. */
const MOST_PAIRS = 160_000;
/** Share of the words that two lines must have in common to be one line that was rewritten. */
const ALIKE = 0.4;

/** What is gone from one line and new in another; null where they are not one line rewritten. */
export function wordChanges(before: string, after: string): { gone: Range[]; fresh: Range[] } | null {
  const [a, b] = [wordsOf(before), wordsOf(after)];
  if (!a.length || !b.length || a.length * b.length > MOST_PAIRS) return null;
  const kept = common(a, b);
  const words = (texts: readonly string[]): number => texts.filter((text) => text.trim()).length;
  if (words(kept.map(([i]) => a[i]!)) < ALIKE * Math.max(words(a), words(b))) return null;
  return {
    gone: rangesOf(a, new Set(kept.map(([i]) => i))),
    fresh: rangesOf(b, new Set(kept.map(([, j]) => j))),
  };
}

/** What to mark in lines that were rewritten: as many new ones beside as many that go. */
export function marksOf(lines: readonly Line[]): Map<number, readonly Range[]> {
  const marks = new Map<number, readonly Range[]>();
  for (let start = 0, end = 0; start < lines.length; start = Math.max(end, start + 1)) {
    end = start;
    while (end < lines.length && lines[end]!.state !== "kept") end += 1;
    const places = Array.from({ length: end - start }, (_, n) => start + n);
    const gone = places.filter((n) => lines[n]!.state === "removed");
    const fresh = places.filter((n) => lines[n]!.state === "added");
    if (!gone.length || gone.length !== fresh.length) continue;
    gone.forEach((place, n) => {
      const found = wordChanges(lines[place]!.text, lines[fresh[n]!]!.text);
      if (!found) return;
      marks.set(place, found.gone);
      marks.set(fresh[n]!, found.fresh);
    });
  }
  return marks;
}

function wordsOf(text: string): string[] {
  return text.match(/\s+|[\p{L}\p{N}_.,]*[\p{L}\p{N}_]|[^\s]/gu) ?? [];
}

/** The longest common run of words, as pairs of places. */
function common(a: readonly string[], b: readonly string[]): [number, number][] {
  const width = b.length + 1;
  const size = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      size[i * width + j] = a[i] === b[j]
        ? size[(i + 1) * width + j + 1]! + 1
        : Math.max(size[(i + 1) * width + j]!, size[i * width + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (size[(i + 1) * width + j]! >= size[i * width + j + 1]!) i += 1;
    else j += 1;
  }
  return pairs;
}

function rangesOf(words: readonly string[], kept: ReadonlySet<number>): Range[] {
  const ranges: [number, number][] = [];
  let place = 0;
  words.forEach((word, i) => {
    const end = place + word.length;
    const before = ranges.at(-1);
    if (!kept.has(i)) {
      if (before && before[1] === place) before[1] = end;
      else ranges.push([place, end]);
    }
    place = end;
  });
  return ranges;
}

export interface Piece {
  text: string;
  marked: boolean;
  /** The sentence that it is part of. */
  span: Span | undefined;
}

/** A line cut where a sentence or a mark begins and ends. */
export function piecesOf(text: string, spans: readonly Span[], marks: readonly Range[]): Piece[] {
  const cuts = new Set([0, text.length]);
  for (const { from, to } of spans) cuts.add(from).add(to);
  for (const [from, to] of marks) cuts.add(from).add(to);
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(1).map((to, i) => {
    const from = places[i]!;
    return {
      text: text.slice(from, to),
      marked: marks.some((mark) => from >= mark[0] && to <= mark[1]),
      span: spans.find((span) => from >= span.from && to <= span.to),
    };
  });
}
