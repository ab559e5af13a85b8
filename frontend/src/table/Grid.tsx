/* The grid itself: rows in view only, one stop for the Tab key, arrows inside. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isBeside } from "../card/place";
import type { Store } from "../store";
import { visible } from "../text";
import { tracks } from "./fit";
import type { Column } from "./columns";
import { HEAD, move, type At } from "./keys";
import { useRows } from "./virtual";

const ROW = 40;
const PAGE = 12;

interface Props {
  store: Store;
  columns: readonly Column[];
}

export function Grid({ store, columns }: Props): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const wanted = useRef(false);
  const [at, setAt] = useState<At>({ row: HEAD, column: 0 });
  const rows = store.rows.value;
  const last = { row: rows.length - 1, column: columns.length - 1 };
  const here = { row: Math.min(at.row, last.row), column: Math.min(at.column, last.column) };
  const window = useRows(scroller, rows.length, ROW, here.row);
  const opened = store.opened.value?.row ?? -1;

  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
    setAt((now) => ({ ...now, row: HEAD }));
  }, [rows]);

  useLayoutEffect(() => {
    if (!wanted.current) return;
    const name = `[data-at="${here.row}.${here.column}"]`;
    const cell = scroller.current?.querySelector<HTMLElement>(name);
    if (!cell) return; // drawn after the next scroll event
    wanted.current = false;
    cell.focus({ preventScroll: true });
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const to = move(here, event, last, PAGE);
    if (to) {
      event.preventDefault();
      wanted.current = true;
      setAt(to);
      if (to.row !== HEAD) window.scrollToIndex(to.row);
      const row = rows[to.row];
      if (store.opened.value && isBeside() && row !== undefined) {
        store.opened.value = { row, follow: true };
      }
    } else if (event.key === "Enter" && here.row !== HEAD && !isButton(event.target)) {
      event.preventDefault();
      const row = rows[here.row];
      if (row !== undefined) store.open(row);
    }
  };

  const style = { gridTemplateColumns: tracks(columns) };
  const stop = (row: number, column: number): Stop => ({
    tabIndex: here.row === row && here.column === column ? 0 : -1,
    "data-at": `${row}.${column}`,
    onFocus: () => {
      if (here.row !== row || here.column !== column) setAt({ row, column });
    },
  });
  return (
    <div
      class="grid"
      role="grid"
      aria-label="Models"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      ref={scroller}
      onKeyDown={onKeyDown}
    >
      <div class="grid-all" role="presentation" style={{ height: `${window.getTotalSize()}px` }}>
        <div class="grid-head" role="row" aria-rowindex={1} style={style}>
          {columns.map((column, i) => (
            <Head key={column.key} store={store} column={column} stop={stop(HEAD, i)} index={i} />
          ))}
        </div>
        {window.getVirtualItems().map(({ index, start }) => {
          const row = rows[index] ?? 0;
          return (
            <div
              class="grid-row"
              key={row}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={row === opened}
              style={{ ...style, transform: `translateY(${start}px)` }}
              onClick={() => {
                setAt({ row: index, column: 0 });
                store.open(row);
              }}
            >
              {columns.map((column, i) => (
                <Cell key={column.key} store={store} column={column} row={row} index={i}
                  stop={stop(index, i)} />
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** What makes an element the grid's one stop for the Tab key, or one that the arrows reach. */
interface Stop {
  tabIndex: 0 | -1;
  "data-at": string;
  onFocus(): void;
}

interface CellProps {
  store: Store;
  column: Column;
  index: number;
  stop: Stop;
}

function Head({ store, column, index, stop }: CellProps): JSX.Element {
  const order = store.order.value;
  const sorted = order?.key === column.key ? order.direction : undefined;
  return (
    <div
      role="columnheader"
      class={column.align}
      data-key={column.key}
      aria-colindex={index + 1}
      aria-sort={sorted}
    >
      <button type="button" {...stop} onClick={() => store.sortBy(column)}>{column.title}</button>
    </div>
  );
}

function Cell({ store, column, index, stop, row }: CellProps & { row: number }): JSX.Element {
  const shown = column.cell(store.table, row);
  if (column.key === "id") {
    return (
      <div role="rowheader" class="id" aria-colindex={index + 1}>
        <button type="button" aria-haspopup="dialog" {...stop} title={visible(store.table.id[row] ?? "")}>
          {shown}
        </button>
      </div>
    );
  }
  return (
    <div role="gridcell" class={`${column.align} ${column.key}`} aria-colindex={index + 1} {...stop}>
      {shown}
    </div>
  );
}

function isButton(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button") !== null;
}
