/* What proves a sentence: the value, and the places where it stands. */

import type { JSX } from "preact";
import type { DraftedSentence, FactAnswer, SourceAnswer } from "../api";
import { visible } from "../../text";
import { isAbsent, nameOfFact } from "./said";

/** Places that are shown; all of them agree. */
const MOST = 3;

export function Proof({ id, sentence }: { id: string; sentence: DraftedSentence }): JSX.Element {
  return (
    <div class="proof" id={id} role="group" aria-label="What proves it">
      {sentence.answered && !sentence.facts.length && <p>Your answer: no file proves it.</p>}
      {sentence.facts.map((fact, i) => <ProvenFact key={i} fact={fact} />)}
    </div>
  );
}

function ProvenFact({ fact }: { fact: FactAnswer }): JSX.Element {
  const { name, about, shown, unit, how, note, sources } = fact;
  return (
    <div>
      <p>
        {visible(`${nameOfFact(name, about)}: `)}
        <b class="number">{visible(shown)}</b>
        {unit && !name.startsWith(unit) && ` ${unit}`}
        {how === "computed" && <span class="quiet"> computed from</span>}
      </p>
      <Places sources={sources} />
      {note && <p class="quiet">{visible(note)}</p>}
    </div>
  );
}

/** Places, the strongest first: file, field, value. */
export function Places({ sources }: { sources: readonly SourceAnswer[] }): JSX.Element {
  const more = sources.length - MOST;
  return (
    <ul class="places">
      {sources.slice(0, MOST).map((source, i) => <li key={i}><Place source={source} /></li>)}
      {more > 0 && <li class="quiet">and {more} more that {more > 1 ? "agree" : "agrees"}</li>}
    </ul>
  );
}

function Place({ source }: { source: SourceAnswer }): JSX.Element {
  const { place, file, field, measure, line, quote, repo, address, value } = source;
  const name = file ? visible([repo, file].filter(Boolean).join(" ")) : visible(place);
  return (
    <>
      <span class="file">
        {address
          ? <a href={address} target="_blank" rel="noopener noreferrer">{name}</a>
          : name}
      </span>
      {file && field && <code>{visible(field)}</code>}
      {measure && <span class="quiet">{visible(measure)}</span>}
      {line > 0 && <span class="quiet">line {line}</span>}
      {!quote && isAbsent(source)
        ? <span class="quiet">is not there</span>
        : <span class="value">{visible(quote || value)}</span>}
    </>
  );
}
