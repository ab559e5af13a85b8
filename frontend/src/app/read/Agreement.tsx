/* How far people agree: with each other, each with the same again, and a judge with them. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { AgreementAnswer, Measurement, ReaderAgreement, ScoreAgreement } from "../api";
import { useAnswers } from "../answers";
import { addressOf } from "../route";
import { useAnswer } from "../useAnswer";
import { capital, visible } from "../../text";
import { Words } from "../../Words";

interface Props {
  name: string;
}

export function Agreement({ name }: Props): JSX.Element {
  const answers = useAnswers();
  const [judge, setJudge] = useState("");
  const [answer, wrong] = useAnswer((signal) => answers.measureReading({ name, judge }, signal), [name, judge]);
  return (
    <section class="title agreement" aria-busy={!answer && !wrong}>
      <nav class="leaf-bar" aria-label="Readings"><a href={addressOf("read")}>All readings</a></nav>
      <h1 tabIndex={-1}>{answer ? headline(answer) : wrong ? "Agreement" : "Measuring …"}</h1>
      <p class="wrong" role="alert">{wrong}</p>
      {answer && <Measured name={name} answer={answer} onJudge={setJudge} />}
    </section>
  );
}

/** The answer in one sentence, which the numbers below carry. */
export function headline({ agreement }: AgreementAnswer): string {
  const overall = agreement.scores.find((score) => score.name === "overall");
  if (!overall) return "Nothing is read yet";
  const people = overall.people.value;
  const alone = overall.with_judge.value;
  const kappa = overall.kappa.value;
  if (people !== null && alone !== null) {
    return `People agree by alpha ${two(people)}, and by ${two(alone)} with the judge among them`;
  }
  return kappa === null
    ? "Too little is read to say how far the judge agrees"
    : `The judge agrees with ${agreement.readers.length === 1 ? "the reader" : "people’s median"} by ${two(kappa)}`;
}

interface MeasuredProps extends Props {
  answer: AgreementAnswer;
  onJudge(judge: string): void;
}

function Measured({ name, answer, onJudge }: MeasuredProps): JSX.Element {
  const { agreement, judges } = answer;
  return (
    <>
      <p class="lede">
        {visible(name)}: {agreement.cards} cards of {agreement.authors} owners, {agreement.shared} read by more than one person.
        Intervals are of 95 %, by drawing owners; fewer than five owners give none.
      </p>
      {agreement.notes.map((note, i) => <p key={i}><Words text={note} /></p>)}
      {agreement.scores.length > 0 && (
        <>
          <p>
            <label>
              Judge{" "}
              <select value={agreement.judge} onChange={(event) => onJudge(event.currentTarget.value)}>
                {judges.map((each) => <option key={each}>{each}</option>)}
              </select>
            </label>
          </p>
          <Scores scores={agreement.scores} />
        </>
      )}
      <Readers readers={agreement.readers} />
      {agreement.commands.length > 0 && (
        <>
          <h2>The same, and more, in a terminal</h2>
          <pre>{agreement.commands.map(visible).join("\n")}</pre>
        </>
      )}
    </>
  );
}

function Scores({ scores }: { scores: readonly ScoreAgreement[] }): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Agreement by criterion">
      <table>
        <thead>
          <tr>
            <th scope="col">Score</th>
            <th scope="col">People with each other<span class="sub">alpha</span></th>
            <th scope="col">With the judge among them<span class="sub">alpha</span></th>
            <th scope="col">Judge with people<span class="sub">weighted kappa</span></th>
            <th scope="col" class="number">Equal</th>
            <th scope="col" class="number">Within 1</th>
            <th scope="col" class="number">Judge minus people</th>
          </tr>
        </thead>
        <tbody>
          {scores.map((score) => (
            <tr key={score.name} class={score.name === "overall" ? "overall" : undefined}>
              <th scope="row">{capital(score.name)}</th>
              <td><Figure of={score.people} /></td>
              <td><Figure of={score.with_judge} /></td>
              <td><Figure of={score.kappa} /></td>
              <td class="number">{share(score.exact)}</td>
              <td class="number">{share(score.within_one)}</td>
              <td class="number">{score.bias.value === null ? "–" : signed(score.bias.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A number with its interval, and both drawn from 0 to 1. */
function Figure({ of }: { of: Measurement }): JSX.Element {
  if (of.value === null) return <span class="quiet">–</span>;
  const at = (value: number): number => 4 + 64 * Math.min(Math.max(value, 0), 1);
  const known = of.low !== null && of.high !== null;
  return (
    <span class="figure">
      <span class="number">{two(of.value)}</span>
      <svg viewBox="0 0 72 12" class="mini range" aria-hidden="true">
        <line x1={4} x2={68} y1={6} y2={6} class="track" />
        {known && <line x1={at(of.low ?? 0)} x2={at(of.high ?? 0)} y1={6} y2={6} class="thick" />}
        <circle cx={at(of.value)} cy={6} r={3.5} />
      </svg>
      {known && <span class="sub number">{two(of.low ?? 0)} to {two(of.high ?? 0)}</span>}
    </span>
  );
}

function Readers({ readers }: { readers: readonly ReaderAgreement[] }): JSX.Element | null {
  if (!readers.length) return null;
  return (
    <>
      <h2>Who reads</h2>
      <div class="scroll">
        <table class="readers">
          <thead>
            <tr>
              <th scope="col">Reader</th>
              <th scope="col" class="number">Cards</th>
              <th scope="col" class="number">Time a card</th>
              <th scope="col" class="number">Read twice</th>
              <th scope="col" class="number">Overall the same again</th>
            </tr>
          </thead>
          <tbody>
            {readers.map((each) => (
              <tr key={each.name}>
                <th scope="row">{visible(each.name)}</th>
                <td class="number">{each.done} of {each.total}</td>
                <td class="number">{each.seconds === null ? "–" : `${Math.round(each.seconds)} s`}</td>
                <td class="number">{each.twice}</td>
                <td class="number">{share(each.equal)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function two(value: number): string {
  return value.toFixed(2).replace("-", "−");
}

function signed(value: number): string {
  return (value < 0 ? "" : "+") + two(value);
}

function share(of: Measurement): string {
  return of.value === null ? "–" : `${Math.round(100 * of.value)} %`;
}
