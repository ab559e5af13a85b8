/* The work list: whose cards, the list itself, or its drafts one after the other. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import "../../css/app/work.css";
import { count, dayOf, number } from "../../text";
import type { ViewProps } from "../App";
import { explain, useAnswers } from "../answers";
import type { WorkAnswer } from "../api";
import { addressOf, go } from "../route";
import { useAnswer } from "../useAnswer";
import { readWithin } from "../within";
import { Drafts } from "./Drafts";
import { List } from "./List";

/** How often a list that is being read is looked at, in milliseconds. */
const PAUSE = 400;

export function WorkView({ about }: ViewProps): JSX.Element {
  const [owner, card] = readWithin(about);
  if (!owner) return <Owners />;
  return <Owner key={owner} owner={owner} card={card} />;
}

/* Whose cards --------------------------------------------------------------------------------- */

function Owners(): JSX.Element {
  const answers = useAnswers();
  const [kept] = useAnswer((signal) => answers.workLists(signal)); // without an answer there is the form alone
  const lists = kept?.lists ?? [];
  return (
    <div class="work">
      <h1 tabIndex={-1}>Which of your cards to mend first</h1>
      <p class="lede">
        All cards of a user or an organisation, those first whose mending helps most readers.
      </p>
      <OwnerForm />
      {lists.length > 0 && (
        <section class="work-lists">
          <h2>Read before</h2>
          <ul class="plain-list">
            {lists.map((list) => (
              <li key={list.owner}>
                <a href={addressOf("work", list.owner)}>{list.owner}</a>{" "}
                <span class="quiet">
                  {count(list.models, "card")}
                  {list.mean !== null && `, ${list.mean.toFixed(1)} on average`}, {dayOf(list.day)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function OwnerForm(): JSX.Element {
  const answers = useAnswers();
  const [name, setName] = useState("");
  const [wrong, setWrong] = useState("");
  const isHere = useRef(true);
  useEffect(() => () => { isHere.current = false; }, []);
  const read = async (): Promise<void> => {
    setWrong("");
    try {
      const { owner } = await answers.readWork({ owner: name });
      if (isHere.current) go("work", owner);
    } catch (error) {
      setWrong(explain(error));
    }
  };
  return (
    <form
      class="about-form"
      onSubmit={(event) => {
        event.preventDefault();
        void read();
      }}
    >
      <label>
        A name on the Hub, or a folder here
        <input required value={name} placeholder="my-organisation or ./models" autocomplete="off" autocapitalize="none"
          spellcheck={false} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <button type="submit" class="main">Read the cards</button>
      {wrong && <p role="alert" class="wrong">{wrong}</p>}
    </form>
  );
}

/* One owner ----------------------------------------------------------------------------------- */

function Owner({ owner, card }: { owner: string; card: string }): JSX.Element {
  const [work, wrong, read] = useWork(owner);
  if (work === null) {
    return (
      <div class="work">
        <h1 tabIndex={-1}>{owner}</h1>
        {wrong ? <p role="alert" class="wrong">{wrong}</p> : <p class="quiet" role="status">…</p>}
        {wrong && <OwnerForm />}
      </div>
    );
  }
  if (card && work.cards.length) return <Drafts work={work} card={card} />;
  return (
    <div class="work">
      <List work={work} onRead={read}>
        <Reading work={work} />
        {(work.error || wrong) && <p role="alert" class="wrong">{work.error || wrong}</p>}
        {work.error && !work.cards.length && <OwnerForm />}
      </List>
    </div>
  );
}

/** The list of an owner, looked at again while it is being read. */
function useWork(owner: string): [work: WorkAnswer | null, wrong: string, read: () => void] {
  const answers = useAnswers();
  const [times, setTimes] = useState(0);
  const [work, wrong] = useAnswer(
    (signal) => answers.workList({ owner }, signal),
    [owner, times],
    ({ state }) => (state === "reading" ? PAUSE : null),
  );
  const [refused, setRefused] = useState("");
  const read = (): void => {
    setRefused("");
    answers.readWork({ owner }).then(
      () => setTimes((before) => before + 1),
      (error: unknown) => setRefused(explain(error)),
    );
  };
  return [work, wrong || refused, read];
}

function Reading({ work }: { work: WorkAnswer }): JSX.Element {
  const { state, done, total } = work;
  const of = total === null ? "" : ` of ${number(total)}`;
  return (
    <div class="reading" role="status">
      {state === "reading" && (
        <>
          <p>{done ? `${number(done)}${of} cards read` : "Asking for the cards …"}</p>
          <progress aria-label="Cards that were read" value={done} max={total ?? undefined} />
        </>
      )}
    </div>
  );
}
