/* A ledger: what followed the changes of all its cards, and each of its models in a line. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { count, dayOf, number, visible } from "../../text";
import { Id } from "../../Words";
import { explain, useAnswers } from "../answers";
import type { EffectsAnswer, LedgerView, WatchedCard } from "../api";
import { addressOf } from "../route";
import { useAnswer } from "../useAnswer";
import { within } from "../within";
import { Level } from "../../marks";
import { Chart, Spark } from "./parts";
import { lastOf } from "./spark";

const FIRST = 25;
/** Days of the last of which downloads are shown as a number. */
const MONTH = 30;

export function Ledger({ ledger }: { ledger: string }): JSX.Element {
  const answers = useAnswers();
  const [view, wrong] = useAnswer((signal) => answers.ledger({ ledger }, signal), [ledger]);
  if (wrong) {
    return (
      <>
        <h1 tabIndex={-1}>{visible(ledger)}</h1>
        <p role="alert" class="wrong">{wrong}</p>
      </>
    );
  }
  if (view === null) return <p class="quiet" role="status">Reading {visible(ledger)} …</p>;
  return (
    <>
      <h1 tabIndex={-1}>{title(view)}</h1>
      <p class="lede">{about(ledger, view)}</p>
      {view.cards.some(({ changes }) => changes) && <Effects ledger={ledger} />}
      {view.cards.length > 0 && <Models ledger={ledger} view={view} />}
    </>
  );
}

function title({ models, first_day }: LedgerView): string {
  if (!models) return "No model is watched for itself";
  return first_day ? `${count(models, "model")} watched since ${dayOf(first_day)}` : `${count(models, "model")} watched, nothing counted yet`;
}

function about(ledger: string, { donors, last_day }: LedgerView): string {
  const parts = [
    visible(ledger),
    last_day && `counted until ${dayOf(last_day)}`,
    donors > 0 && `${count(donors, "model")} to compare with`,
  ];
  return parts.filter(Boolean).join(" · ");
}

/* Models -------------------------------------------------------------------------------------- */

function Models({ ledger, view }: { ledger: string; view: LedgerView }): JSX.Element {
  const [shown, setShown] = useState(FIRST);
  return (
    <section>
      <h2>Model by model</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Models">
        <table class="watched">
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">New downloads a day</th>
              <th scope="col" class="number month">Last {MONTH} days</th>
              <th scope="col">Rating</th>
              <th scope="col" class="number wide-only">Changes</th>
              <th scope="col" class="wide-only">Last one</th>
            </tr>
          </thead>
          <tbody>
            {view.cards.slice(0, shown).map((card) => <Row key={card.id} ledger={ledger} card={card} />)}
          </tbody>
        </table>
      </div>
      {view.models > view.cards.length && <p class="quiet">The first {number(view.cards.length)} by name.</p>}
      {view.cards.length > shown && (
        <button type="button" onClick={() => setShown(view.cards.length)}>Show all {number(view.cards.length)}</button>
      )}
    </section>
  );
}

function Row({ ledger, card }: { ledger: string; card: WatchedCard }): JSX.Element {
  const last = lastOf(card.new, MONTH);
  const moved = card.first_rating !== null && card.rating !== null && card.first_rating.toFixed(1) !== card.rating.toFixed(1);
  return (
    <tr>
      <th scope="row"><a href={addressOf("time", within(ledger, card.id))}><bdi><Id text={card.id} /></bdi></a></th>
      <td>
        {card.new.length
          ? <Spark counts={card.new} label={`${card.new.length} days`} />
          : <span class="quiet">nothing counted yet</span>}
      </td>
      <td class="number month">
        {last.known ? number(last.sum) : "–"}
        {last.known > 0 && last.known < MONTH && <span class="sub">of {count(last.known, "known day")}</span>}
      </td>
      <td class="rating">
        {card.changes === null
          ? <span class="quiet">not read yet</span>
          : <>{moved && <span class="earlier"><Level value={card.first_rating} /> → </span>}<Level value={card.rating} /></>}
      </td>
      <td class="number wide-only">{card.changes ?? "–"}</td>
      <td class="day wide-only">{card.last_change ? dayOf(card.last_change) : ""}</td>
    </tr>
  );
}

/* Effects ------------------------------------------------------------------------------------- */

function Effects({ ledger }: { ledger: string }): JSX.Element {
  const answers = useAnswers();
  const [found, setFound] = useState<EffectsAnswer | "asking" | Error | null>(null);
  const result = useRef<HTMLDivElement>(null);
  const ask = async (): Promise<void> => {
    setFound("asking");
    try {
      setFound(await answers.effects({ ledger }));
      result.current?.focus();
    } catch (error) {
      setFound(new Error(explain(error)));
    }
  };
  const isShown = found !== null && found !== "asking" && !(found instanceof Error);
  return (
    <section class="effects-of">
      {!isShown && (
        <>
          <h2>What followed the changes of the cards</h2>
          <p>
            New downloads after each change are compared with those before it, less those of models like them whose
            cards stayed as they were.
          </p>
          <button type="button" class="main" aria-disabled={found === "asking"}
            onClick={() => { if (found !== "asking") void ask(); }}>
            Look at all models together
          </button>
        </>
      )}
      <div aria-live="polite" aria-busy={found === "asking"} ref={result} tabIndex={-1} class="verdict">
        {found === "asking" && <p class="quiet">Comparing …</p>}
        {found instanceof Error && <p role="alert" class="wrong">{found.message}</p>}
        {isShown && <Verdict effects={found} />}
      </div>
    </section>
  );
}

function Verdict({ effects }: { effects: EffectsAnswer }): JSX.Element {
  const [first, second, ...others] = effects.charts;
  const left = effects.left_out.reduce((sum, { number: some }) => sum + some, 0);
  return (
    <>
      <h2>{visible(effects.verdict)}</h2>
      {effects.basis && <p class="quiet">{visible(effects.basis)}.</p>}
      <div class="figures">
        {first && <Chart chart={first} isTitled={false} />}
        {second && <Chart chart={second} />}
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label="Outcomes">
        <table>
          <thead><tr><th scope="col">Outcome</th><th scope="col">Change, 95 % interval</th><th scope="col">What may be said</th></tr></thead>
          <tbody>
            {effects.outcomes.map(({ name, change, verdict }) => (
              <tr key={name}><th scope="row">{name}</th><td>{change}</td><td>{visible(verdict)}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
      {effects.note && <p>{visible(effects.note)}</p>}
      {effects.checks.length > 0 && (
        <details>
          <summary>What was checked</summary>
          <dl class="terms">
            {effects.checks.map(({ name, result }) => <div key={name}><dt>{name}</dt><dd>{visible(result)}</dd></div>)}
          </dl>
        </details>
      )}
      {others.length > 0 && (
        <details>
          <summary>By how much the rating rose, and what would show</summary>
          <div class="figures">{others.map((chart) => <Chart key={chart.title} chart={chart} />)}</div>
        </details>
      )}
      {left > 0 && (
        <details>
          <summary>{count(left, "changed model")} left out</summary>
          <ul>{effects.left_out.map(({ reason, number: some }) => <li key={reason}>{number(some)}: {visible(reason)}</li>)}</ul>
        </details>
      )}
    </>
  );
}
