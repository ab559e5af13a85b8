/* What an author says of a draft: answers, and changes left alone. It outlives a reload. */

import type { ContradictionAnswer, DraftAnswer, DraftQuestion, QuestionAnswer, SourceAnswer } from "../api";
import type { HeldCard } from "../atHand";

export type Audience = NonNullable<DraftQuestion["audience"]>;
export const AUDIENCES: Readonly<Record<Audience, string>> = {
  user: "whoever uses the model",
  reproducer: "whoever trains it again",
  risk: "whoever weighs its risks",
  newcomer: "whoever sees it first",
};

export interface Said {
  answers: Readonly<Record<string, string>>;
  by: string;
  leave: readonly string[];
  audience: Audience;
  /** Whether what a template left and nobody filled is taken away. */
  clears: boolean;
  /** What was asked and is answered: it is asked no more, and may be answered anew. */
  questions: readonly QuestionAnswer[];
}

export const NOTHING_SAID: Said = { answers: {}, by: "", leave: [], audience: "user", clears: false, questions: [] };

const KEY = "cardiogram-said";
/** Cards of which it is kept. */
const MOST = 20;

/** Which card it was said of: one that lies nowhere goes by its title. */
export function nameOf({ source, path, id, text }: HeldCard): string {
  const names = { hub: id, folder: path, pasted: /^# .*/m.exec(text)?.[0], dropped: path || /^# .*/m.exec(text)?.[0] };
  return JSON.stringify([source === "dropped" ? "pasted" : source, names[source]]); // its folder may come later
}

export function recall(name: string): Said {
  const kept = readKept().find(([of]) => of === name);
  return { ...NOTHING_SAID, ...kept?.[1] };
}

function readKept(): [name: string, said: Partial<Said>][] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as [string, Partial<Said>][];
  } catch {
    return [];
  }
}

export function remember(name: string, said: Said): void {
  const others = readKept().filter(([of]) => of !== name);
  try {
    sessionStorage.setItem(KEY, JSON.stringify([[name, said], ...others].slice(0, MOST)));
  } catch {
    // Full or forbidden: it lives as long as the page then.
  }
}

export function withAnswer(said: Said, id: string, text: string): Said {
  const { [id]: _, ...others } = said.answers;
  return { ...said, answers: text.trim() ? { ...others, [id]: text } : others };
}

export function withChange(said: Said, id: string, isTaken: boolean): Said {
  const others = said.leave.filter((each) => each !== id);
  return { ...said, leave: isTaken ? others : [...others, id] };
}

/* What was asked: an answered question is asked no more, and must stay on the page. ------------ */

/** Questions in the order in which they were first asked, as they are asked now. */
export function keepAsked(
  before: readonly QuestionAnswer[],
  draft: DraftAnswer,
  answers: Said["answers"],
): QuestionAnswer[] {
  const now = new Map(draft.questions.map((question) => [question.id, question]));
  const stay = before.filter(({ id }) => now.has(id) || id in answers).map((each) => now.get(each.id) ?? each);
  const had = new Set(stay.map(({ id }) => id));
  return [...stay, ...draft.questions.filter(({ id }) => !had.has(id))];
}

/** What became of an answer: in the card, or why it is not. */
export function outcomeOf(draft: DraftAnswer, id: string): "taken" | "kept" | string {
  return draft.unused.find((problem) => problem.includes(`'${id}'`)) ?? changeOf(draft, id) ?? "kept";
}

/** What became of the change that an answer is: taken, or why not; undefined where it is none. */
function changeOf({ changes, refused }: DraftAnswer, id: string): string | undefined {
  const change = changes.find((each) => each.id === `answer:${id}`);
  if (change) return change.is_left ? "Left alone." : "taken";
  return refused.find((each) => each.id === `answer:${id}`)?.reason;
}

/** What became of the answer that settles a contradiction; "" where there is nothing to say. */
export function settledOf(draft: DraftAnswer, { question, line }: ContradictionAnswer, answer: string): string {
  if (!answer.trim() || answer === "keep") return "";
  const change = changeOf(draft, question);
  if (change) return change === "taken" ? "In the draft." : change;
  const place = new RegExp(`\\bline ${line}\\b`, "i");
  return draft.unused.find((each) => each.includes(`'${question}'`) || place.test(each)) ?? "";
}

const NAMES: Readonly<Record<string, string>> = {
  dataset_words: "from the card of the data set",
  base_words: "from the card of the base model",
};

/** What a fact is called beside its value. */
export function nameOfFact(name: string, about: string): string {
  const words = NAMES[name];
  if (words) return about ? `${words} ${about}` : words;
  if (name === "memory") return about ? `memory in ${about}` : name;
  return about ? `${name.replaceAll("_", " ")} (${about})` : name.replaceAll("_", " ");
}

/** Whether a place is one where nothing stands. */
export function isAbsent({ value }: SourceAnswer): boolean {
  return value === "";
}

/** What the other side of a contradiction says, where that can be an answer; "" where not. */
export function otherValue({ others }: ContradictionAnswer): string {
  return others.find((place) => !isAbsent(place))?.value ?? "";
}
