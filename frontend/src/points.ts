/* Points of the page's own scatter plots open cards too. */

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
