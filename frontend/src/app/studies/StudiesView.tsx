/* The studies of the folder, and two of them side by side. */

import type { JSX } from "preact";
import "../../css/app/studies.css";
import { dayOf, number, visible } from "../../text";
import type { ViewProps } from "../App";
import { useAnswers } from "../answers";
import type { StudySummary } from "../api";
import { useAnswer } from "../useAnswer";
import { readWithin } from "../within";
import { Bars } from "./Bars";
import { Comparison, ComparisonForm } from "./Comparison";

export function StudiesView({ about, isPublic }: ViewProps): JSX.Element {
  const [study, earlier] = readWithin(about);
  if (study && earlier) return <Comparison key={about} study={study} earlier={earlier} />;
  return <Studies isPublic={isPublic} />;
}

function Studies({ isPublic }: { isPublic: boolean }): JSX.Element {
  const answers = useAnswers();
  const [answer, wrong] = useAnswer((signal) => answers.studies(signal));
  const studies = answer?.studies ?? null;
  const whole = studies?.filter(({ problem }) => !problem) ?? [];
  const begun = studies?.filter(({ problem }) => problem) ?? [];
  return (
    <div class="studies">
      <h1 tabIndex={-1}>Studies</h1>
      <p class="lede">Cards of many models, rated and related to downloads and likes.</p>
      {wrong && <p role="alert" class="wrong">{wrong}</p>}
      {!wrong && studies === null && <p class="quiet" role="status">…</p>}
      {studies?.length === 0 && <None isPublic={isPublic} />}
      {studies !== null && studies.length > 0 && (
        <ul class="plain-list">
          {[...whole, ...begun].map((study) => <li key={study.name}><Summary study={study} /></li>)}
        </ul>
      )}
      {whole.length > 1 && <ComparisonForm studies={whole} />}
    </div>
  );
}

function None({ isPublic }: { isPublic: boolean }): JSX.Element {
  if (isPublic) return <p class="lede">There are none here yet.</p>;
  return (
    <p class="lede">
      There are none in this folder yet. <a href="#jobs">Start one</a>, or in a terminal:{" "}
      <code>cardiogram study my-study --limit 500</code>
    </p>
  );
}

function Summary({ study }: { study: StudySummary }): JSX.Element {
  if (study.problem) {
    return (
      <>
        <h2>{visible(study.name)}</h2>
        <p>{visible(study.problem)}. <span class="quiet">{visible(study.hint)}</span></p>
      </>
    );
  }
  const judge = study.judge === "embedded" ? "the built-in judge" : visible(study.judge);
  const mean = study.mean === null ? "" : `, ${study.mean.toFixed(1)} on average`;
  return (
    <div class="study-of">
      <div>
        <h2><a href={study.address}>{visible(study.name)}</a></h2>
        {study.conclusions.map((words) => <p key={words} class="found">{visible(words)}.</p>)}
        <p class="quiet">
          {number(study.models)} models by {number(study.authors)} authors{study.day && <>, <span class="day">{dayOf(study.day)}</span></>}.{" "}
          {number(study.rated)} rated by {judge}{mean}.
        </p>
      </div>
      {study.rated > 0 && <Bars counts={study.histogram} />}
    </div>
  );
}
