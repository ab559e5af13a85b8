import { beforeEach, describe, expect, it, vi } from "vitest";
import { signal } from "@preact/signals";
import { h, render } from "preact";
import type { DraftAnswer, DraftQuestion, QuestionAnswer } from "../src/app/api";
import type { HeldCard } from "../src/app/atHand";
import { Refusal } from "../src/app/answers";
import {
  blocksOf, foldOf, marksOf, piecesOf, placeSentences, wordChanges, type Line,
} from "../src/app/improve/blocks";
import { isThere, startDrafting } from "../src/app/improve/drafting";
import { useTyped } from "../src/app/useTyped";
import { keepAsked, nameOf, nameOfFact, NOTHING_SAID, otherValue, outcomeOf, recall, remember, settledOf, withAnswer, withChange } from "../src/app/improve/said";

const line = (text: string, state: Line["state"] = "kept", change = ""): Line => ({ text, state, change });

describe("the lines of a draft", () => {
  const lines = [
    line("a"), line("7B", "removed", "size"), line("8B", "added", "size"), line("b"), line("c", "added", "size"),
  ];

  it("are stretches that stay and what each change does", () => {
    expect(blocksOf(lines).map(({ change, start, leads, lines: own }) => [change, start, leads, own.length])).toEqual([
      ["", 0, true, 1], ["size", 1, true, 2], ["", 3, false, 1], ["size", 4, false, 1],
    ]);
  });

  it("fold where enough stay", () => {
    expect(foldOf(20, true, false)).toEqual([0, 18]);
    expect(foldOf(20, false, true)).toEqual([2, 20]);
    expect(foldOf(7, false, false)).toEqual([2, 5]);
    expect(foldOf(6, false, false)).toBeNull();
  });

  it("hold the sentences of their changes", () => {
    const both = [
      line("It is large. It has 8B parameters, and more.", "added", "second"),
      line("language:"), line("- de", "added", "third"), line("- de", "added", "third"),
    ];
    const of = (id: string, ...texts: string[]) => ({ id, sentences: texts.map((text) => ({ text })) });
    const { spans, unplaced } = placeSentences([
      of("first", "It has 8B parameters, and more.", "not there"), // a later change rewrote its line
      of("second", "It is large."),
      of("third", "- de", "- de", "- de"),
    ], both);
    expect(spans.get(0)?.map(({ change, from, to }) => [change, from, to])).toEqual([["second", 0, 12], ["first", 13, 44]]);
    expect([spans.get(2)?.length, spans.get(3)?.length]).toEqual([1, 1]); // one sentence a place
    expect(unplaced.get("first")).toEqual([1]);
    expect(unplaced.get("third")).toEqual([2]);
    const whole = placeSentences([of("a", "language:\n- de")], [
      line("language:"), line("- nl", "removed", "a"), line("- de", "added", "a"),
    ]);
    expect([...whole.spans.keys()]).toEqual([2]);
  });

  it("mark the words that differ", () => {
    const found = wordChanges("It has 39 million parameters.", "It has 242 million parameters.");
    expect(found).toEqual({ gone: [[7, 9]], fresh: [[7, 10]] });
    expect(wordChanges("all of this", "is another line")).toBeNull();
    expect([...marksOf(lines).keys()]).toEqual([]); // 7B and 8B have no word in common
    const two = [line("x 1 y", "removed", "a"), line("x 2 y", "added", "b"), line("k")];
    expect(marksOf(two)).toEqual(new Map([[0, [[2, 3]]], [1, [[2, 3]]]]));
  });

  it("are cut where a sentence or a mark begins and ends", () => {
    const span = { change: "a", sentence: 0, from: 3, to: 8 };
    const pieces = piecesOf("ab cd ef", [span], [[6, 8]]);
    expect(pieces.map(({ text, marked, span: of }) => [text, marked, of?.sentence])).toEqual([
      ["ab ", false, undefined], ["cd ", false, 0], ["ef", true, 0],
    ]);
    expect(piecesOf("", [], [])).toEqual([]);
  });
});

