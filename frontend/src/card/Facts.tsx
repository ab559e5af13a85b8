import type { JSX } from "preact";
import type { Fact } from "../data/cards";
import { lines, signed, visible } from "../text";

interface Props {
  facts: readonly Fact[];
  onShow(first: number, last: number): void;
}

/** What moved the rating, the most moving first, each with the lines it is about. */
export function Facts({ facts, onShow }: Props): JSX.Element {
  const sorted = [...facts].sort((a, b) => Math.abs(b.effect ?? 0) - Math.abs(a.effect ?? 0));
  const measured = sorted.some((fact) => fact.effect !== null);
  return (
    <ul class={measured ? "facts" : "facts unmeasured"}>
      {sorted.map((fact, i) => (
        <li key={i}>
          {measured && <span class="number effect">{signed(fact.effect)}</span>}
          <span>
            {visible(fact.words)}
            {measured && <Where fact={fact} onShow={onShow} />}
          </span>
          {!measured && <Where fact={fact} onShow={onShow} />}
        </li>
      ))}
    </ul>
  );
}

function Where({ fact, onShow }: { fact: Fact; onShow: Props["onShow"] }): JSX.Element {
  return (
    <span class="sub">
      {visible(fact.criterion)}
      {fact.first && <>, <Lines fact={fact} onShow={onShow} /></>}
    </span>
  );
}

function Lines({ fact, onShow }: { fact: Fact; onShow: Props["onShow"] }): JSX.Element {
  const first = fact.first ?? 1;
  const last = fact.last ?? first;
  return (
    <button type="button" class="plain" onClick={() => onShow(first, last)}>
      {lines(first, last)}
    </button>
  );
}
