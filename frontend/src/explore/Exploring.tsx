/* Do ratings go with downloads and likes among the models that are shown? A look, no finding. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { explain, useAnswers } from "../app/answers";
import type { Exploration, Looked } from "../app/api";
import { asksForAll } from "../data/query";
import type { Store } from "../store";
import { number, signed, visible } from "../text";
import { countLook, nameOf } from "./looks";

interface Look {
  marks: Uint8Array;
  answer: Exploration;
  count: number;
}

export function Exploring({ store, study }: { store: Store; study: string }): JSX.Element {
  const answers = useAnswers();
  const request = useRef<AbortController | null>(null);
  const [last, setLook] = useState<Look | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [wrong, setWrong] = useState("");
  const marks = store.marks.value;
  const shown = store.rows.value.length;
  const look = last?.marks === marks ? last : null; // never what other models showed
  const isAll = asksForAll(store.query.value);

  useEffect(() => {
    request.current?.abort();
    setLook(null);
    setBusy(false);
    setWrong("");
  }, [marks]);

  const isDone = isBusy || look !== null;
  const explore = async (): Promise<void> => {
    if (isDone) return;
    const asked = new AbortController();
    request.current = asked;
    setBusy(true);
    setWrong("");
    const models = store.table.id.filter((_, row) => marks[row]);
    try {
      const answer = await answers.explore({ study, models }, asked.signal);
      if (!asked.signal.aborted) setLook({ marks, answer, count: countLook(study, nameOf(marks)) });
    } catch (error) {
      if (!asked.signal.aborted) setWrong(explain(error));
    }
    if (!asked.signal.aborted) setBusy(false);
  };

  return (
    <div class="exploring">
      <h3 id="exploring">Rating, downloads and likes of your choice</h3>
      {isAll
        ? (
          <p class="quiet">
            Search, filter, or choose models on the map: then see here whether better rated cards go with more
            readers among these alone. For all models the study itself says it.
          </p>
        )
        : (
          <p>
            <button type="button" onClick={() => void explore()} aria-disabled={isDone}>
              Relate them for these {number(shown)} models
            </button>
          </p>
        )}
      <div role="status">
        {isBusy && <p class="quiet">Relating …</p>}
        {wrong && <p class="wrong">{wrong}</p>}
        {look && <Answer look={look} />}
      </div>
    </div>
  );
}

function Answer({ look: { answer, count } }: { look: Look }): JSX.Element {
  const held = answer.held_equal.length ? `like ${enumerate(answer.held_equal)}` : "";
  return (
    <div class="look">
      <p>
        Exploration, no finding: {number(answer.models)} rated models by {number(answer.authors)} authors, chosen
        after the data were seen. {looks(count)} Of 20 intervals where there is nothing, one leaves out 0.
      </p>
      <table>
        <caption class="unseen">Rank correlation of the overall rating, with its 95 % interval by author</caption>
        <thead>
          <tr><th>Rank correlation with</th><th class="number count">models</th><th class="number">ρ</th><th>95 % interval by author</th></tr>
        </thead>
        <tbody>
          {held && answer.adjusted.map((looked) => (
            <Row key={looked.outcome} looked={looked} name={`${words(looked.outcome)}, models of ${held}`} />
          ))}
          {answer.plain.map((looked) => (
            <Row key={looked.outcome} looked={looked} name={held ? `${words(looked.outcome)}, nothing held equal` : words(looked.outcome)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ looked, name }: { looked: Looked; name: string }): JSX.Element {
  const { estimate, low, high } = looked;
  return (
    <tr>
      <th scope="row">{visible(name)}</th>
      <td class="number count">{number(looked.models)}</td>
      <td class="number">{signed(estimate) || "–"}</td>
      <td>
        {estimate !== null && low !== null && high !== null
          ? <><Interval estimate={estimate} low={low} high={high} /> {signed(low)} to {signed(high)}</>
          : <span class="quiet">{visible(looked.reason)}</span>}
      </td>
    </tr>
  );
}

const WIDE = 120;

function Interval({ estimate, low, high }: { estimate: number; low: number; high: number }): JSX.Element {
  const at = (value: number): number => Math.round(((value + 1) / 2) * WIDE * 10) / 10;
  return (
    <svg class="mini looked" viewBox={`0 0 ${WIDE} 14`} aria-hidden="true">
      <line class="track" x1={0} x2={WIDE} y1={7} y2={7} />
      <line class="axis" x1={at(0)} x2={at(0)} y1={1} y2={13} />
      <line class="thick" x1={at(low)} x2={at(high)} y1={7} y2={7} />
      <circle cx={at(estimate)} cy={7} r={3} />
    </svg>
  );
}

function looks(count: number): string {
  return count === 1 ? "This is your first look." : `You have looked at ${count} choices.`;
}

const OUTCOMES: Readonly<Record<string, string>> = {
  downloads: "downloads",
  likes: "likes",
  downloads_change: "new downloads",
  likes_change: "new likes",
  downloads_all_time_change: "new downloads of all time",
};

function words(outcome: string): string {
  return OUTCOMES[outcome] ?? outcome.replace(/_/g, " ");
}

function enumerate(parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${last}` : last;
}
