/* The rating before and after, and what moved of what was changed. */

import type { JSX } from "preact";
import type { DraftAnswer, ScoreAnswer } from "../api";
import { Level } from "../../marks";
import { capital } from "../../text";

export function Rated({ draft, isBusy }: { draft: DraftAnswer; isBusy: boolean }): JSX.Element {
  const before = new Map(draft.before.map((score) => [score.name, score]));
  const pairs = draft.after.map((after) => ({ after, before: before.get(after.name) ?? after }));
  const overall = pairs.find(({ after }) => after.name === "overall");
  const moved = pairs
    .filter(({ before, after }) => isTouched(draft, after.name) && after.expected.toFixed(1) !== before.expected.toFixed(1))
    .sort((a, b) => gain(b) - gain(a));
  return (
    <>
      {overall && (
        <p class="overall">
          <Step {...overall} />
          <span class="quiet">{within(overall.after)}</span>
          {isBusy && <span class="quiet busy">drafting …</span>}
        </p>
      )}
      <ul class="moved">
        {moved.map((pair) => (
          <li key={pair.after.name}><span>{capital(pair.after.name)}</span> <Step {...pair} /></li>
        ))}
      </ul>
    </>
  );
}

export function Step({ before, after }: { before: ScoreAnswer; after: ScoreAnswer }): JSX.Element {
  const [was, is] = [before.expected.toFixed(1), after.expected.toFixed(1)];
  if (was === is) return <Level value={after.expected} />;
  return (
    <span class="step">
      <Level value={before.expected} /> <span aria-hidden="true">→</span><span class="unseen">then</span>{" "}
      <Level value={after.expected} />
    </span>
  );
}

/** Whether a change is on a criterion: that others move is the judge's reading, and no promise. All, where it is not known of an answer. */
function isTouched({ changes }: DraftAnswer, name: string): boolean {
  const made = changes.filter(({ is_left }) => !is_left);
  if (name === "overall") return false;
  return made.some(({ criterion, kind }) => criterion === name || (!criterion && kind === "answer"));
}

function gain({ before, after }: { before: ScoreAnswer; after: ScoreAnswer }): number {
  return Math.abs(after.expected - before.expected);
}

function within({ low, high }: ScoreAnswer): string {
  if (low === null || high === null) return "of 5";
  return `of 5: 90 % interval ${low.toFixed(1)} to ${high.toFixed(1)}`;
}
