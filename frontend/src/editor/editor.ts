/* The editor of a card. It draws in a shadow root of the place it is given. */

import { Annotation, EditorState, type Extension } from "@codemirror/state";
import { EditorView, placeholder } from "@codemirror/view";
import type { Fact } from "../data/cards";
import { lintMarks, faultsAt, mend, showFaults, type Fault } from "./faults";
import { colour, editing, shadowOf, sheet } from "./look";
import { lineMarks, marksAt, showMarks } from "./marks";

export type { Fault };

/** What is known of the line that the cursor is in. */
export interface AtLine {
  line: number;
  marks: readonly Fact[];
  faults: readonly Fault[];
}

export interface EditorOptions {
  text: string;
  /** What a screen reader calls it. */
  label: string;
  /** Shown where there is no text. */
  hint?: string;
  onChange(text: string): void;
  onLine?(at: AtLine): void;
}

export interface Editor {
  text(): string;
  /** Another text in the place of this one; it is no change that `onChange` tells. */
  load(text: string): void;
  /** What is known of this very text; of another one nothing is shown. */
  show(text: string, marks: readonly Fact[], faults: readonly Fault[]): void;
  mend(fault: Fault): boolean;
  /** Select lines, from 1, and bring them into view. */
  go(first: number, last: number): void;
  focus(): void;
  close(): void;
}

const judged = Annotation.define<boolean>();

export function openEditor(place: HTMLElement, options: EditorOptions): Editor {
  const root = shadowOf(place);
  const make = (text: string): EditorState => EditorState.create({ doc: text, extensions: extensionsOf(text, options) });
  const view = new EditorView({ state: make(options.text), root, parent: root });
  void colour(view);
  const text = (): string => view.state.sliceDoc();
  return {
    text,
    load(other) {
      if (other === text()) return;
      view.setState(make(other));
      tell(view.state, options);
    },
    show(of, marks, faults) {
      if (of !== text()) return;
      view.dispatch(showFaults(view.state, faults), { effects: showMarks(view.state.doc, marks), annotations: judged.of(true) });
    },
    mend: (fault) => mend(view, fault),
    go(first, last) {
      const { doc } = view.state;
      const [from, to] = [doc.line(within(first, doc.lines)).from, doc.line(within(last, doc.lines)).to];
      view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
      view.focus();
    },
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
}

function extensionsOf(text: string, options: EditorOptions): Extension {
  return [
    lineMarks,
    sheet(),
    lintMarks,
    editing,
    EditorState.lineSeparator.of(separatorOf(text)),
    EditorView.clipboardInputFilter.of((pasted, { lineBreak }) => withLineEnd(pasted, lineBreak)),
    EditorView.contentAttributes.of({ "aria-label": options.label, tabindex: "0", spellcheck: "true", autocorrect: "off" }),
    placeholder(options.hint ?? ""),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange(update.state.sliceDoc());
      const shown = update.transactions.some((transaction) => transaction.annotation(judged));
      if (update.docChanged || update.selectionSet || shown) tell(update.state, options);
    }),
  ];
}

function tell(state: EditorState, options: EditorOptions): void {
  const at = state.selection.main.head;
  options.onLine?.({ line: state.doc.lineAt(at).number, marks: marksAt(state, at), faults: faultsAt(state, at) });
}

/** The line end of a text, so that no byte changes which nobody edits. Where they are mixed, carriage
    returns stay in the lines, and are seen. */
export function separatorOf(text: string): "\n" | "\r\n" {
  const ends = text.split("\n");
  return ends.length > 1 && ends.slice(0, -1).every((line) => line.endsWith("\r")) ? "\r\n" : "\n";
}

/** A text with one kind of line end: pasted lines become lines, wherever they are from. */
export function withLineEnd(text: string, end: string): string {
  return text.replace(/\r\n?|\n/g, end);
}

function within(line: number, lines: number): number {
  return Math.min(Math.max(line, 1), lines);
}
