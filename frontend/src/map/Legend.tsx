import type { JSX } from "preact";
import { number, visible } from "../text";
import type { Class, Shape } from "./colouring";
import { css } from "./colours";

interface Props {
  classes: readonly Class[];
  hidden: ReadonlySet<number>;
  onHide(hidden: ReadonlySet<number>): void;
}

/** What the colours and shapes mean; a click hides a class or shows it again. */
export function Legend({ classes, hidden, onHide }: Props): JSX.Element {
  const toggle = (i: number): void => {
    const next = new Set(hidden);
    if (!next.delete(i)) next.add(i);
    onHide(next);
  };
  return (
    <div class="map-legend" role="group" aria-label="Legend: what is drawn">
      {classes.map(({ name, colour, shape, count }, i) => count > 0 && (
        <button key={i} type="button" aria-pressed={!hidden.has(i)} onClick={() => toggle(i)}>
          <svg viewBox="-7 -7 14 14" aria-hidden="true">
            <path d={OUTLINES[shape]} fill={css(colour)} />
          </svg>
          <span>{visible(name)}</span>
          <span class="quiet number">{number(count)}</span>
        </button>
      ))}
      {hidden.size > 0 && (
        <button type="button" class="plain" onClick={() => onHide(new Set())}>Show all</button>
      )}
    </div>
  );
}

const OUTLINES: Record<Shape, string> = {
  circle: "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0 -11 0",
  square: "M-5 -5H5V5H-5Z",
  triangle: "M0 -6L6 4.5H-6Z",
  diamond: "M0 -7L7 0L0 7L-7 0Z",
};