const CARD: HeldCard = {
  text: "# A\n", id: "a/b", of: "model", source: "hub", path: "", revision: "1", files: [],
};
const asks = (id: string, ask = id): QuestionAnswer =>
  ({ id, ask, why: "", criterion: "data", gain: 0, criterion_gain: 0, is_contradiction: false });
const draftOf = (part: Partial<DraftAnswer>): DraftAnswer => ({
  repo: "a/b", commit: "", readers: 0, text: "", sha256: "", lines: [], before: [], after: [], changes: [],
  refused: [], questions: [], contradictions: [], problems: [], unused: [], proof: "", ...part,
});

describe("the name of a fact", () => {
  it("says what it is of", () => {
    expect(nameOfFact("memory", "16 bits")).toBe("memory in 16 bits");
    expect(nameOfFact("dataset_words", "a/b")).toBe("from the card of the data set a/b");
    expect(nameOfFact("eval_result", "wer")).toBe("eval result (wer)");
    expect(nameOfFact("parameters", "")).toBe("parameters");
  });
});

describe("what an author says", () => {
  beforeEach(() => sessionStorage.clear());

  it("is kept with its card", () => {
    const said = withChange(withAnswer(NOTHING_SAID, "data", "ours"), "add:usage", false);
    remember(nameOf(CARD), said);
    expect(recall(nameOf({ ...CARD, revision: "2", text: "# Other\n" }))).toEqual(said);
    expect(recall(nameOf({ ...CARD, id: "a/c" }))).toEqual(NOTHING_SAID);
    for (let n = 0; n < 19; n += 1) remember(`other ${n}`, NOTHING_SAID);
    expect(recall(nameOf(CARD))).toEqual(said);
    remember("one more", NOTHING_SAID);
    expect(recall(nameOf(CARD))).toEqual(NOTHING_SAID);
    expect(withAnswer(withChange(said, "add:usage", true), "data", " ")).toEqual(NOTHING_SAID);
  });

  it("is of another card where another one is pasted", () => {
    const pasted: HeldCard = { ...CARD, source: "pasted", id: "" };
    expect(nameOf(pasted)).toBe(nameOf({ ...pasted, text: "# A\n\nMore.\n" }));
    expect(nameOf(pasted)).not.toBe(nameOf({ ...pasted, text: "# B\n" }));
    expect([isThere(pasted), isThere({ ...pasted, text: " " }), isThere({ ...CARD, text: "" })]).toEqual([true, false, true]);
  });

  it("stays on the page when it is asked no more", () => {
    const before = [asks("data"), asks("risks"), asks("gone")];
    const draft = draftOf({ questions: [asks("new"), asks("risks", "anew")] });
    expect(keepAsked(before, draft, { data: "ours" }).map(({ id, ask }) => [id, ask])).toEqual([
      ["data", "data"], ["risks", "anew"], ["new", "new"],
    ]);
  });

  it("is in the draft, in the card, or not taken", () => {
    const change = { id: "answer:data", kind: "answer", why: "", what: "", criterion: "", sentences: [], is_left: false } as const;
    const draft = draftOf({ changes: [{ ...change, sentences: [] }], unused: ["The answer 'licence' is no license"] });
    expect(["data", "risks", "licence"].map((id) => outcomeOf(draft, id))).toEqual([
      "taken", "kept", "The answer 'licence' is no license",
    ]);
    const other = draftOf({
      changes: [{ ...change, is_left: true, sentences: [] }],
      refused: [{ id: "answer:risks", why: "", reason: "it overlaps" }],
    });
    expect(["data", "risks"].map((id) => outcomeOf(other, id))).toEqual(["Left alone.", "it overlaps"]);
  });

  it("settles a contradiction, or not", () => {
    const asked = { question: "context-contradicted", line: 25 } as Parameters<typeof settledOf>[1];
    const draft = draftOf({ unused: ["Line 25 is no row: take its words out by hand."] });
    expect(settledOf(draft, asked, "remove")).toMatch("Line 25");
    expect([settledOf(draft, { ...asked, line: 2 }, "x"), settledOf(draft, asked, "keep"), settledOf(draft, asked, "")])
      .toEqual(["", "", ""]);
  });

  it("may be what the other side says", () => {
    const place = { place: "", file: "", field: "", measure: "", line: 0, quote: "", repo: "", address: "" };
    const of = (...values: string[]): Parameters<typeof otherValue>[0] => ({
      question: "q", change: "", rule: "", kind: "", severity: "error", why: "", line: 1, quote: "", value: "",
      others: values.map((value) => ({ ...place, value })), may_remove: false,
    });
    expect([otherValue(of("", "4,096")), otherValue(of())]).toEqual(["4,096", ""]);
  });
});

