/* The editor of a card. It draws in a shadow root of the place it is given. */

import { Annotation, EditorState, type Extension } from "@codemirror/state";
import { EditorView, placeholder } from "@codemirror/view";
import type { Fact } from "../data/cards";
import { lintMarks, faultsAt, mend, showFaults, type Fault } from "./faults";
import { colour, editing, shadowOf, sheet } from "./look";
import { number } from "../text";
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
  /** Bytes that the text may have. */
  most?: number;
  onChange(text: string): void;
  /** What was pasted or dropped is not taken, and why. */
  onRefuse?(why: string): void;
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
    sheet(text),
    lintMarks,
    editing,
    EditorState.lineSeparator.of(separatorOf(text)),
    EditorView.clipboardInputFilter.of((pasted, { lineBreak }) => withLineEnd(pasted, lineBreak)),
    EditorView.contentAttributes.of({ "aria-label": options.label, tabindex: "0", spellcheck: "true", autocorrect: "off" }),
    placeholder(options.hint ?? ""),
    EditorView.domEventHandlers({
      paste: (event, view) => refuse(event, event.clipboardData, view, options),
      drop: (event, view) => refuse(event, event.dataTransfer, view, options),
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange(update.state.sliceDoc());
      const shown = update.transactions.some((transaction) => transaction.annotation(judged));
      if (update.docChanged || update.selectionSet || shown) tell(update.state, options);
    }),
  ];
}

/** Stop a text that would make the card longer than it may be, before it is on the page. */
function refuse(event: Event, transfer: DataTransfer | null, view: EditorView, options: EditorOptions): boolean {
  const { main } = view.state.selection;
  const kept = event.type === "paste" ? view.state.sliceDoc(0, main.from) + view.state.sliceDoc(main.to) : view.state.sliceDoc();
  const most = options.most ?? Infinity;
  if (fits([kept, transfer?.getData("text/plain") ?? ""], most)) return false;
  event.preventDefault();
  options.onRefuse?.(`With this the card would be longer than ${number(most)} bytes, so it was left out.`);
  return true;
}

/** Whether texts have together at most so many bytes. */
export function fits(texts: readonly string[], most: number): boolean {
  const isShort = texts.reduce((sum, { length }) => sum + length, 0) <= most; // else it need not be counted
  return isShort && texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0) <= most;
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
