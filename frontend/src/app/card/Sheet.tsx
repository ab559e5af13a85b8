/* What stands beside the card: its rating, and what would make it better. */

import type { JSX } from "preact";
import { useContext } from "preact/hooks";
import { Facts } from "../../card/Facts";
import { visible } from "../../text";
import { Id } from "../../Words";
import type { CardInWorkspace, FindingAnswer, SentenceAnswer } from "../api";
import { withoutFile, type HeldCard } from "../atHand";
import { BeginningContext } from "./beginning";
import { Contradicted, Findings, Gaps } from "./Gaps";
import { Criteria, Overall } from "./Scores";
import type { Rated } from "./useRating";

interface SummaryProps {
  rated: Rated;
  since: ReadonlyMap<string, number>;
  /** Whether the card has changed since the last look. */
  isChanged: boolean;
  onLook(): void;
}

export function Summary({ rated: { answer }, since, isChanged, onLook }: SummaryProps): JSX.Element {
  return (
    <>
      <Overall scores={answer.scores} since={since} />
      <Criteria scores={answer.scores} since={since} />
      <p class="summary-tools">
        <a class="button main" href="#improve">Improve this card</a>
        {isChanged && <button type="button" class="plain" onClick={onLook}>Count what moves from here</button>}
      </p>
    </>
  );
}

interface AdviceProps {
  rated: Rated;
  contradicted: readonly SentenceAnswer[];
  onShow(first: number, last: number): void;
  onFix(findings: readonly FindingAnswer[]): void;
}

export function Advice({ rated: { of, answer }, contradicted, onShow, onFix }: AdviceProps): JSX.Element {
  const end = of.trimEnd().split("\n").length;
  return (
    <>
      {answer.problems.map((words) => <p key={words} class="wrong">{visible(words)}</p>)}
      <Contradicted sentences={contradicted} onShow={onShow} />
      <Gaps gaps={answer.gaps} end={end} onShow={onShow} />
      <Findings findings={answer.findings} onShow={onShow} onFix={onFix} />
      <details>
        <summary>What carries the rating</summary>
        <div><Facts facts={answer.evidence} end={end} onShow={onShow} /></div>
      </details>
    </>
  );
}

interface StartProps {
  card: HeldCard;
  cards: readonly CardInWorkspace[];
  onOpen(target: string): void;
}

const AT_FIRST = 12;

/** Where there is no card yet: those that lie in the folder which is served. */
export function Start({ card, cards, onOpen }: StartProps): JSX.Element {
  const beginning = useContext(BeginningContext);
  if (card.path || card.files.length) {
    return (
      <>
        <p class="lede">There is no card in it yet. Its files say part of what one needs.</p>
        <p><a class="button main" href="#improve">Draft a card</a></p>
      </>
    );
  }
  return (
    <>
      {!beginning && <p class="lede">The rating forms while you write.</p>}
      {cards.length > 0 && (
        <>
          <h2>In this folder</h2>
          <ul class="plain-list cards-here">
            {cards.slice(0, AT_FIRST).map(({ path, id }) => (
              <li key={path}>
                <button type="button" class="plain" onClick={() => onOpen(path)}><Id text={id || withoutFile(path)} /></button>
              </li>
            ))}
          </ul>
          {cards.length > AT_FIRST && <p class="quiet">{cards.length - AT_FIRST} more: type to find them.</p>}
        </>
      )}
    </>
  );
}
