/* Over time: a ledger's models, one of them, or the history of any card. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import "../../css/app/time.css";
import { visible } from "../../text";
import type { ViewProps } from "../App";
import { useAnswers } from "../answers";
import { addressOf, go } from "../route";
import { useAnswer } from "../useAnswer";
import { readWithin, within } from "../within";
import { Ledger } from "./Ledger";
import { Model, Past } from "./Model";

export function TimeView({ about }: ViewProps): JSX.Element {
  const [ledger, model] = readWithin(about);
  if (model && !ledger) return <Past key={model} model={model} />;
  return <Within ledger={ledger} model={model} />;
}

/** A view of a ledger; where none is named, of the only one that there is. */
function Within({ ledger, model }: { ledger: string; model: string }): JSX.Element {
  const answers = useAnswers();
  const [answer, wrong] = useAnswer((signal) => answers.ledgers(signal));
  if (wrong) return <p role="alert" class="wrong">{wrong}</p>;
  if (answer === null) return <p class="quiet" role="status">…</p>;
  const { ledgers } = answer;
  const shown = ledger || (ledgers.length === 1 ? ledgers[0]! : "");
  if (shown && model) return <Model key={`${shown} ${model}`} ledger={shown} model={model} />;
  if (shown) {
    return (
      <div class="time">
        <Ledger key={shown} ledger={shown} />
        <AnyCard />
      </div>
    );
  }
  return (
    <div class="time">
      <h1 tabIndex={-1}>What became of your cards</h1>
      {ledgers.length === 0 && (
        <p class="lede">
          No ledger is in this folder yet. One keeps the downloads of your models day by day, so that the effect of a
          better card can be seen: <code>cardiogram track add OWNER/NAME</code>, then once a day{" "}
          <code>cardiogram track snapshot</code>.
        </p>
      )}
      <ul class="plain-list">
        {ledgers.map((name) => <li key={name}><a href={addressOf("time", name)}>{visible(name)}</a></li>)}
      </ul>
      <AnyCard />
    </div>
  );
}

/** The history of a card that no ledger watches. */
function AnyCard(): JSX.Element {
  const [id, setId] = useState("");
  return (
    <section>
      <h2>The history of any card</h2>
      <form
        class="about-form"
        onSubmit={(event) => {
          event.preventDefault();
          go("time", within("", id.trim()));
        }}
      >
        <label>
          A model on the Hub, or a folder here that is in git
          <input required value={id} placeholder="owner/name or ./my-model" autocomplete="off" autocapitalize="none"
            spellcheck={false} onInput={(event) => setId(event.currentTarget.value)} />
        </label>
        <button type="submit" class="main">Read its history</button>
      </form>
    </section>
  );
}
