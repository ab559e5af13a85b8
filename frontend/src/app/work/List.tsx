/* An owner's cards, worst first, and what is missing in how many. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { Level, levelOf } from "../../marks";
import { Id, Words } from "../../Words";
import { count, dayOf, number, visible } from "../../text";
import type { MissedNumber, OwnerCard, WorkAnswer } from "../api";
import { addressOf } from "../route";
import { within } from "../within";
import { changed, headline, nameOf, order } from "./words";

/** Rows of the table, and things that are missing, that are shown at first. */
const FIRST = 25;
const COMMONEST = 6;

interface Props {
  work: WorkAnswer;
  children: ComponentChildren;
  onRead(): void;
}

export function List({ work, children, onRead }: Props): JSX.Element {
  const [lacking, setLacking] = useState<MissedNumber | null>(null);
  const since = changed(work.since);
  const isReading = work.state === "reading";
  return (
    <>
      <h1 tabIndex={-1}>{visible(headline(work))}</h1>
      <p class="lede">
        {work.day && `Read on ${dayOf(work.day)}. `}
        <button type="button" class="plain" aria-disabled={isReading} onClick={() => isReading || onRead()}>
          {work.day ? "Read them again" : "Read the cards"}
        </button>
      </p>
      {children}
      {since && <p class="since">{since}</p>}
      {work.cards.length > 0 && (
        <>
          <Missing work={work} chosen={lacking} onChoose={setLacking} />
          <Cards key={lacking?.key} work={work} lacking={lacking} />
          <Problems work={work} />
        </>
      )}
    </>
  );
}

/* What is missing ----------------------------------------------------------------------------- */

interface MissingProps {
  work: WorkAnswer;
  chosen: MissedNumber | null;
  onChoose(number: MissedNumber | null): void;
}

function Missing({ work, chosen, onChoose }: MissingProps): JSX.Element {
  const of = (isKey: boolean): MissedNumber[] =>
    work.missing.filter(({ criterion }) => (criterion === "metadata") === isKey);
  return (
    <section class="missing" aria-label="What is missing">
      <Lacking title="Missing in the text" numbers={of(false)} chosen={chosen} onChoose={onChoose} />
      <Lacking title="Missing in the metadata" numbers={of(true)} chosen={chosen} onChoose={onChoose} />
    </section>
  );
}

interface LackingProps extends Omit<MissingProps, "work"> {
  title: string;
  numbers: readonly MissedNumber[];
}

function Lacking({ title, numbers, chosen, onChoose }: LackingProps): JSX.Element {
  const [shown, setShown] = useState(COMMONEST);
  return (
    <div>
      <h2>{title}</h2>
      {numbers.length === 0 && <p class="quiet">Nothing that is looked for.</p>}
      <ul class="plain-list shares">
        {numbers.slice(0, shown).map((each) => (
          <li key={each.key}>
            <button type="button" class="plain" aria-pressed={each.key === chosen?.key}
              onClick={() => onChoose(each.key === chosen?.key ? null : each)}>
              {each.name}
            </button>
            <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <rect class="ground" width={100} height={10} />
              <rect class="part" width={(100 * each.missed) / each.n} height={10} />
            </svg>
            <span class="number">{each.missed} of {each.n}</span>
          </li>
        ))}
      </ul>
      {numbers.length > shown && (
        <button type="button" class="plain more" onClick={() => setShown(numbers.length)}>
          {count(numbers.length - shown, "other")}
        </button>
      )}
    </div>
  );
}

/* The cards ----------------------------------------------------------------------------------- */

function Cards({ work, lacking }: { work: WorkAnswer; lacking: MissedNumber | null }): JSX.Element {
  const [shown, setShown] = useState(FIRST);
  const cards = lacking ? work.cards.filter((card) => card.gaps.includes(lacking.key)) : work.cards;
  const criteria = Object.keys(work.cards.find((card) => card.rating !== null)?.scores ?? {});
  const first = cards[0];
  return (
    <section class="to-mend">
      <h2>{lacking ? `${count(cards.length, "card")} without ${lacking.name}` : "Mend first"}</h2>
      <div class="to-mend-head">
        <p class="quiet">{order(work)}</p>
        {first && <a class="button" href={addressOf("work", within(work.owner, first.id))}>Leaf through the drafts</a>}
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label="Cards">
        <table>
          <thead>
            <tr>
              <th scope="col">Card</th>
              {work.readers !== "cards" && <th scope="col" class="number">{work.readers === "likes" ? "Likes" : "Downloads"}</th>}
              <th scope="col">Rating</th>
              <th scope="col" class="by-criterion">
                <abbr title={criteria.join(", ")}>{criteria.map((name) => name[0]).join(" ")}</abbr>
              </th>
              <th scope="col" class="number">Gain</th>
            </tr>
          </thead>
          <tbody>
            {cards.slice(0, shown).map((card) => <Row key={card.id} card={card} work={work} />)}
          </tbody>
        </table>
      </div>
      <p class="quiet">
        {criteria.map((name) => name[0]).join(" ")}: {criteria.join(", ")}. Gain: what mending the first three gaps adds.
      </p>
      {cards.length > shown && (
        <button type="button" onClick={() => setShown(cards.length)}>Show all {number(cards.length)}</button>
      )}
    </section>
  );
}

function Row({ card, work }: { card: OwnerCard; work: WorkAnswer }): JSX.Element {
  const readers = work.readers === "likes" ? card.likes : card.downloads;
  return (
    <tr>
      <th scope="row">
        <a href={addressOf("work", within(work.owner, card.id))}><bdi><Id text={nameOf(card, work.owner)} /></bdi></a>
        <span class="sub">{card.lacks.join(", ") || "nothing that gains much"}</span>
        {card.refused && <span class="sub wrong">The Hub refuses it. <Words text={card.refused} /></span>}
      </th>
      {work.readers !== "cards" && <td class="number">{number(readers ?? NaN)}</td>}
      <td class="rating">{card.before !== null && <><Level value={card.before} /> → </>}<Level value={card.rating} /></td>
      <td class="by-criterion"><Criteria scores={card.scores} /></td>
      <td class="number">{card.gain >= 0.05 ? `+${card.gain.toFixed(1)}` : ""}</td>
    </tr>
  );
}

/** A digit for each criterion, in the colour of its level. */
function Criteria({ scores }: { scores: Readonly<Record<string, number>> }): JSX.Element | null {
  const levels = Object.entries(scores).map(([name, value]) => ({ name, level: levelOf(value) }));
  if (!levels.length) return null;
  const label = levels.map(({ name, level }) => `${name} ${level}`).join(", ");
  return (
    <span class="digits" role="img" aria-label={label} title={label}>
      {levels.map(({ name, level }) => <span key={name} class={`s${level}`}>{level}</span>)}
    </span>
  );
}

function Problems({ work }: { work: WorkAnswer }): JSX.Element | null {
  const unread = work.models - work.cards.length;
  if (unread <= 0 && !work.problems.length) return null;
  return (
    <section>
      {unread > 0 && (
        <p class="quiet">
          {count(unread, "card")} not here: {work.problems.length ? "see below" : "the most downloaded were read"}.
        </p>
      )}
      {work.problems.length > 0 && (
        <details>
          <summary>{count(work.problems.length, "card")} could not be read</summary>
          <ul>{work.problems.map((problem, i) => <li key={i}>{visible(problem)}</li>)}</ul>
        </details>
      )}
    </section>
  );
}
