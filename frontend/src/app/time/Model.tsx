/* One model: its days with what happened, its card's ratings, and each change of it. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { count, dayOf, number, sentence, visible } from "../../text";
import { Id } from "../../Words";
import { explain, useAnswers } from "../answers";
import type { ChangeOfCard, ComparedAnswer, HistoryAnswer, SeriesAnswer, UnknownDays } from "../api";
import { addressOf } from "../route";
import { useAnswer } from "../useAnswer";
import { Level } from "../../marks";
import { Chart } from "./parts";

interface Props {
  ledger: string;
  model: string;
}

/** A model that a ledger watches. */
export function Model({ ledger, model }: Props): JSX.Element {
  const answers = useAnswers();
  const [times, setTimes] = useState(0);
  const [series, unread] = useAnswer((signal) => answers.series({ ledger, model }, signal), [times]);
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState<"" | "history" | "compare">("");
  const [compared, setCompared] = useState<ComparedAnswer | null>(null);
  const act = async (what: "history" | "compare", run: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(what);
    setWrong("");
    try {
      await run();
    } catch (error) {
      setWrong(explain(error));
    }
    setBusy("");
  };
  const read = (): Promise<void> => act("history", async () => {
    await answers.readHistory({ ledger, model });
    setCompared(null);
    setTimes(times + 1);
  });
  const compare = (): Promise<void> => act("compare", async () => {
    setCompared(await answers.compare({ ledger, model }));
  });
  const chart = compared?.chart ?? series?.chart;
  const history = series?.history ?? null;
  return (
    <div class="time">
      <nav class="leaf-bar" aria-label="Ledger"><a href={addressOf("time", ledger)}>All models of {visible(ledger)}</a></nav>
      <h1 tabIndex={-1}><bdi><Id text={series?.model ?? model} /></bdi></h1>
      <p class="lede">{history ? sentence(history.headline) : series && "No history of its card is kept."}</p>
      <div class="acts">
        {history && series?.chart && (
          <button type="button" aria-disabled={busy !== ""} onClick={() => void compare()}>Compare with models like it</button>
        )}
        <button type="button" aria-disabled={busy !== ""} onClick={() => void read()}>
          {history ? "Read its history again" : "Read its history from the Hub"}
        </button>
        <span role="status" class="quiet">{busy === "history" ? "Reading …" : busy === "compare" ? "Comparing …" : ""}</span>
      </div>
      {(wrong || unread) && <p role="alert" class="wrong">{wrong || unread}</p>}
      <div aria-live="polite">
        {compared?.sentences.map((each, i) => <p key={each} class={i ? undefined : "answer"}>{visible(each)}</p>)}
      </div>
      <div class="figures">
        {chart && <Chart chart={chart} />}
        {history?.chart && <Chart chart={history.chart} />}
      </div>
      {series && <Days series={series} />}
      {history && <History history={history} />}
    </div>
  );
}

/** The history of a card alone. */
export function Past({ model }: { model: string }): JSX.Element {
  const answers = useAnswers();
  const [history, wrong] = useAnswer((signal) => answers.readHistory({ model }, signal));
  return (
    <div class="time">
      <nav class="leaf-bar" aria-label="Over time"><a href={addressOf("time")}>Over time</a></nav>
      <h1 tabIndex={-1}><bdi><Id text={history?.model ?? model} /></bdi></h1>
      {!history && !wrong && <p class="quiet" role="status">Reading its history …</p>}
      {wrong && <p role="alert" class="wrong">{wrong}</p>}
      {history && (
        <>
          <p class="lede">{sentence(history.headline)}</p>
          {history.chart && <div class="figures"><Chart chart={history.chart} /></div>}
          <History history={history} />
        </>
      )}
    </div>
  );
}

/* Days that are not known --------------------------------------------------------------------- */

function Days({ series }: { series: SeriesAnswer }): JSX.Element | null {
  const { known, days, unknown } = series;
  if (!days) return <p class="quiet">No day of it was counted yet.</p>;
  if (known === days) return null;
  return (
    <details>
      <summary>{count(days - known, "day")} of {number(days)} not known</summary>
      <ul>
        {unknown.map((each) => (
          <li key={each.first}>{spanOf(each)}: {number(each.new)} new downloads together ({visible(each.why)})</li>
        ))}
      </ul>
    </details>
  );
}

function spanOf({ first, last }: UnknownDays): string {
  return first === last ? dayOf(first) : `${dayOf(first)} to ${dayOf(last)}`;
}

/* Changes ------------------------------------------------------------------------------------- */

function History({ history }: { history: HistoryAnswer }): JSX.Element {
  const isBarred = history.changes.some(({ is_change, reasons }) => is_change && reasons.length > 0);
  return (
    <>
      {history.lost.map((lost) => <p key={lost} class="lost">{sentence(lost)}</p>)}
      {history.restores && (
        <p class="quiet">To go on from it: <code>cardiogram improve {visible(history.model)} --restore</code></p>
      )}
      {history.changes.length > 0 && (
        <section>
          <h2>What changed</h2>
          <div class="scroll" tabIndex={0} role="region" aria-label="Changes of the card">
            <table class="changes">
              <thead>
                <tr><th scope="col">Day</th><th scope="col">Rating</th><th scope="col">Change</th></tr>
              </thead>
              <tbody>{history.changes.map((change) => <Row key={change.commit} change={change} />)}</tbody>
            </table>
          </div>
          {history.earlier > 0 && <p class="quiet">{count(history.earlier, "earlier change")} not listed.</p>}
          {isBarred && <p class="quiet">An effect can be looked for only after a change of README.md alone.</p>}
        </section>
      )}
      {history.problems.map((problem) => <p key={problem} class="quiet">{sentence(problem)}</p>)}
    </>
  );
}

function Row({ change }: { change: ChangeOfCard }): JSX.Element {
  const { before, after, moves, reasons, title, pull_request: request } = change;
  return (
    <tr>
      <td class="day">{dayOf(change.day)}</td>
      <td class="rating">{before !== null && <><Level value={before} /> → </>}<Level value={after} /></td>
      <td>
        {visible([change.what, moves].filter(Boolean).join(": "))}
        {request !== null && ` (your pull request ${request})`}
        <span class="sub quiet">{visible(title)}, <code>{change.commit.slice(0, 7)}</code></span>
        {change.is_change && reasons.length > 0 && (
          <span class="sub quiet">No effect can be looked for: {visible(reasons.join("; "))}</span>
        )}
      </td>
    </tr>
  );
}
