/* Work that takes longer than a page waits: begun here, and followed. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import "../../css/app/jobs.css";
import type { ViewProps } from "../App";
import { explain, isPassing, useAnswers } from "../answers";
import type { JobsAnswer } from "../api";
import { Job } from "./Job";
import { NewJob } from "./NewJob";
import { isLive, STATUS, titleOf } from "./words";

/** How often jobs are looked at, in milliseconds: while one runs, and else. */
const OFTEN = 1000;
const SELDOM = 15_000;

export function JobsView(_: ViewProps): JSX.Element {
  const { all, wrong, show } = useJobs();
  const place = useRef<HTMLDivElement>(null);
  const begun = (answer: JobsAnswer): void => {
    show(answer);
    requestAnimationFrame(() => place.current?.querySelector<HTMLElement>(".job h3")?.focus());
  };
  return (
    <div class="jobs" ref={place}>
      <h1 tabIndex={-1}>Jobs</h1>
      <p class="lede">
        Long work, which goes on when this page is closed, and when the app is.
      </p>
      {wrong && <p class="wrong" role="alert">{wrong}</p>}
      {all && <NewJob all={all} onStart={begun} />}
      {all && (
        <section aria-labelledby="so-far">
          <h2 id="so-far" tabIndex={-1}>{all.jobs.length ? "So far" : "None so far"}</h2>
          {all.jobs.map((job) => <Job key={job.id} job={job} onAnswer={show} />)}
        </section>
      )}
      <Said all={all} />
    </div>
  );
}

/** The jobs as they are now, looked at again and again. */
function useJobs(): { all: JobsAnswer | null; wrong: string; show: (answer: JobsAnswer) => void } {
  const answers = useAnswers();
  const [all, setAll] = useState<JobsAnswer | null>(null);
  const [wrong, setWrong] = useState("");
  const again = useRef<() => void>(() => {});
  const show = (answer: JobsAnswer): void => {
    setAll(answer);
    setWrong("");
    again.current();
  };
  useEffect(() => {
    const request = new AbortController();
    let timer = 0;
    const look = async (): Promise<void> => {
      let pause = OFTEN;
      try {
        const answer = await answers.jobs(request.signal);
        if (request.signal.aborted) return;
        setAll(answer);
        setWrong("");
        pause = answer.jobs.some(isLive) ? OFTEN : SELDOM;
      } catch (error) {
        if (request.signal.aborted) return;
        setWrong(explain(error));
        if (!isPassing(error)) return;
      }
      clearTimeout(timer);
      timer = window.setTimeout(() => void look(), pause);
    };
    again.current = () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => void look(), OFTEN);
    };
    const onSight = (): void => {
      if (document.visibilityState === "visible") again.current();
    };
    document.addEventListener("visibilitychange", onSight);
    void look();
    return () => {
      request.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onSight);
    };
  }, []);
  return { all, wrong, show };
}

/** For those who hear the page: what has begun or ended since the last look. */
function Said({ all }: { all: JobsAnswer | null }): JSX.Element {
  const before = useRef<ReadonlyMap<string, string> | null>(null);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (!all) return;
    const known = before.current;
    const news = known ? all.jobs.filter((job) => known.get(job.id) !== job.status) : [];
    if (news.length) setWords(news.map((job) => `${titleOf(job.request)}: ${STATUS[job.status]}`).join(". "));
    before.current = new Map(all.jobs.map((job) => [job.id, job.status]));
  }, [all]);
  return <p class="unseen" role="status">{words}</p>;
}
