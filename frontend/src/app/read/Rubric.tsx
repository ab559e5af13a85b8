/* The nine numbers: digits rate, arrows go from one to the next, and each says what counts. */

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { RubricAnswer } from "../api";
import { capital } from "../../text";
import type { Level, Numbers } from "./rated";

const LEVELS: readonly Level[] = [1, 2, 3, 4, 5];

interface Props {
  rubric: RubricAnswer;
  numbers: Numbers;
  at: number;
  onRate(at: number, level: Level): void;
  onGo(at: number): void;
}

export interface Asked {
  name: string;
  question: string;
  counts: string;
  levels: readonly string[];
}

/** The criteria in the rubric's order, the overall rating last. */
export function questionsOf(rubric: RubricAnswer): Asked[] {
  const criteria = rubric.criteria.map(({ key, question, counts }) => ({
    name: key, question, counts, levels: rubric.levels,
  }));
  const question = // of the rubric
    "If this card were all that a stranger had, how well could they decide whether to use the model, use it, and trust it?";
  return [...criteria, { name: "overall", question, counts: "", levels: rubric.overall }];
}

export function Rubric({ rubric, numbers, at, onRate, onGo }: Props): JSX.Element {
  const asked = questionsOf(rubric);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <ol class="rubric" ref={list}>
      {asked.map((each, place) => (
        <li key={each.name} class={place === at ? "current" : undefined} aria-current={place === at ? "step" : undefined}>
          <div class="ask">
            <button type="button" class="plain name" onClick={() => onGo(place)}>
              {capital(each.name)} <span class="number small">{numbers[each.name] ?? "–"}</span>
            </button>
            <div class="levels" role="group" aria-label={`${each.name}: ${each.question}`}>
              {LEVELS.map((level) => (
                <button
                  key={level} type="button" aria-pressed={numbers[each.name] === level}
                  class={numbers[each.name] === level ? `s${level}` : undefined}
                  aria-label={`${level}: ${each.levels[level - 1] ?? ""}`}
                  onClick={() => onRate(place, level)}
                >
                  {level}
                </button>
              ))}
            </div>
          </div>
          {place === at && <Meaning asked={each} level={numbers[each.name]} />}
        </li>
      ))}
    </ol>
  );
}

/** What is asked, what counts as an answer, and what the levels mean. */
function Meaning({ asked, level }: { asked: Asked; level: Level | undefined }): JSX.Element {
  return (
    <div class="meaning">
      <p>{asked.question}</p>
      {asked.counts && <p class="quiet">{asked.counts}</p>}
      <ol>
        {asked.levels.map((words, i) => (
          <li key={i} class={level === i + 1 ? "given" : "quiet"}>{words}</li>
        ))}
      </ol>
    </div>
  );
}