describe("a field", () => {
  it("keeps what is typed until it is left, also when its page is drawn anew", () => {
    const taken: string[] = [];
    const Field = ({ name }: { name: string }) => h("input", useTyped(name, (typed) => taken.push(typed)));
    const place = document.createElement("div");
    render(h(Field, { name: "" }), place);
    const field = place.querySelector("input")!;
    field.value = "Ad";
    field.dispatchEvent(new Event("input"));
    render(h(Field, { name: "Bo" }), place);
    expect([field.value, taken]).toEqual(["Ad", []]);
    field.dispatchEvent(new Event("change"));
    expect(taken).toEqual(["Ad"]);
  });
});

describe("drafting", () => {
  beforeEach(() => {
    sessionStorage.clear();
    vi.useFakeTimers();
  });
  const settle = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined);

  it("drops answers that come too late, and waits while somebody types", async () => {
    const asked: DraftQuestion[] = [];
    const open: ((draft: DraftAnswer) => void)[] = [];
    const improve = (question: DraftQuestion): Promise<DraftAnswer> => {
      asked.push(question);
      return new Promise((resolve) => open.push(resolve));
    };
    const card = signal(CARD);
    const drafting = startDrafting({ improve } as Parameters<typeof startDrafting>[0], card);
    drafting.say(withChange(NOTHING_SAID, "add:usage", false));
    open[1]!(draftOf({ text: "second" }));
    open[0]!(draftOf({ text: "first" }));
    await settle();
    expect([drafting.draft.value?.text, drafting.isBusy.value]).toEqual(["second", false]);
    for (const text of ["o", "ou", "our"]) drafting.say(withAnswer(drafting.said.value, "data", text), true);
    expect(asked.length).toBe(2);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked.slice(2).map(({ answers, leave }) => [answers, leave])).toEqual([[{ data: "our" }, ["add:usage"]]]);
    card.value = { ...CARD, id: "a/c" };
    expect([drafting.draft.value, drafting.said.value]).toEqual([null, NOTHING_SAID]);
    expect(asked.at(-1)?.card.id).toBe("a/c");
    drafting.stop();
  });

  it("hands out the draft of all that was said, asked for at once", async () => {
    const improve = async ({ answers, by }: DraftQuestion): Promise<DraftAnswer> =>
      draftOf({ text: `${answers?.data} ${by}`, questions: answers?.data ? [] : [asks("data")] });
    const drafting = startDrafting({ improve } as Parameters<typeof startDrafting>[0], signal(CARD));
    await settle();
    drafting.say(withAnswer(drafting.said.value, "data", "ours"), true);
    drafting.sign("Ada");
    const draft = drafting.settled();
    await settle();
    expect((await draft)?.text).toBe("ours Ada");
    drafting.sign("Bo");
    expect(drafting.isBusy.value).toBe(false);
    const signed = drafting.settled();
    await settle();
    expect((await signed)?.text).toBe("ours Bo");
    drafting.stop();
    const again = startDrafting({ improve } as Parameters<typeof startDrafting>[0], signal(CARD));
    await settle();
    expect(again.asked.value.map(({ id }) => id)).toEqual(["data"]); // to be answered anew
    again.stop();
  });

  it("says why there is no draft", async () => {
    const improve = (): Promise<DraftAnswer> => Promise.reject(new Refusal("it is gated", "hf auth login"));
    const drafting = startDrafting({ improve } as unknown as Parameters<typeof startDrafting>[0], signal(CARD));
    await settle();
    expect([drafting.refusal.value?.hint, drafting.isBusy.value]).toEqual(["hf auth login", true]);
    expect(await drafting.settled()).toBeNull();
    drafting.stop();
  });
});
