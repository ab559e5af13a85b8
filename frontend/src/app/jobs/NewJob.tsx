/* A new job: what it is to do, what that takes, and its start. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { number } from "../../text";
import { Words } from "../../Words";
import { explain, useAnswers } from "../answers";
import type { JobEstimate, JobRequest, JobsAnswer, PlaceAnswer } from "../api";
import { clearForm, form, hasOwnServer, judgesOf, modelsOf, requestOf, type JobForm } from "./form";
import { costOf, duration } from "./words";

const KINDS: readonly (readonly [JobRequest["kind"], string, string])[] = [
  ["study", "A study", "Cards of many models: rated, related to downloads and likes, drawn on a map."],
  ["panel", "A panel", "A study that is here, rated by language models too; its report then shows their ratings."],
  ["portfolio", "Drafts", "A better card for every model of a user or an organisation; nothing is sent."],
  ["snapshot", "A snapshot", "What the Hub counts today of the models of a ledger or a study."],
];

interface NewJobProps {
  all: JobsAnswer;
  onStart: (answer: JobsAnswer) => void;
}

export function NewJob({ all, onStart }: NewJobProps): JSX.Element {
  const answers = useAnswers();
  const written = withPlace(form.value, all);
  const request = requestOf(written);
  const key = JSON.stringify(request);
  const [estimate, setEstimate] = useState<readonly [string, JobEstimate] | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [wrong, setWrong] = useState<readonly [string, string]>(["", ""]);
  const run = async (work: () => Promise<void>): Promise<void> => {
    setIsBusy(true);
    setWrong(["", ""]);
    try {
      await work();
    } catch (error) {
      setWrong([key, explain(error)]);
    }
    setIsBusy(false);
  };
  const learn = (wanted: JobRequest): void => void run(async () => setEstimate([key, await answers.estimateJob(wanted)]));
  const start = (wanted: JobRequest): void => void run(async () => {
    const answer = await answers.startJob(wanted);
    setEstimate(null);
    clearForm();
    onStart(answer);
  });
  const known = estimate && estimate[0] === key ? estimate[1] : null;
  return (
    <section class="new-job" aria-label="A new job">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (request && !isBusy) (known ? start : learn)(request);
        }}
      >
        <fieldset class="kinds">
          <legend>A new job</legend>
          {KINDS.map(([kind, name]) => (
            <label key={kind}>
              <input type="radio" name="kind" checked={written.kind === kind}
                onChange={() => change({ kind, folder: "" })} />
              <span>{name}</span>
            </label>
          ))}
        </fieldset>
        {written.kind && <p class="quiet">{KINDS.find(([kind]) => kind === written.kind)?.[2]}</p>}
        {written.kind && <Fields written={written} all={all} />}
        {wrong[0] === key && wrong[1] && <p class="wrong" role="alert"><Words text={wrong[1]} /></p>}
        <div aria-live="polite">{known && <Estimate estimate={known} />}</div>
        {request && (
          <p class="acts">
            <button type="submit" class="main" aria-disabled={isBusy}>
              {known ? (isBusy ? "Starting …" : "Start") : isBusy ? "Estimating …" : "Estimate"}
            </button>
            {!known && <span class="quiet">This starts nothing.</span>}
          </p>
        )}
      </form>
    </section>
  );
}

function change(part: Partial<JobForm>): void {
  form.value = { ...form.value, ...part };
}

/** A study or ledger that is there is chosen from the beginning. */
function withPlace(written: JobForm, { studies, ledgers }: JobsAnswer): JobForm {
  const places = written.kind === "panel" ? studies : written.kind === "snapshot" ? ledgers : [];
  const isThere = places.some(({ folder }) => folder === written.folder);
  return isThere ? written : { ...written, folder: places[0]?.folder ?? "" };
}

/* Fields ---------------------------------------------------------------------------------------- */

function Fields({ written, all }: { written: JobForm; all: JobsAnswer }): JSX.Element {
  if (written.kind === "portfolio") {
    return <div class="fields"><Field name="owner" label="User or organisation" placeholder="my-organisation" /></div>;
  }
  if (written.kind === "snapshot") return <div class="fields"><Place written={written} places={all.ledgers} what="ledger" /></div>;
  return (
    <>
      <div class="fields">
        {written.kind === "panel" ? <Place written={written} places={all.studies} what="study" /> : <Origin written={written} all={all} />}
      </div>
      <Judges written={written} />
    </>
  );
}

