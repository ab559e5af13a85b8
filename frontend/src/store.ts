/* What the islands share: the question asked of the table, its answer, and the open card. */

import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { columnsOf, type Column } from "./table/columns";
import { EVERYTHING, matchRows, sortRows, type Direction, type Query } from "./data/query";
import type { Table } from "./data/table";
import type { Point } from "./map/nearby";

export interface Order {
  key: string;
  direction: Direction;
}

/** An open card; `follow` leaves the focus where it is, as when the table's arrow keys move on. */
export interface Opened {
  row: number;
  follow: boolean;
}

export interface Store {
  table: Table;
  columns: readonly Column[];
  query: Signal<Query>;
  order: Signal<Order | null>;
  marks: ReadonlySignal<Uint8Array>;
  rows: ReadonlySignal<Uint32Array>;
  opened: Signal<Opened | null>;
  /** A place on the map that has no model: that of a card which is not in the study. */
  spot: Signal<Point | null>;
  ask(part: Partial<Query>): void;
  sortBy(column: Column): void;
  open(row: number): void;
}

export function makeStore(table: Table): Store {
  const columns = columnsOf(table);
  const query = signal<Query>(EVERYTHING);
  const order = signal<Order | null>(null);
  const opened = signal<Opened | null>(null);
  const spot = signal<Point | null>(null);
  const values = new Map<string, Float64Array>();

  const valuesOf = (key: string): Float64Array | null => {
    const column = columns.find((one) => one.key === key);
    if (column && !values.has(key)) values.set(key, column.values(table));
    return values.get(key) ?? null;
  };
  const marks = computed(() => matchRows(table, query.value));
  const rows = computed(() => {
    const by = order.value;
    return sortRows(marks.value, by && valuesOf(by.key), by?.direction ?? "ascending");
  });
  return {
    table,
    columns,
    query,
    order,
    marks,
    rows,
    opened,
    spot,
    ask: (part) => {
      query.value = { ...query.value, ...part };
    },
    sortBy: ({ key, first }) => {
      const now = order.value;
      const other = now?.direction === "ascending" ? "descending" : "ascending";
      order.value = { key, direction: now?.key === key ? other : first };
    },
    open: (row) => {
      opened.value = { row, follow: false };
    },
  };
}
