/* Only the rows in view are in the document. */

import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import { useLayoutEffect, useReducer, useState } from "preact/hooks";
import type { RefObject } from "preact";

type Rows = Virtualizer<HTMLDivElement, HTMLDivElement>;

/** A window onto `count` rows of `size` pixels; the row `keep` stays, so that focus is not lost. */
export function useRows(
  scroller: RefObject<HTMLDivElement | null>,
  count: number,
  size: number,
  keep: number,
): Rows {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const options: VirtualizerOptions<HTMLDivElement, HTMLDivElement> = {
    count,
    estimateSize: () => size,
    overscan: 8,
    getScrollElement: () => scroller.current,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    paddingStart: size,
    scrollPaddingStart: size,
    initialRect: { width: 800, height: 600 },
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      const inside = keep < 0 || keep >= count || shown.includes(keep);
      return inside ? shown : [...shown, keep].sort((a, b) => a - b);
    },
    onChange: () => draw(undefined),
  };
  const [rows] = useState(() => new Virtualizer(options));
  rows.setOptions(options);
  useLayoutEffect(() => rows._didMount(), []);
  useLayoutEffect(() => rows._willUpdate());
  return rows;
}
