/* Which columns are shown, and how wide. */

import { useEffect, useState } from "preact/hooks";
import type { RefObject } from "preact";
import type { Column } from "./columns";

/** Room between columns and at both ends of a row, in rem; as in css/table.css. */
const GAP = 1.1;

/** Columns in their order: those chosen, or as many of the unasked ones as there is room for. */
export function fitColumns(
  columns: readonly Column[],
  chosen: ReadonlySet<string> | null,
  room: number,
): Column[] {
  if (chosen) return columns.filter((column) => chosen.has(column.key));
  const unasked = columns.filter((column) => column.rank !== null);
  unasked.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  let used = GAP;
  const kept = unasked.filter((column, i) => {
    used += column.width[0] + GAP;
    return i < 2 || used <= room;
  });
  return columns.filter((column) => kept.includes(column));
}

export function tracks(columns: readonly Column[]): string {
  return columns.map(({ width: [least, share] }) =>
    share ? `minmax(${least}rem, ${share}fr)` : `${least}rem`).join(" ");
}

/** Width of an element's inside in rem, and again whenever it changes. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(60);
  useEffect(() => {
    const found = element.current;
    if (!found) return undefined;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    const watch = new ResizeObserver(() => setWidth(found.clientWidth / rem));
    watch.observe(found);
    return () => watch.disconnect();
  }, []);
  return width;
}
