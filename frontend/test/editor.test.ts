import { EditorState } from "@codemirror/state";
import { describe, expect, it } from "vitest";
import { fits, separatorOf, withLineEnd } from "../src/editor/editor";
import { faultsAt, lintMarks, placeOf, showFaults, type Fault } from "../src/editor/faults";
import { lineMarks, marksAt, showMarks } from "../src/editor/marks";

const fact = (words: string, first: number, last: number) => ({ words, first, last, criterion: "usage", effect: 0.5 });
const fault: Fault = { rule: "CG118", severity: "error", line: 2, message: "m", fixes: [] };

describe("separatorOf", () => {
  it.each([["a\r\nb\r\n", "\r\n"], ["a\r\nb\n", "\n"], ["a\nb", "\n"], ["", "\n"], ["a\r", "\n"]])(
    "of %j keeps every byte",
    (text, separator) => {
      expect(separatorOf(text)).toBe(separator);
      const state = EditorState.create({ doc: text, extensions: EditorState.lineSeparator.of(separatorOf(text)) });
      expect(state.sliceDoc()).toBe(text);
    },
  );
});

describe("withLineEnd", () => {
  it("makes lines of what is pasted", () => {
    expect([withLineEnd("a\r\nb\rc\n", "\n"), withLineEnd("a\nb\r\n", "\r\n")]).toEqual(["a\nb\nc\n", "a\r\nb\r\n"]);
  });
});

describe("fits", () => {
  it("counts bytes, not characters", () => {
    expect(fits(["é".repeat(50), ""], 100)).toBe(true);
    expect(fits(["é".repeat(50), "x"], 100)).toBe(false);
    expect(fits(["x".repeat(101)], 100)).toBe(false);
  });
});

describe("placeOf", () => {
  it("counts a line end once", () => {
    const text = "a\r\nbc\r\nd";
    const [state, at] = [EditorState.create({ doc: text }), text.indexOf("d")];
    expect(placeOf(text, at, state.doc.length)).toBe(state.doc.line(3).from);
    expect(placeOf(text, 2, 6)).toBe(2); // within the first line end
    expect(placeOf(text, 99, 6)).toBe(6);
    expect(placeOf("", 4, 6)).toBe(4);
  });
});

describe("marks", () => {
  it("are of lines that carry something", () => {
    const doc = EditorState.create({ doc: "1\n2\n3\n4\n5\n6\n7\n8\n\n" }).doc;
    const lacking = { ...fact("lacks at the end", 8, 8), effect: -0.5 };
    const marks = [fact("code", 2, 3), fact("headings", 2, 7), lacking, { ...fact("unmeasured", 4, 4), effect: null }];
    const state = EditorState.create({ doc, extensions: lineMarks }).update({ effects: showMarks(doc, marks) }).state;
    expect([1, 2, 3, 4, 8].map((line) => marksAt(state, doc.line(line).from).map(({ words }) => words)))
      .toEqual([[], ["code"], ["code"], [], []]);
  });

  it("move with what is typed, and none is for the whole card", () => {
    let state = EditorState.create({ doc: "one\ntwo\nthree", extensions: lineMarks });
    const marks = [fact("a", 2, 3), fact("whole", 1, 3)];
    state = state.update({ effects: showMarks(state.doc, marks) }).state;
    expect(marksAt(state, 0)).toEqual([]);
    expect(marksAt(state, 5)).toEqual([marks[0]]);
    state = state.update({ changes: { from: 0, insert: "new\n" } }).state;
    expect(marksAt(state, state.doc.line(2).from)).toEqual([]);
    expect(marksAt(state, state.doc.line(3).from)).toEqual([marks[0]]);
  });
});

describe("faults", () => {
  it("are of their line, also where it is empty, and of no line that is not there", () => {
    let state = EditorState.create({ doc: "one\n\nthree", extensions: lintMarks });
    state = state.update(showFaults(state, [fault, { ...fault, line: 9 }])).state;
    expect([0, 4, 6].map((at) => faultsAt(state, at).length)).toEqual([0, 1, 0]);
  });
});
