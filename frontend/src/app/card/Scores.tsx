import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Gauge, Level, levelOf } from "../../marks";
import { capital } from "../../text";
import type { ScoreAnswer } from "../api";
import { moved } from "./moved";

/** What the rubric calls the levels of a whole card. */
const CALLED = ["", "empty", "minimal or generic", "adequate", "good", "excellent"];
const STILL = 1500;

interface Props {
  scores: readonly ScoreAnswer[];
  /** What they were at the last look. */
  since: ReadonlyMap<string, number>;
}

/** The rating in one number, large, with its interval. */
export function Overall({ scores, since, isSpoken = true }: Props & { isSpoken?: boolean }): JSX.Element | null {
  const overall = scores.find(({ name }) => name === "overall");
  if (!overall) return null;
  const level = levelOf(overall.expected);
  const number = overall.expected.toFixed(1);
  const move = moved(overall.expected, since.get("overall"));
  return (
    <div class="overall-number">
      <Level value={overall.expected} />
      <p>
        <strong>{capital(CALLED[level] ?? "")}</strong> <Move move={move} />
        <span class="sub">{between(overall)}</span>
      </p>
      {isSpoken && <Spoken words={`Rating ${number}${move && `, ${move}`}`} />}
    </div>
  );
}

/** Words for those who hear the page, when the typing has come to rest. */
function Spoken({ words }: { words: string }): JSX.Element {
  const [said, setSaid] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSaid(words), STILL);
    return () => clearTimeout(timer);
  }, [words]);
  return <span class="unseen" role="status">{said}</span>;
}

/** The eight criteria, and how far each moved. */
export function Criteria({ scores, since }: Props): JSX.Element {
  const isMeasured = scores.some(({ low }) => low !== null);
  return (
    <>
      <table class="scores criteria">
        <caption class="unseen">Rating by criterion</caption>
        <thead class="unseen">
          <tr>
            <th scope="col">Criterion</th><th scope="col">1 to 5</th><th scope="col">Moved</th><th scope="col">Rating</th>
          </tr>
        </thead>
        <tbody>
          {scores.filter(({ name }) => name !== "overall").map((score) => (
            <tr key={score.name}>
              <th scope="row">{capital(score.name)}</th>
              <td class="gauge" title={between(score)}><Gauge {...score} low={score.low ?? NaN} high={score.high ?? NaN} /></td>
              <td class="number move"><Move move={moved(score.expected, since.get(score.name))} /></td>
              <td class="number"><Level value={score.expected} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {isMeasured && <p class="quiet key gauge-key"><i class="span" /> 90 % interval</p>}
    </>
  );
}

function Move({ move }: { move: string }): JSX.Element | null {
  return move ? <span class={move.startsWith("+") ? "up number" : "down number"}>{move}</span> : null;
}

function between({ low, high }: ScoreAnswer): string {
  if (low === null || high === null) return "";
  return `90 % interval ${low.toFixed(1)} to ${high.toFixed(1)}`;
}
