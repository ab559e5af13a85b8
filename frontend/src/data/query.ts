/* Which rows are shown, and in which order: columns in, row numbers out. */

import type { Levels, Table } from "./table";

export interface Query {
  /** Every word must be in the id, the task or the library. */
  words: string;
  /** Whole overall ratings from `lowest` to `highest`; 0 is no bound. */
  lowest: number;
  highest: number;
  task: string;
  segment: string;
  /** A mark for each row that was chosen on the map; null where all rows count. */
  chosen: Uint8Array | null;
}

export const EVERYTHING: Query = {
  words: "",
  lowest: 0,
  highest: 0,
  task: "",
  segment: "",
  chosen: null,
};

export function asksForAll(query: Query): boolean {
  const { words, lowest, highest, task, segment, chosen } = query;
  return !words.trim() && !lowest && !highest && !task && !segment && !chosen;
}

/** A mark for each row that a query asks for. */
export function matchRows(table: Table, query: Query): Uint8Array {
  const words = query.words.toLowerCase().split(/\s+/).filter(Boolean);
  const bounded = query.lowest > 0 || query.highest > 0;
  const task = codeOf(table.task, query.task);
  const segment = table.map ? codeOf(table.map.segment, query.segment) : ANY;
  const marks = new Uint8Array(table.rows);
  for (let row = 0; row < table.rows; row += 1) {
    if (query.chosen && !query.chosen[row]) continue;
    if (task !== ANY && table.task.codes[row] !== task) continue;
    if (segment !== ANY && table.map?.segment.codes[row] !== segment) continue;
    if (bounded && !within(table.overall.score[row] ?? NaN, query.lowest, query.highest)) continue;
    const text = table.words[row] ?? "";
    if (words.every((word) => text.includes(word))) marks[row] = 1;
  }
  return marks;
}

const ANY = -2;
const NOWHERE = -3;

function codeOf(levels: Levels, name: string): number {
  if (!name) return ANY;
  const code = levels.names.indexOf(name);
  return code < 0 ? NOWHERE : code; // -1 would be the rows whose level is not known
}

function within(rating: number, lowest: number, highest: number): boolean {
  return rating >= (lowest || 1) && rating <= (highest || 5);
}

export type Direction = "ascending" | "descending";

/** The marked rows by a column's values; rows without a value go last in both directions. */
export function sortRows(
  marks: Uint8Array,
  values: Float64Array | null,
  direction: Direction,
): Uint32Array {
  const rows = new Uint32Array(marks.reduce((total, mark) => total + mark, 0));
  for (let row = 0, at = 0; row < marks.length; row += 1) if (marks[row]) rows[at++] = row;
  if (!values) return rows;
  const sign = direction === "ascending" ? 1 : -1;
  return rows.sort((a, b) => {
    const [one, other] = [values[a] ?? NaN, values[b] ?? NaN];
    if (Number.isNaN(one) || Number.isNaN(other)) {
      return Number(Number.isNaN(one)) - Number(Number.isNaN(other)) || a - b;
    }
    return sign * (one - other) || a - b;
  });
}

/** Numbers that sort as the texts do, so that sorting compares numbers only. */
export function ranks(texts: readonly (string | undefined)[]): Float64Array {
  const different = [...new Set(texts)].filter((text) => text !== undefined)
    .map((text) => ({ text, key: text.toLowerCase() }))
    .sort((a, b) => compare(a.key, b.key) || compare(a.text, b.text));
  const places = new Map(different.map(({ text }, place) => [text, place]));
  return Float64Array.from(texts, (text) => (text === undefined ? NaN : (places.get(text) ?? NaN)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
