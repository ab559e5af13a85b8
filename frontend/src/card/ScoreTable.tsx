import type { JSX } from "preact";
import { Gauge, type Measured } from "../marks";
import { capital } from "../text";

export interface NamedScore extends Measured {
  name: string;
  question: string | undefined;
}

/** The nine numbers, overall first, each with its interval. */
export function ScoreTable({ scores }: { scores: readonly NamedScore[] }): JSX.Element {
  return (
    <table class="scores">
      <thead>
        <tr>
          <th scope="col">Score</th>
          <th scope="col">1 to 5</th>
          <th scope="col" class="number"><span class="unseen">Whole score</span></th>
          <th scope="col" class="number">Interval</th>
        </tr>
      </thead>
      <tbody>
        {scores.map((score) => (
          <tr key={score.name} class={score.name === "overall" ? "overall" : undefined}>
            <th scope="row" title={score.question}>{capital(score.name)}</th>
            <td class="gauge"><Gauge {...score} /></td>
            <td class="number">
              <span class={`chip s${score.score}`}>{Number.isNaN(score.score) ? "–" : score.score}</span>
            </td>
            <td class="number quiet">{between(score)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function between({ low, high }: Measured): string {
  return Number.isNaN(low + high) ? "" : `${low.toFixed(1)}–${high.toFixed(1)}`;
}
