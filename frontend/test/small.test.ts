import { describe, expect, it } from "vitest";
import { notesOf } from "../src/card/notes";
import { fitColumns, tracks } from "../src/table/fit";
import { columnsOf } from "../src/table/columns";
import { HEAD, move } from "../src/table/keys";
import { day, number, short, signed, visible } from "../src/text";
import { makeTable } from "./fixture";

describe("text", () => {
  it("shows what reorders or hides text", () => {
    expect(visible("a\u202eb\u2066\u0000\u007f\u200f\tc\n")).toBe("a⟦U+202E⟧b⟦U+2066⟧⟦U+0000⟧⟦U+007F⟧⟦U+200F⟧\tc\n");
    expect(visible("שלום 你好 é")).toBe("שלום 你好 é");
  });

  it("writes numbers", () => {
    expect([number(1234567), number(NaN)]).toEqual(["1,234,567", "–"]);
    expect([short(8_030_000_000), short(999), short(NaN)]).toEqual(["8.03B", "999", "–"]);
    expect([day(19783), day(NaN)]).toEqual(["2024-03-01", "–"]);
    expect([signed(-0.5), signed(0.25), signed(null)]).toEqual(["−0.50", "+0.25", ""]);
  });
});

describe("notesOf", () => {
  it("marks the lines of each fact, and none for the whole card or for no place", () => {
    const found = notesOf([
      { words: "a", first: 2, last: 3 },
      { words: "b", first: 3, last: null },
      { words: "whole", first: 1, last: 9 },
      { words: "none", first: null, last: null },
      { words: "outside", first: 99, last: 120 },
      { words: "end", first: 8, last: 1_000_000_000 },
    ], 9);
    expect([...found].map(([line, notes]) => [line, notes.map(({ words }) => words)])).toEqual([[2, ["a"]], [3, ["a", "b"]], [8, ["end"]], [9, ["end"]]]);
  });
});

describe("move", () => {
  const last = { row: 9, column: 3 };
  const press = (key: string, ctrlKey = false): Parameters<typeof move>[1] =>
    ({ key, ctrlKey, metaKey: false, altKey: false });
  it.each([
    ["ArrowDown", false, { row: 5, column: 1 }],
    ["ArrowUp", true, { row: HEAD, column: 1 }],
    ["ArrowLeft", false, { row: 4, column: 0 }],
    ["PageDown", false, { row: 9, column: 1 }],
    ["Home", false, { row: 4, column: 0 }],
    ["End", true, { row: 9, column: 3 }],
    ["x", false, null],
  ] as const)("%s, ctrl %s", (key, ctrl, to) => {
    expect(move({ row: 4, column: 1 }, press(key, ctrl), last, 12)).toEqual(to);
  });

  it("stays inside", () => {
    expect(move({ row: HEAD, column: 0 }, press("ArrowUp"), last, 12)).toEqual({ row: HEAD, column: 0 });
    expect(move({ row: 9, column: 3 }, press("ArrowRight"), last, 12)).toEqual({ row: 9, column: 3 });
    expect(move({ row: HEAD, column: 0 }, press("ArrowDown"), { row: -1, column: 3 }, 12)).toEqual({ row: -1, column: 0 });
  });
});

describe("fitColumns", () => {
  const columns = columnsOf(makeTable([{ id: "a/b" }]));
  const keys = (room: number, chosen: Set<string> | null = null): string[] =>
    fitColumns(columns, chosen, room).map((column) => column.key);

  it("always has the model and its rating, and more with more room", () => {
    expect(keys(10)).toEqual(["id", "overall"]);
    expect(keys(200)).toEqual(
      ["id", "overall", "criteria", "downloads", "likes", "task", "library", "created"]);
    expect(keys(60).length).toBeLessThan(keys(200).length);
  });

  it("does as it is told", () => {
    expect(keys(10, new Set(["usage", "id", "author"]))).toEqual(["id", "author", "usage"]);
  });

  it("gives fixed columns no share", () => {
    expect(tracks(fitColumns(columns, null, 10))).toMatch(/^minmax\(15rem, 3fr\) [\d.]+rem$/);
  });
});
