import { beforeEach, expect, test } from "vitest";
import { countLook, nameOf } from "../src/explore/looks";
import { studyOf } from "../src/explore/start";
import { rowOf, spotOf } from "../src/explore/Whereabouts";

beforeEach(() => sessionStorage.clear());

test("the same rows have the same name, others another one", () => {
  const names = [[0, 1, 1], [1, 0, 1], [1, 1, 0], [1, 1, 1], [0, 0, 0]].map((marks) => nameOf(Uint8Array.from(marks)));
  expect(new Set(names).size).toBe(5);
  expect(nameOf(Uint8Array.from([0, 1, 1]))).toBe(names[0]);
});

test("a look counts once for the same rows, and each study has its own", () => {
  expect([countLook("a", "1"), countLook("a", "2"), countLook("a", "1"), countLook("b", "1")]).toEqual([1, 2, 2, 1]);
  sessionStorage.setItem("cardiogram-looks-a", "{");
  expect(countLook("a", "1")).toBe(1);
});

test("a model is known by its id and by its address, whatever the case", () => {
  const table = { id: ["org/One", "gpt2"] };
  expect(rowOf(table, " ORG/one ")).toBe(0);
  expect(rowOf(table, "https://huggingface.co/org/one/")).toBe(0);
  expect(rowOf(table, "gpt2")).toBe(1);
  expect(rowOf(table, "org/two")).toBeNull();
  expect(rowOf({ id: [""] }, " ")).toBeNull();
});

test("a card's place is on the map's grid", () => {
  expect(spotOf({ grid: [1, 2, 10] }, { x: 1.5, y: 2 })).toEqual([5, 0]);
  expect(spotOf({ grid: [1, 2, 10] }, { x: null, y: null })).toBeNull();
});

test("a study's page knows whose it is", () => {
  expect(studyOf("/studies/my%20study/")).toBe("my study");
  expect(studyOf("/studies/100%/")).toBe("100%");
  expect(studyOf("/")).toBe("");
});
