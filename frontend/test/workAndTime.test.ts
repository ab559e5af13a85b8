import { describe, expect, it } from "vitest";
import type { OwnerCard, WorkAnswer } from "../src/app/api";
import { lastOf, peaks } from "../src/app/time/spark";
import { readWithin, within } from "../src/app/within";
import { count, dayOf } from "../src/text";
import { around, changed, headline, nameOf } from "../src/app/work/words";

const card = (id: string): OwnerCard => ({
  id, path: "", downloads: 3, likes: 0, rating: 2, scores: {}, gain: 0.5, gaps: [], lacks: [], refused: "", before: null,
});

describe("a place within a view's own", () => {
  it.each([
    ["org", "org/model.7B"],
    ["./models/of mine", "tern"],
    ["", "org/model"],
    ["", "./my-model"],
    ["org", ""],
    ["", ""],
  ])("%s and %s are read as they were written", (whole, part) => {
    expect(readWithin(within(whole, part))).toEqual([whole, part]);
  });
});

describe("words of the work list", () => {
  const since = { day: "2026-11-02", changed: ["a", "b"], new: ["c"], gone: [], before: 2.14, after: 3 };
  it("say what changed and no more than the numbers carry", () => {
    expect(changed(null)).toBe("");
    expect(changed(since)).toBe("Since 2 Nov 2026: 2 cards changed, 1 new. Those were rated 2.1, now 3.0 on average.");
    expect(changed({ ...since, changed: ["a"], new: [] })).toBe("Since 2 Nov 2026: 1 card changed. It was rated 2.1, now 3.0.");
    expect(changed({ ...since, before: null, after: null })).toBe("Since 2 Nov 2026: 2 cards changed, 1 new.");
  });
  it("name a card without its owner, and what stands on both sides of it", () => {
    expect(nameOf(card("org/a"), "org")).toBe("a");
    expect(nameOf(card("organ/a"), "org")).toBe("organ/a");
    const cards = ["a", "b", "c"].map(card);
    expect(around(cards, "a")).toEqual({ at: 0, before: null, after: cards[1] });
    expect(around(cards, "c")).toEqual({ at: 2, before: cards[1], after: null });
    expect(around(cards, "x")).toEqual({ at: -1, before: null, after: null });
  });
  it("count in plain words", () => {
    expect([count(1, "card"), count(1200, "card"), dayOf("2026-09-01")]).toEqual(["1 card", "1,200 cards", "1 Sep 2026"]);
    const work = { owner: "org", models: 2, mean: null } as WorkAnswer;
    expect(headline(work)).toBe("org: 2 models, none of them rated");
    expect(headline({ ...work, mean: 3.456 })).toBe("org: 2 models, 3.5 on average");
  });
});

describe("a line of days", () => {
  it("is broken where a day is not known", () => {
    expect(peaks([1, 2, null, null, 4, 4], 50, 20)).toEqual(["0.0,14.0 10.0,10.0", "40.0,2.0 50.0,2.0"]);
    expect(peaks([null, 3, null], 20, 20)).toEqual(["10.0,2.0 11.0,2.0"]);
    expect(peaks([null, null], 20, 20)).toEqual([]);
    expect(peaks([], 20, 20)).toEqual([]);
  });

  it("says of how many of the last days it knows", () => {
    expect(lastOf([9, 1, null, 2], 3)).toEqual({ sum: 3, known: 2 });
    expect(lastOf([null], 3)).toEqual({ sum: 0, known: 0 });
  });
  it("stays within its place, however long, and is not dwarfed by one day", () => {
    const days = Array.from({ length: 1000 }, (_, i) => (i === 500 ? 1e6 : 10));
    const points = peaks(days, 140, 26).flatMap((line) => line.split(" ").map((point) => point.split(",").map(Number)));
    expect(points.length).toBeLessThanOrEqual(70);
    for (const [x = NaN, y = NaN] of points) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(140);
      expect(y).toBeGreaterThanOrEqual(2);
      expect(y).toBeLessThanOrEqual(24);
    }
    expect(Math.max(...points.map(([, y = NaN]) => y))).toBeLessThan(23);
  });
});
