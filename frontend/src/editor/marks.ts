/* Lines that carry the rating, marked beside the text. Marks move with what is typed. */

import { RangeSet, RangeSetBuilder, StateEffect, StateField, type EditorState, type Extension, type Text } from "@codemirror/state";
import { EditorView, gutter, GutterMarker } from "@codemirror/view";
import { notesOf } from "../card/notes";
import type { Fact } from "../data/cards";
import { signed, visible } from "../text";

/** All marks that begin on one line. */
class LineMarks extends GutterMarker {
  constructor(readonly marks: readonly Fact[]) {
    super();
  }

  override eq(other: LineMarks): boolean {
    return other.marks === this.marks;
  }

  override toDOM(): HTMLElement {
    const made = document.createElement("div");
    const effect = this.marks.reduce((sum, mark) => sum + (mark.effect ?? 0), 0);
    made.className = effect < 0 ? "cm-carries cm-lowers" : "cm-carries";
    made.title = this.marks.map((mark) => `${signed(mark.effect)} ${visible(mark.words)}`.trim()).join("\n");
    return made;
  }
}

const replace = StateEffect.define<RangeSet<LineMarks>>();

const field = StateField.define<RangeSet<LineMarks>>({
  create: () => RangeSet.empty,
  update(marks, transaction) {
    let moved = transaction.docChanged ? marks.map(transaction.changes) : marks;
    for (const effect of transaction.effects) if (effect.is(replace)) moved = effect.value;
    return moved;
  },
});

const look = EditorView.baseTheme({
  ".cm-marks": { width: "5px" },
  ".cm-marks .cm-gutterElement": { height: "100%" },
  ".cm-carries": { width: "3px", height: "100%", background: "var(--s4)" },
  ".cm-lowers": { background: "var(--warm)" },
});

export const lineMarks: Extension = [
  field,
  gutter({ class: "cm-marks", markers: (view) => view.state.field(field) }),
  look,
];

/** Put other marks in the place of those that are there. */
export function showMarks(doc: Text, marks: readonly Fact[]): StateEffect<RangeSet<LineMarks>> {
  const lines = linesOf(doc);
  const found = notesOf(marks.filter((mark) => hasPlace(mark, lines)), lines);
  const builder = new RangeSetBuilder<LineMarks>();
  for (const line of [...found.keys()].sort((a, b) => a - b)) {
    const { from } = doc.line(line);
    builder.add(from, from, new LineMarks(found.get(line) ?? []));
  }
  return replace.of(builder.finish());
}

/** Whether a mark carries the rating in lines of its own: not what is about over half of the card, nor
    what is missing at its end. */
function hasPlace({ effect, first, last }: Fact, lines: number): boolean {
  if (effect === null || first === null) return false;
  return (last ?? first) - first < Math.max(lines / 2, 3) && (effect > 0 || first < lines);
}

/** The marks of the line that holds a position. */
export function marksAt(state: EditorState, position: number): readonly Fact[] {
  const { from, to } = state.doc.lineAt(position);
  const found = new Set<Fact>();
  state.field(field).between(from, to, (_from, _to, { marks }) => marks.forEach((mark) => found.add(mark)));
  return [...found];
}

/** Lines up to the last one with words. */
function linesOf(doc: Text): number {
  let { lines } = doc;
  while (lines > 1 && !doc.line(lines).text.trim()) lines -= 1;
  return lines;
}
