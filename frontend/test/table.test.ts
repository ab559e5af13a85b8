import { describe, expect, it } from "vitest";
import { hubLink, levelOf, readTable } from "../src/data/table";
import { makeTable, rawTable } from "./fixture";

describe("readTable", () => {
  it("makes what is not known NaN or -1", () => {
    const table = makeTable([{ id: "a/b", overall: null, downloads: null, task: null }]);
    expect(table.downloads[0]).toBeNaN();
    expect(table.overall.score[0]).toBeNaN();
    expect(levelOf(table.task, 0)).toBeUndefined();
  });

  it("reads hundredths", () => {
    expect(makeTable([{ id: "a/b", overall: 4 }]).overall.expected[0]).toBeCloseTo(4);
  });

  it("keeps inherited names out of the rubric's questions", () => {
    expect(makeTable([{ id: "a/b" }]).questions.get("constructor")).toBeUndefined();
  });

  it("is not a table without scores", () => {
    expect(() => readTable({ ...rawTable([]), scores: [] })).toThrow("without scores");
  });
});

describe("hubLink", () => {
  it.each([
    ["owner/model", "https://hub.test/owner/model"],
    ["bert-base", "https://hub.test/bert-base"],
    ["javascript:alert(1)", null],
    ["a/b/c", null],
    ["../x", "https://hub.test/../x"],
    ["a/b?x=1", null],
    ['"onmouseover="x', null],
  ])("%s", (id, link) => {
    expect(hubLink(makeTable([{ id }]), 0)).toBe(link);
  });

  it("links to web addresses only", () => {
    const table = { ...makeTable([{ id: "a/b" }]), hub: "javascript:alert(1)//" };
    expect(hubLink(table, 0)).toBeNull();
  });
});
