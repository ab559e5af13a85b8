/* Where a key leads in a grid; pure, and the same as in the ARIA practices for a data grid. */

export interface At {
  row: number;
  column: number;
}

/** The line of headings, above row 0. */
export const HEAD = -1;

type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">;

/** Where a key leads from a cell; null where it is not one of the grid's keys. */
export function move(at: At, key: Key, last: At, page: number): At | null {
  if (key.altKey) return null;
  const far = key.ctrlKey || key.metaKey;
  const to = (row: number, column = at.column): At => ({
    row: Math.min(Math.max(row, HEAD), last.row),
    column: Math.min(Math.max(column, 0), last.column),
  });
  switch (key.key) {
    case "ArrowDown": return far ? to(last.row) : to(at.row + 1);
    case "ArrowUp": return far ? to(HEAD) : to(at.row - 1);
    case "ArrowLeft": return far ? to(at.row, 0) : to(at.row, at.column - 1);
    case "ArrowRight": return far ? to(at.row, last.column) : to(at.row, at.column + 1);
    case "PageDown": return to(at.row + page);
    case "PageUp": return to(at.row - page);
    case "Home": return far ? to(HEAD, 0) : to(at.row, 0);
    case "End": return far ? to(last.row, last.column) : to(at.row, last.column);
    default: return null;
  }
}
