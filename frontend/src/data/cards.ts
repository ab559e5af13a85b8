/* Evidence and texts of single cards, from the blocks that hold them. */

import { cached } from "./blocks";
import type { Table } from "./table";

type RawFact = [
  criterion: number | string,
  words: string,
  first: number | null,
  last: number | null,
  effect: number | null,
];
type RawFacts = [problems: string[], facts: RawFact[]];
type RawText = [text: string, bytes: number, cut: boolean];

/** A fact of the card, where it stands (lines from 1) and how far it moved the rating. */
export interface Fact {
  criterion: string;
  words: string;
  first: number | null;
  last: number | null;
  effect: number | null;
}

export interface Source {
  text: string;
  bytes: number;
  cut: boolean;
}

export interface Card {
  problems: string[];
  facts: Fact[];
  source: Source | null;
}

const factsBlock = cached<RawFacts[]>();
const textsBlock = cached<RawText[]>();

export async function readCard(table: Table, row: number): Promise<Card> {
  const [facts, source] = await Promise.all([readFacts(table, row), readSource(table, row)]);
  return { ...facts, source };
}

async function readFacts(table: Table, row: number): Promise<Omit<Card, "source">> {
  const names = [table.overall.name, ...table.criteria.map((scores) => scores.name)];
  const block = await factsBlock(`facts-${Math.floor(row / table.factsInBlock)}`);
  const [problems, facts] = block[row % table.factsInBlock] ?? [[], []];
  return {
    problems,
    facts: facts.map(([criterion, words, first, last, effect]) => ({
      criterion: typeof criterion === "number" ? (names[criterion] ?? "") : criterion,
      words,
      first: first || null,
      last: last || null,
      effect,
    })),
  };
}

async function readSource(table: Table, row: number): Promise<Source | null> {
  const index = table.text[row] ?? NaN;
  if (Number.isNaN(index)) return null;
  const block = table.textStarts.findLastIndex((start) => start <= index);
  const found = (await textsBlock(`texts-${block}`))[index - (table.textStarts[block] ?? 0)];
  return found ? { text: found[0], bytes: found[1], cut: found[2] } : null;
}
