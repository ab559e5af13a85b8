import type { JSX } from "preact";
import type { Fact } from "../data/cards";
import { lines, signed, visible } from "../text";

interface Props {
  facts: readonly Fact[];
  /** The last line with words: what is missing is said to be there. */
  end?: number;
  onShow(first: number, last: number): void;
}

/** What moved the rating, the most moving first, each with the lines it is about. */
export function Facts({ facts, end = Infinity, onShow }: Props): JSX.Element {
  const sorted = [...facts].sort((a, b) => Math.abs(b.effect ?? 0) - Math.abs(a.effect ?? 0));
  const measured = sorted.some((fact) => fact.effect !== null);
  return (
    <ul class={measured ? "facts" : "facts unmeasured"}>
      {sorted.map((fact, i) => (
        <li key={i}>
          {measured && <span class="number effect">{signed(fact.effect)}</span>}
          <span>
            {visible(fact.words)}
            {measured && <Where fact={fact} end={end} onShow={onShow} />}
          </span>
          {!measured && <Where fact={fact} end={end} onShow={onShow} />}
        </li>
      ))}
    </ul>
  );
}

interface WhereProps {
  fact: Fact;
  end: number;
  onShow: Props["onShow"];
}

function Where({ fact, end, onShow }: WhereProps): JSX.Element {
  return (
    <span class="sub">
      {visible(fact.criterion)}
      {fact.first && <>, <Lines fact={fact} end={end} onShow={onShow} /></>}
    </span>
  );
}

function Lines({ fact, end, onShow }: WhereProps): JSX.Element {
  const first = fact.first ?? 1;
  const last = fact.last ?? first;
  return (
    <button type="button" class="plain" onClick={() => onShow(first, last)}>
      {first >= end && !((fact.effect ?? 0) > 0) ? "at the end" : lines(first, last)}
    </button>
  );
}
