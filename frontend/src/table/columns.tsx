/* The table's columns: what a cell shows, what it is sorted by, what a CSV file gets. */

import type { ComponentChildren } from "preact";
import { ranks, type Direction } from "../data/query";
import { levelOf, type Levels, type Scores, type Table } from "../data/table";
import { Cells, Chip, Range } from "../marks";
import { capital, day, number, short, visible } from "../text";

export interface Column {
  key: string;
  title: string;
  /** Least width in rem, and the share of the rest of the line. */
  width: readonly [least: number, share: number];
  /** Columns shown unasked, the first ones first where there is no room for all. */
  rank: number | null;
  /** Order after the first click on the heading. */
  first: Direction;
  align: "left" | "right";
  values(table: Table): Float64Array;
  cell(table: Table, row: number): ComponentChildren;
  csv(table: Table, row: number): string | number;
}

export function columnsOf(table: Table): Column[] {
  return [
    {
      ...text("id", "Model", 0, [15, 3], (_, row) => table.id[row]),
      cell: (_, row) => <bdi>{visible(table.id[row] ?? "")}</bdi>,
    },
    overall(table.overall),
    criteria(),
    count("downloads", "Downloads", 2, table.downloads),
    count("likes", "Likes", 3, table.likes),
    level("task", "Task", 5, [9, 1.2], table.task),
    level("library", "Library", 6, [7.5, 1], table.library),
    ...(table.map ? [level("segment", "Segment", 7, [12, 1.6], table.map.segment)] : []),
    { ...count("created", "Created", 8, table.created), ...date(table), width: [6, 0] },
    level("author", "Author", null, [8, 1], table.author),
    level("license", "Licence", null, [7, 1], table.license),
    {
      ...count("parameters", "Parameters", null, table.parameters),
      cell: (_, row) => short(table.parameters[row] ?? NaN),
    },
    level("gated", "Gated", null, [6, 0.6], table.gated),
    ...table.criteria.map(criterion),
  ];
}

function text(
  key: string,
  title: string,
  rank: number | null,
  width: readonly [number, number],
  value: (table: Table, row: number) => string | undefined,
): Column {
  return {
    key,
    title,
    rank,
    width,
    first: "ascending",
    align: "left",
    values: (table) => ranks(Array.from({ length: table.rows }, (_, row) => value(table, row))),
    cell: (table, row) => visible(value(table, row) ?? "–"),
    csv: (table, row) => value(table, row) ?? "",
  };
}

function level(
  key: string,
  title: string,
  rank: number | null,
  width: readonly [number, number],
  levels: Levels,
): Column {
  return text(key, title, rank, width, (_, row) => levelOf(levels, row));
}

function count(key: string, title: string, rank: number | null, values: Float64Array): Column {
  return {
    key,
    title,
    rank,
    width: [6.5, 0.2],
    first: "descending",
    align: "right",
    values: () => values,
    cell: (_, row) => number(values[row] ?? NaN),
    csv: (_, row) => known(values[row]),
  };
}

function date(table: Table): Partial<Column> {
  return {
    align: "left",
    cell: (_, row) => day(table.created[row] ?? NaN),
    csv: (_, row) => (Number.isNaN(table.created[row] ?? NaN) ? "" : day(table.created[row] ?? NaN)),
  };
}

/** Sorted by the expectation, which tells more than the whole score; unrated rows go last. */
function overall(scores: Scores): Column {
  return {
    ...count("overall", "Rating", 1, scores.expected),
    width: [narrow() ? 4.5 : 8.5, 0],
    align: "left",
    cell: (_, row) => (
      <>
        <Chip score={scores.score[row] ?? NaN} />
        <Range scores={scores} row={row} />
      </>
    ),
  };
}

/** Small screens have no room for the interval; as in css/table.css. */
function narrow(): boolean {
  return globalThis.matchMedia?.("(max-width: 46rem)").matches ?? false;
}

function criteria(): Column {
  return {
    ...count("criteria", "Criteria", 4, new Float64Array()),
    width: [7.5, 0],
    align: "left",
    values: meanOfCriteria,
    cell: (table, row) => <Cells table={table} row={row} />,
    csv: (table, row) => known(meanOfCriteria(table)[row]),
  };
}

function criterion(scores: Scores): Column {
  return {
    ...count(scores.name, capital(scores.name), null, scores.expected),
    width: [6.5, 0.4],
    align: "left",
    cell: (_, row) => <Chip score={scores.score[row] ?? NaN} />,
    csv: (_, row) => known(scores.score[row]),
  };
}

const means = new WeakMap<Table, Float64Array>();

function meanOfCriteria(table: Table): Float64Array {
  const found = means.get(table) ?? new Float64Array(table.rows).map((_, row) =>
    table.criteria.reduce((total, { score }) => total + (score[row] ?? NaN), 0) /
    table.criteria.length);
  means.set(table, found);
  return found;
}

function known(value: number | undefined): number | string {
  return value === undefined || Number.isNaN(value) ? "" : value;
}
