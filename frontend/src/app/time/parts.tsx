/* Small drawings and words of this view. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { visible } from "../../text";
import type { ChartAnswer } from "../api";
import { peaks } from "./spark";

/** A chart as the app drew it: the report's own, which escapes every word. */
export function Chart({ chart, isTitled = true }: { chart: ChartAnswer; isTitled?: boolean }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const parsed = new DOMParser().parseFromString(chart.svg, "text/html").querySelector("svg");
    place.current?.replaceChildren(...(parsed ? [document.importNode(parsed, true)] : []));
  }, [chart.svg]);
  return (
    <figure>
      {isTitled && <h3>{visible(chart.title)}</h3>}
      <div ref={place} />
      <figcaption>{visible(chart.caption)}</figcaption>
    </figure>
  );
}

const WIDE = 140;
const TALL = 26;

/** Days as one line, broken where a day is not known. */
export function Spark({ counts, label }: { counts: readonly (number | null)[]; label: string }): JSX.Element | null {
  const lines = peaks(counts, WIDE, TALL);
  if (!lines.length) return null;
  return (
    <svg class="spark" viewBox={`0 0 ${WIDE} ${TALL}`} role="img" aria-label={label}>
      {lines.map((points, i) => <polyline key={i} points={points} />)}
    </svg>
  );
}
