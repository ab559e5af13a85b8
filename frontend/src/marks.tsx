/* Small drawings of ratings, the same as the page's own (report/charts.py). */

import type { JSX } from "preact";
import type { Scores, Table } from "./data/table";
import { number } from "./text";

const clamp = (rating: number): number => Math.min(Math.max(rating, 1), 5);

export function Chip({ score }: { score: number }): JSX.Element {
  return Number.isNaN(score)
    ? <span class="quiet">not rated</span>
    : <span class={`chip s${score}`}>{score}</span>;
}

/** An interval and its expectation on the scale 1 to 5. */
export function Range({ scores, row }: { scores: Scores; row: number }): JSX.Element | null {
  const [expected, low, high] = ends(scores, row);
  if (Number.isNaN(expected + low + high)) return null;
  const at = (rating: number): number => 4 + 16 * (clamp(rating) - 1);
  const label = `between ${low.toFixed(1)} and ${high.toFixed(1)}`;
  return (
    <svg viewBox="0 0 72 12" class="mini range" role="img" aria-label={label}>
      <line x1={4} x2={68} y1={6} y2={6} class="track" />
      <line x1={at(low)} x2={at(high)} y1={6} y2={6} class="thick" />
      <circle cx={at(expected)} cy={6} r={3.5} />
    </svg>
  );
}

export interface Measured {
  score: number;
  expected: number;
  low: number;
  high: number;
}

export function measured(scores: Scores, row: number): Measured {
  const [expected, low, high] = ends(scores, row);
  return { score: scores.score[row] ?? NaN, expected, low, high };
}

/** The level by which a number is called: that of the one decimal which is shown. */
export function levelOf(expected: number): number {
  return Math.min(5, Math.max(1, Math.floor(Number(expected.toFixed(1)) + 0.5)));
}

/** The one number of a rating, in the colour of its level. */
export function Level({ value }: { value: number | null }): JSX.Element {
  if (value === null) return <span class="quiet">no card</span>;
  return <span class={`chip s${levelOf(value)}`}>{value.toFixed(1)}</span>;
}

/** A score as a bar from 1, with its interval. */
export function Gauge({ score, expected, low, high }: Measured): JSX.Element {
  const at = (rating: number): number => 2 + 49 * (clamp(rating) - 1);
  const value = Number.isNaN(expected) ? (Number.isNaN(score) ? 1 : score) : expected;
  const end = at(value);
  const whisker = Number.isNaN(low + high) ? [] : ["halo", "thin"];
  return (
    <svg viewBox="0 0 200 14" preserveAspectRatio="none" aria-hidden="true">
      <line x1={2} x2={198} y1={7} y2={7} class="track" />
      <rect x={0} y={2} width={Math.max(end, 4)} height={10} rx={2} class={`f${levelOf(value)}`} />
      {whisker.map((name) => <line key={name} x1={at(low)} x2={at(high)} y1={7} y2={7} class={name} />)}
    </svg>
  );
}

export function Cells({ table, row }: { table: Table; row: number }): JSX.Element | null {
  const scores = table.criteria.map(({ name, score }) => ({ name, score: score[row] ?? NaN }));
  if (scores.every(({ score }) => Number.isNaN(score))) return null;
  const label = scores.map(({ name, score }) => `${name} ${number(score)}`).join(", ");
  return (
    <span class="cells" role="img" aria-label={label} title={label}>
      {scores.map(({ name, score }) => <span key={name} class={`s${score}`} />)}
    </span>
  );
}

function ends(scores: Scores, row: number): [expected: number, low: number, high: number] {
  return [scores.expected[row] ?? NaN, scores.low[row] ?? NaN, scores.high[row] ?? NaN];
}
