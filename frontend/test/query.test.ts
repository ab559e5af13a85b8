import { describe, expect, it } from "vitest";
import { asksForAll, EVERYTHING, matchRows, ranks, sortRows } from "../src/data/query";
import { makeTable } from "./fixture";

const table = makeTable([
  { id: "alpha/Llama", overall: 4, downloads: 10, task: "text-generation", segment: "chat", place: [0, 0] },
  { id: "beta/bert", overall: 1, downloads: null, task: "fill-mask", segment: null, place: [1, 1] },
  { id: "__proto__/constructor", overall: null, downloads: 10, task: "__proto__" },
  { id: "gamma/llama", overall: 5, downloads: 700, task: "text-generation", segment: "chat", place: [2, 0] },
]);
const all = new Uint8Array([1, 1, 1, 1]);
const match = (part: object): number[] => [...matchRows(table, { ...EVERYTHING, ...part })];

describe("matchRows", () => {
  it("finds every word, in any case, in id, task or library", () => {
    expect(match({ words: "LLAMA generation" })).toEqual([1, 0, 0, 1]);
    expect(match({ words: "  " })).toEqual([1, 1, 1, 1]);
    expect(match({ words: "llama bert" })).toEqual([0, 0, 0, 0]);
  });

  it("leaves unrated models out of every range of ratings", () => {
    expect(match({ lowest: 4 })).toEqual([1, 0, 0, 1]);
    expect(match({ highest: 4 })).toEqual([1, 1, 0, 0]);
    expect(match({ lowest: 5, highest: 4 })).toEqual([0, 0, 0, 0]);
  });

  it("takes names that objects have by nature as what they are here: names", () => {
    expect(match({ task: "__proto__" })).toEqual([0, 0, 1, 0]);
    expect(match({ task: "constructor" })).toEqual([0, 0, 0, 0]);
    expect(match({ segment: "toString" })).toEqual([0, 0, 0, 0]);
  });

  it("combines the segment, the choice on the map and the rest", () => {
    expect(match({ segment: "chat" })).toEqual([1, 0, 0, 1]);
    expect(match({ segment: "chat", chosen: new Uint8Array([0, 1, 0, 1]) })).toEqual([0, 0, 0, 1]);
  });

  it("knows when nothing is asked", () => {
    expect(asksForAll(EVERYTHING)).toBe(true);
    expect(asksForAll({ ...EVERYTHING, highest: 3 })).toBe(false);
  });
});

describe("sortRows", () => {
  it("puts what is not known last in both directions, and keeps equal rows in order", () => {
    expect([...sortRows(all, table.downloads, "ascending")]).toEqual([0, 2, 3, 1]);
    expect([...sortRows(all, table.downloads, "descending")]).toEqual([3, 0, 2, 1]);
  });

  it("takes marked rows only, and without values leaves them as they are", () => {
    expect([...sortRows(new Uint8Array([0, 1, 0, 1]), null, "ascending")]).toEqual([1, 3]);
  });

  it("ranks texts without regard to case", () => {
    expect([...ranks(["b", "A", undefined, "a", "B"])]).toEqual([3, 0, NaN, 1, 2]);
  });

  it("is quick enough for 100,000 rows to be sorted between two frames or three", () => {
    const values = Float64Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 100_003);
    const rows = sortRows(new Uint8Array(100_000).fill(1), values, "ascending");
    expect(rows.length).toBe(100_000);
    expect(values[rows[0] ?? 0]).toBeLessThanOrEqual(values[rows[99_999] ?? 0] ?? 0);
  });
});
