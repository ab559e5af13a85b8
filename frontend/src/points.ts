/* The page's own charts answer too: a point opens its card, a bar of the ratings filters by it. */

import { effect } from "@preact/signals";
import type { Store } from "./store";
import { hideTip, showTip, tipOf } from "./tip";

export function startPoints(store: Store): void {
  for (const points of document.querySelectorAll<SVGElement>(".points")) {
    const rowOf = (event: Event): number | null => {
      const found = event.target instanceof SVGElement ? event.target.dataset.i : undefined;
      return found === undefined ? null : Number(found);
    };
    points.addEventListener("click", (event) => {
      const row = rowOf(event);
      if (row !== null) store.open(row);
    });
    points.addEventListener("pointerover", (event) => {
      const row = rowOf(event);
      if (row !== null) showTip(tipOf(store.table, row), event.clientX, event.clientY);
    });
    points.addEventListener("pointerout", hideTip);
  }
}

/** A click on a bar of the histogram shows its cards alone, on the map and in the table. */
export function startBars(store: Store): void {
  for (const bar of document.querySelectorAll<SVGGElement>("header .rated")) {
    const [lowest, highest] = [Number(bar.dataset.lowest), Number(bar.dataset.highest)];
    const isOn = (): boolean =>
      store.query.value.lowest === lowest && store.query.value.highest === highest;
    const turn = (): void => store.ask(isOn() ? { lowest: 0, highest: 0 } : { lowest, highest });
    bar.setAttribute("role", "button");
    bar.setAttribute("tabindex", "0");
    bar.setAttribute("aria-description", "Show only these cards");
    bar.closest("svg")?.setAttribute("role", "group");
    bar.addEventListener("click", turn);
    bar.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      turn();
    });
    effect(() => bar.setAttribute("aria-pressed", String(isOn())));
  }
}
