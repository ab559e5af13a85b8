import type { JSX } from "preact";
import { Gauge, Level, type Measured } from "../marks";
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
          <th scope="col" class="number"><span class="unseen">Rating</span></th>
          <th scope="col" class="number">90 % interval</th>
        </tr>
      </thead>
      <tbody>
        {scores.map((score) => (
          <tr key={score.name} class={score.name === "overall" ? "overall" : undefined}>
            <th scope="row" title={score.question}>{capital(score.name)}</th>
            <td class="gauge"><Gauge {...score} /></td>
            <td class="number">
              <Rating {...score} />
            </td>
            <td class="number quiet">{between(score)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The one number of a criterion, in the colour of its level. */
function Rating({ score, expected }: Measured): JSX.Element {
  const number = Number.isNaN(expected) ? score : expected;
  if (Number.isNaN(number)) return <span class="chip">–</span>;
  return <Level value={number} />;
}

/** The interval of a number, where it was measured. */
function between({ low, high }: Measured): string {
  if (Number.isNaN(low + high)) return "";
  return `${low.toFixed(1)} to ${high.toFixed(1)}`;
}
