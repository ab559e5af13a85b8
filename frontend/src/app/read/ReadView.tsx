/* Cards read blind: which readings there are, a new one, and one's own turn. */

import "../../css/app/read.css";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ReadingAnswer } from "../api";
import type { ViewProps } from "../App";
import { explain, useAnswers } from "../answers";
import { addressOf, go } from "../route";
import { useAnswer } from "../useAnswer";
import { visible } from "../../text";
import { Agreement } from "./Agreement";
import { Reader } from "./Reader";

const READER = "cardiogram-reader";
const AGREEMENT = "/agreement";
const DRAWING = "Drawing …";

/** `#read`, `#read/NAME` for one's own turn, `#read/NAME/agreement`. */
export function ReadView({ about }: ViewProps): JSX.Element {
  const answers = useAnswers();
  const [begun, setBegun] = useState(0);
  const [all, wrong] = useAnswer(() => answers.readings(), [about, begun]);
  const [reader, setReader] = useState(sessionStorage.getItem(READER) ?? "");
  const back = (): void => go("read");
  if (about.endsWith(AGREEMENT)) {
    return <Agreement name={about.slice(0, -AGREEMENT.length)} />;
  }
  const name = reader.trim();
  if (about && all && name) {
    return <Reader key={about} name={about} reader={name} rubric={all.rubric} onEnd={back} />;
  }
  const read = (reading: string): void => {
    sessionStorage.setItem(READER, name);
    go("read", reading);
  };
  return (
    <section class="title readings">
      <h1 tabIndex={-1}>Rate cards without knowing whose they are</h1>
      <p class="lede">
        Names are masked. What people say becomes a gold file that measures any judge.
      </p>
      <p class="wrong" role="alert">{wrong}</p>
      {all && all.readings.length > 0 && (
        <>
          <label>
            Your name
            <input
              value={reader} autocomplete="off" maxLength={40}
              onInput={(event) => setReader(event.currentTarget.value)}
            />
          </label>
          {all.readings.map((each) => (
            <Row key={each.name} reading={each} reader={name} onRead={() => read(each.name)} />
          ))}
        </>
      )}
      {all && (
        <Begin
          sources={all.sources} isFirst={!all.readings.length}
          onBegun={() => setBegun(begun + 1)}
        />
      )}
    </section>
  );
}

interface RowProps {
  reading: ReadingAnswer;
  reader: string;
  onRead(): void;
}

function Row({ reading, reader, onRead }: RowProps): JSX.Element {
  const mine = reading.readers.find((each) => each.name === reader);
  return (
    <article class="row">
      <h2>{visible(reading.name)}</h2>
      <p class="quiet">
        {reading.cards} cards of {visible(reading.source)}
        {reading.again > 0 && `, ${reading.again} of them twice`}.{" "}
        {reading.readers.map((each) => `${visible(each.name)} ${each.done} of ${each.total}`).join(", ") || "Nobody has begun"}.
      </p>
      <p class="acts">
        <button type="button" class="main" disabled={!reader} onClick={onRead}>
          {!mine ? "Begin to read" : mine.done < mine.total ? "Read on" : "Change an answer"}
        </button>
        {reading.readers.length > 0 && <a href={addressOf("read", reading.name + AGREEMENT)}>Agreement</a>}
        {!reader && <span class="quiet">Say your name first.</span>}
      </p>
    </article>
  );
}

interface BeginProps {
  sources: readonly string[];
  isFirst: boolean;
  onBegun(): void;
}

function Begin({ sources, isFirst, onBegun }: BeginProps): JSX.Element {
  const answers = useAnswers();
  const [name, setName] = useState("");
  const [source, setSource] = useState(sources[0] ?? "");
  const [cards, setCards] = useState(60);
  const [again, setAgain] = useState(6);
  const [wrong, setWrong] = useState("");
  const [state, setState] = useState("");
  const isBusy = state === DRAWING;
  const begin = async (): Promise<void> => {
    if (isBusy) return;
    setState(DRAWING);
    setWrong("");
    try {
      const begun = await answers.beginReading({ name: name.trim(), source: source.trim(), cards, again });
      onBegun();
      setName("");
      setState(`${begun.cards} cards are drawn.`);
    } catch (error) {
      setWrong(explain(error));
      setState("");
    }
  };
  return (
    <form
      class="begin"
      onSubmit={(event) => {
        event.preventDefault();
        void begin();
      }}
    >
      <h2>{isFirst ? "Draw cards to read" : "Another reading"}</h2>
      <label>Name<input required maxLength={40} value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
      <label>
        Cards of a study, a folder or a file
        <input required list="read-sources" value={source} placeholder="cards.jsonl" spellcheck={false} onInput={(event) => setSource(event.currentTarget.value)} />
      </label>
      <datalist id="read-sources">{sources.map((each) => <option key={each} value={each} />)}</datalist>
      <label>
        How many
        <input type="number" min={1} max={1000} value={cards} onInput={(event) => setCards(event.currentTarget.valueAsNumber || 1)} />
      </label>
      <label>
        Of these, read twice by each
        <input type="number" min={0} max={Math.floor(cards / 3)} value={again} onInput={(event) => setAgain(event.currentTarget.valueAsNumber || 0)} />
      </label>
      <button type="submit" class="main" aria-disabled={isBusy}>Draw the cards</button>
      <p class="wrong" role="alert">{wrong}</p>
      <p class="quiet" role="status">{state}</p>
      <p class="quiet">
        A name that a card gives in another form, its pictures’ words and its numbers may still give
        it away: a reading is as blind as a card can be.
      </p>
    </form>
  );
}
