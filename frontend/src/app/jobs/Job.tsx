/* A job: how far it is, what came of it, and what can be done with it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Level } from "../../marks";
import { number, visible } from "../../text";
import { Id, Words } from "../../Words";
import { explain, useAnswers } from "../answers";
import type { JobAnswer, JobsAnswer, KeptDraft, StepAnswer } from "../api";
import { addressOf } from "../route";
import { duration, isLive, momentOf, spentOf, STATUS, titleOf } from "./words";

export function Job({ job, onAnswer }: { job: JobAnswer; onAnswer: (answer: JobsAnswer) => void }): JSX.Element {
  const title = titleOf(job.request);
  const spent = spentOf(job);
  const isOver = !isLive(job);
  return (
    <article class="job" aria-labelledby={`job-${job.id}`}>
      <h3 id={`job-${job.id}`} tabIndex={-1}><bdi>{title}</bdi></h3>
      <p class="quiet number">
        <span class={`status ${job.status}`}>{STATUS[job.status]}</span>, begun {momentOf(job.began)}
        {spent && `; ${spent}`}
      </p>
      {job.error && <p class="wrong"><Words text={`${job.error}. ${job.hint}`} /></p>}
      {job.lines.length > 0 && <ul class="plain-list came">{job.lines.map((line) => <li key={line}>{visible(line)}</li>)}</ul>}
      {job.steps.length > 0 && job.status !== "done" && <Steps job={job} />}
      {job.drafts > 0 && <Drafts job={job} />}
      <Acts job={job} isOver={isOver} title={title} onAnswer={onAnswer} />
    </article>
  );
}

function Steps({ job }: { job: JobAnswer }): JSX.Element {
  return (
    <ol class="job-steps">
      {job.steps.map((step) => <Step key={step.name} step={step} isLive={isLive(job)} />)}
    </ol>
  );
}

function Step({ step, isLive }: { step: StepAnswer; isLive: boolean }): JSX.Element {
  const { name, done, total, seconds, seconds_left: left, is_done: isDone } = step;
  const figure = total === null ? (done ? number(done) : "") : total > 1 ? `${number(done)} of ${number(total)}` : "";
  const time = isDone || !isLive ? duration(seconds) : left !== null ? `${duration(left)} left` : duration(seconds);
  return (
    <li class={isDone ? "is-done" : ""}>
      <span>{name}</span>
      {total === null || total < 2 ? <span /> : <progress aria-label={name} max={total} value={done} />}
      <span class="number">{figure}</span>
      <span class="number">{time}</span>
    </li>
  );
}

/* What can be done ---------------------------------------------------------------------------- */

interface ActsProps {
  job: JobAnswer;
  isOver: boolean;
  title: string;
  onAnswer: (answer: JobsAnswer) => void;
}

function Acts({ job, isOver, title, onAnswer }: ActsProps): JSX.Element {
  const answers = useAnswers();
  const [wrong, setWrong] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const [isSure, setIsSure] = useState(false);
  const act = async (call: (question: { id: string }) => Promise<JobsAnswer>): Promise<void> => {
    if (isBusy) return;
    setIsBusy(true);
    setWrong("");
    try {
      onAnswer(await call({ id: job.id }));
      requestAnimationFrame(() => (document.getElementById(`job-${job.id}`) ?? document.getElementById("so-far"))?.focus());
    } catch (error) {
      setWrong(explain(error));
    }
    setIsBusy(false);
  };
  const button = (label: string, call: () => void): JSX.Element => (
    <button type="button" aria-label={`${label}: ${title}`} aria-disabled={isBusy} onClick={call}>{label}</button>
  );
  const remove = (): void => void act(answers.removeJob);
  return (
    <>
      <p class="acts">
        {job.study && isOver && <a class="button" href={`/studies/${encodeURIComponent(job.study)}/`}>Open the study</a>}
        {job.status === "running" && button("Stop", () => void act(answers.stopJob))}
        {job.status === "stopping" && <span class="quiet">It stops at its next step, or in a few seconds.</span>}
        {job.can_resume && button("Resume", () => void act(answers.resumeJob))}
        {isOver && !isSure && button("Remove from this list", job.drafts ? () => setIsSure(true) : remove)}
        {isOver && isSure && (
          <>
            <span>Its drafts go with it.</span>
            {button(`Remove ${number(job.drafts)} draft${job.drafts === 1 ? "" : "s"}`, remove)}
            {button("Keep", () => setIsSure(false))}
          </>
        )}
      </p>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
    </>
  );
}

/* Drafts of a portfolio ------------------------------------------------------------------------ */

function Drafts({ job }: { job: JobAnswer }): JSX.Element {
  const answers = useAnswers();
  const [drafts, setDrafts] = useState<readonly KeptDraft[] | string>([]);
  const load = (isOpen: boolean): void => {
    if (!isOpen) return;
    answers.jobDrafts({ id: job.id }).then(
      ({ drafts: found }) => setDrafts(found),
      (error: unknown) => setDrafts(explain(error)),
    );
  };
  return (
    <details onToggle={(event) => load(event.currentTarget.open)}>
      <summary>{number(job.drafts)} draft{job.drafts === 1 ? "" : "s"}, most worth first</summary>
      {typeof drafts === "string" ? <p class="wrong">{drafts}</p> : (
        <div class="scroll">
          <table>
            <thead>
              <tr><th>Model</th><th class="number">Rating</th><th class="number">Drafted</th><th class="number">Changes</th><th class="number">Questions</th></tr>
            </thead>
            <tbody>
              {drafts.map((draft) => (
                <tr key={draft.id}>
                  <th scope="row"><a href={addressOf("improve", draft.id)}><Id text={draft.id} /></a></th>
                  <td class="number"><Level value={draft.before} /></td>
                  <td class="number"><Level value={draft.after} /></td>
                  <td class="number">{draft.changes}</td>
                  <td class="number">{draft.questions}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="quiet">Their files are in <code>jobs/{job.id}/drafts</code>.</p>
        </div>
      )}
    </details>
  );
}
