import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { capital, lines, signed } from "../../text";
import { Words } from "../../Words";
import type { FindingAnswer, GapAnswer, SentenceAnswer } from "../api";

const AT_FIRST = 4;
const LEAST_GAIN = 0.005;

interface Shows {
  onShow(first: number, last: number): void;
}

interface GapsProps extends Shows {
  gaps: readonly GapAnswer[];
  /** The last line with words. */
  end: number;
}

/** What is missing, what gains most first. */
export function Gaps({ gaps, end, onShow }: GapsProps): JSX.Element | null {
  const [all, setAll] = useState(false);
  const worth = gaps
    .filter(({ gain, criterion_gain }) => Math.max(gain, criterion_gain) > LEAST_GAIN)
    .sort((a, b) => b.gain - a.gain || b.criterion_gain - a.criterion_gain);
  const shown = all ? worth : worth.slice(0, AT_FIRST);
  if (!worth.length) return null;
  return (
    <section>
      <h2>What would raise the rating most</h2>
      <p class="quiet scale">First the gain overall, below it the gain in its criterion.</p>
      <ul class="facts gaps">
        {shown.map((gap) => (
          <li key={gap.key}>
            <span class="number effect" title="Gain in the overall rating">{gain(gap.gain)}</span>
            <span>
              <Words text={`${capital(gap.missing)}.`} />{" "}
              <span class="quiet"><Words text={gap.advice} /></span>
              <span class="sub">
                {gap.criterion} {gain(gap.criterion_gain)}, <Line line={gap.line} end={end} onShow={onShow} />
              </span>
            </span>
          </li>
        ))}
      </ul>
      {worth.length > shown.length && (
        <button type="button" class="plain" onClick={() => setAll(true)}>{worth.length - shown.length} more</button>
      )}
    </section>
  );
}

/** Which sentences the files contradict. */
export function Contradicted({ sentences, onShow }: Shows & { sentences: readonly SentenceAnswer[] }): JSX.Element | null {
  if (!sentences.length) return null;
  return (
    <section>
      <h2>The files say something else</h2>
      <ul class="facts findings-list">
        {sentences.map(({ why, line }, i) => (
          <li key={i} class="error">
            <span>
              <Words text={why} />
              <span class="sub"><Line line={line} onShow={onShow} /></span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface FindingsProps extends Shows {
  findings: readonly FindingAnswer[];
  onFix(findings: readonly FindingAnswer[]): void;
}

/** What the linter says, with what it can mend. */
export function Findings({ findings, onShow, onFix }: FindingsProps): JSX.Element | null {
  if (!findings.length) return null;
  const safe = findings.filter(({ fixes }) => fixes.length);
  return (
    <section>
      <h2>Also to mend</h2>
      <ul class="facts findings-list">
        {findings.map((finding, i) => (
          <li key={i} class={finding.severity}>
            <span>
              <Words text={capital(finding.message)} />
              <span class="sub" title={finding.why}>{finding.rule}, <Line line={finding.line} onShow={onShow} /></span>
            </span>
            {finding.fixes.length > 0 && (
              <button type="button" aria-label={`Fix ${finding.rule} in line ${finding.line}`} onClick={() => onFix([finding])}>
                Fix
              </button>
            )}
          </li>
        ))}
      </ul>
      {safe.length > 1 && <button type="button" onClick={() => onFix(safe)}>Fix these {safe.length}</button>}
    </section>
  );
}

function Line({ line, end, onShow }: Shows & { line: number; end?: number }): JSX.Element {
  const words = end !== undefined && line >= end ? "at the end" : lines(line, line);
  return <button type="button" class="plain" onClick={() => onShow(line, line)}>{words}</button>;
}

function gain(by: number): string {
  return by < LEAST_GAIN ? "" : signed(by);
}

