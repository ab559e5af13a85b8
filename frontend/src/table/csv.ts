/* A CSV file of the shown rows; no cell of it becomes a formula in a spreadsheet. */

import type { Table } from "../data/table";
import type { Column } from "./columns";

const FORMULA = /^[\s\u0000-\u001f]*[=+\-@＝＋－＠|%]|^[\t\r\n]/;

/** A cell as RFC 4180 has it; text that a spreadsheet would run gets an apostrophe first. */
export function csvCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvText(table: Table, columns: readonly Column[], rows: Iterable<number>): string {
  const lines = [columns.map((column) => csvCell(column.key)).join(",")];
  for (const row of rows) {
    lines.push(columns.map((column) => csvCell(column.csv(table, row))).join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

export function saveCsv(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
