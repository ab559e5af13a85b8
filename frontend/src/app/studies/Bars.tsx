/* How many cards have which rating: five bars, each with its digit and its number. */

import type { JSX } from "preact";
import { number } from "../../text";

const HIGH = 40;
const WIDE = 44;
const FOOT = 18;
const HEAD = 14;

export function Bars({ counts }: { counts: readonly number[] }): JSX.Element {
  const most = Math.max(1, ...counts);
  const words = counts.map((count, i) => `${number(count)} rated ${i + 1}`).join(", ");
  return (
    <svg class="chart bars" viewBox={`0 0 ${WIDE * counts.length} ${HEAD + HIGH + FOOT}`} role="img" aria-label={words}>
      {counts.map((count, i) => {
        const height = Math.max((HIGH * count) / most, count ? 1.5 : 0);
        const middle = WIDE * (i + 0.5);
        return (
          <g key={i}>
            <rect class={`f${i + 1}`} x={WIDE * i + 3} width={WIDE - 6} y={HEAD + HIGH - height} height={height} rx={2} />
            <text class="small middle" x={middle} y={HEAD + HIGH - height - 3}>{number(count)}</text>
            <text class="middle" x={middle} y={HEAD + HIGH + FOOT - 4}>{i + 1}</text>
          </g>
        );
      })}
    </svg>
  );
}