function Origin({ written, all }: { written: JobForm; all: JobsAnswer }): JSX.Element {
  if (all.is_study) return <p>The app shows one study. For another, serve the folder that it is in.</p>;
  const isHub = written.from === "hub";
  return (
    <>
      <label>
        Cards from
        <select value={written.from} onChange={(event) => change({ from: event.currentTarget.value as JobForm["from"] })}>
          <option value="hub">the Hub</option>
          <option value="here">a file or folder here</option>
        </select>
      </label>
      {isHub ? <Field name="owner" label="Of whom" placeholder="everybody" /> : <Field name="source" label="File or folder" placeholder="cards.jsonl" />}
      <Field name="limit" label="Models at most" numeric />
      <Field name="name" label="Its new folder" />
      {isHub && (
        <details class="narrow">
          <summary>Only some of them</summary>
          <div class="fields">
            <Field name="task" label="Task" placeholder="text-generation" />
            <Field name="library" label="Library" placeholder="transformers" />
            <Field name="search" label="In the name" />
          </div>
        </details>
      )}
    </>
  );
}

function Place({ written, places, what }: { written: JobForm; places: readonly PlaceAnswer[]; what: string }): JSX.Element {
  if (!places.length) return <p>There is no {what} in this folder yet.</p>;
  return (
    <label>
      Which
      <select value={written.folder} onChange={(event) => change({ folder: event.currentTarget.value })}>
        {places.map(({ name, folder }) => <option key={folder} value={folder}>{name}</option>)}
      </select>
    </label>
  );
}

function Judges({ written }: { written: JobForm }): JSX.Element {
  const several = judgesOf(written).length;
  return (
    <fieldset class="judges">
      <legend>Who rates</legend>
      <div class="fields">
        <label class="check">
          <input type="checkbox" checked={written.builtIn} onChange={(event) => change({ builtIn: event.currentTarget.checked })} />
          The built-in judge
        </label>
        <Field name="models" label="Language models" placeholder="openai/gpt-5-mini" />
        {modelsOf(written).length > 0 && (
          <>
            {several > 1 && (
              <label>
                Together
                <select value={written.combine} onChange={(event) => change({ combine: event.currentTarget.value as JobForm["combine"] })}>
                  <option value="apart">each for itself</option>
                  <option value="median">their median</option>
                  <option value="severity">their mean without strictness</option>
                  {several === 2 && <option value="cascade">the second where the first is unsure</option>}
                </select>
              </label>
            )}
            <Field name="maxCost" label="US dollars at most" numeric />
            <Field name="maxCalls" label="Calls at most" numeric placeholder="no limit" />
            {hasOwnServer(written) && <Field name="server" label="Address of the server" placeholder="its usual one" />}
            <details class="narrow">
              <summary>A model whose price is not in the list</summary>
              <div class="fields">
                <Field name="priceIn" label="Dollars a million tokens in" numeric />
                <Field name="priceOut" label="and out" numeric />
              </div>
            </details>
          </>
        )}
      </div>
    </fieldset>
  );
}

type TextField = { [Name in keyof JobForm]: JobForm[Name] extends string ? (string extends JobForm[Name] ? Name : never) : never }[keyof JobForm];

interface FieldProps {
  name: TextField;
  label: string;
  placeholder?: string;
  numeric?: boolean;
}

function Field({ name, label, placeholder, numeric = false }: FieldProps): JSX.Element {
  return (
    <label>
      {label}
      <input value={form.value[name]} placeholder={placeholder ?? ""} inputMode={numeric ? "decimal" : "text"}
        class={numeric ? "number" : ""} autocomplete="off" autocapitalize="none" spellcheck={false}
        onInput={(event) => change({ [name]: event.currentTarget.value })} />
    </label>
  );
}

/* Estimate ---------------------------------------------------------------------------------------- */

function Estimate({ estimate }: { estimate: JobEstimate }): JSX.Element {
  const { cards, is_exact: isExact, requests, seconds, costs, notes } = estimate;
  const calls = costs.reduce((sum, cost) => sum + cost.calls, 0);
  return (
    <>
      <dl class="estimate">
        <div><dt>Cards</dt><dd>{isExact ? "" : "up to "}{number(cards)}</dd></div>
        <div><dt>Requests to the Hub</dt><dd>{requests ? `about ${number(requests)}` : "none"}</dd></div>
        {costs.length > 0 && <div><dt>Calls of language models</dt><dd>about {number(calls)}</dd></div>}
        {costs.length > 0 && <div><dt>Cost</dt><dd>{costOf(estimate)}</dd></div>}
        <div><dt>Time</dt><dd>about {duration(seconds)}</dd></div>
      </dl>
      {notes.map((note) => <p key={note} class="quiet"><Words text={note} /></p>)}
    </>
  );
}
