/* One small box that follows the pointer, for the map and for the page's own charts. */

import { levelOf, type Table } from "./data/table";
import { number, visible } from "./text";

export function showTip(text: string, x: number, y: number): void {
  const tip = document.getElementById("tip");
  if (!tip) return;
  tip.textContent = visible(text);
  tip.hidden = false;
  tip.style.left = `${Math.max(Math.min(x + 12, innerWidth - tip.offsetWidth - 8), 4)}px`;
  tip.style.top = `${Math.min(y + 14, innerHeight - tip.offsetHeight - 4)}px`;
}

export function hideTip(): void {
  const tip = document.getElementById("tip");
  if (tip) tip.hidden = true;
}

/** A model in a line: its name, its rating, how popular it is. */
export function tipOf(table: Table, row: number): string {
  const rating = table.overall.score[row] ?? NaN;
  return [
    table.id[row],
    Number.isNaN(rating) ? "not rated" : `rated ${rating}`,
    `${number(table.downloads[row] ?? NaN)} downloads`,
    `${number(table.likes[row] ?? NaN)} likes`,
    table.map ? levelOf(table.map.segment, row) : undefined,
  ].filter(Boolean).join(" · ");
}
