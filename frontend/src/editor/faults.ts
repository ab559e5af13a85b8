/* What the linter says, underlined, with what mends it as one change that can be undone. */

import { forEachDiagnostic, nextDiagnostic, previousDiagnostic, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { ChangeSet, StateEffect, StateField, type EditorState, type Extension, type Text, type TransactionSpec } from "@codemirror/state";
import { closeHoverTooltips, EditorView, hasHoverTooltips, keymap } from "@codemirror/view";
import { visible } from "../text";

export interface Fault {
  rule: string;
  severity: "error" | "warning" | "note";
  /** From 1. */
  line: number;
  message: string;
  /** Places of the text that was judged, in JavaScript's own units. */
  fixes: readonly { start: number; end: number; new: string }[];
}

const SEVERITY = { error: "error", warning: "warning", note: "info" } as const;

/** Faults with their mending, which moves with what is typed. */
const replace = StateEffect.define<ReadonlyMap<Fault, ChangeSet>>();

const mends = StateField.define<ReadonlyMap<Fault, ChangeSet>>({
  create: () => new Map(),
  update(held, transaction) {
    for (const effect of transaction.effects) if (effect.is(replace)) return effect.value;
    if (!transaction.docChanged || held.size === 0) return held;
    return new Map([...held].map(([fault, change]) => [fault, change.map(transaction.changes)]));
  },
});

const line = (style: string, colour: string): Record<string, string> => ({
  backgroundImage: "none", textDecoration: `underline ${style} ${colour}`, textUnderlineOffset: "0.25em",
  textDecorationSkipInk: "none",
});

const look = EditorView.theme({
  ".cm-lintRange-error": line("solid 2px", "var(--warm)"),
  ".cm-lintRange-warning": line("wavy 1px", "var(--warm)"),
  ".cm-lintRange-info": line("dotted 2px", "var(--axis)"),
  ".cm-lintRange-active": { backgroundColor: "var(--wash)" },
  ".cm-lintPoint:after": { borderBottomColor: "var(--warm) !important" },
  ".cm-diagnostic": { borderLeft: "3px solid var(--warm)", padding: "0.35rem 0.7rem", margin: "0" },
  ".cm-diagnostic-info": { borderLeftColor: "var(--axis)" },
  ".cm-diagnosticAction": {
    font: "inherit", color: "var(--accent)", backgroundColor: "transparent", border: "1px solid var(--line)",
    borderRadius: "6px", padding: "0 0.6rem",
  },
});

export const lintMarks: Extension = [
  mends,
  look,
  keymap.of([
    { key: "F8", run: nextDiagnostic },
    { key: "Shift-F8", run: previousDiagnostic },
    { key: "Escape", run: closeTooltips },
  ]),
];

function closeTooltips(view: EditorView): boolean {
  if (!hasHoverTooltips(view.state)) return false;
  view.dispatch({ effects: closeHoverTooltips });
  return true;
}

/** Put other faults in the place of those that are there. */
export function showFaults(state: EditorState, faults: readonly Fault[]): TransactionSpec {
  const { doc } = state;
  const here = faults.filter(({ line: at }) => at >= 1 && at <= doc.lines);
  const found = setDiagnostics(state, here.map((fault) => diagnose(doc, fault)));
  const made = new Map(here.filter(({ fixes }) => fixes.length).map((fault) => [fault, changesOf(state, fault)]));
  return { ...found, effects: [...[found.effects ?? []].flat(), replace.of(made)] };
}

/** Faults of the line that holds a position. */
export function faultsAt(state: EditorState, position: number): Fault[] {
  const { from, to } = state.doc.lineAt(position);
  const found: Fault[] = [];
  forEachDiagnostic(state, (diagnostic, start, end) => {
    if (start <= to && end >= from && isOurs(diagnostic)) found.push(diagnostic.fault);
  });
  return found;
}

/** Mend a fault; false where that has been done or overtaken by what was typed. */
export function mend(view: EditorView, fault: Fault): boolean {
  const changes = view.state.field(mends).get(fault);
  if (!changes || changes.empty) return false;
  view.dispatch({ changes, userEvent: "input.mend", scrollIntoView: true });
  return true;
}

interface OurDiagnostic extends Diagnostic {
  fault: Fault;
}

function isOurs(diagnostic: Diagnostic): diagnostic is OurDiagnostic {
  return "fault" in diagnostic;
}

function diagnose(doc: Text, fault: Fault): OurDiagnostic {
  const { from, to, text } = doc.line(fault.line);
  return {
    fault,
    from: from + (text.length - text.trimStart().length) * Number(text.trim() !== ""),
    to: to - (text.length - text.trimEnd().length) * Number(text.trim() !== ""),
    severity: SEVERITY[fault.severity],
    message: `${fault.rule}: ${visible(fault.message)}`,
    actions: fault.fixes.length ? [{ name: "Fix", apply: (view) => void mend(view, fault) }] : [],
  };
}

function changesOf(state: EditorState, { fixes }: Fault): ChangeSet {
  const text = state.lineBreak === "\n" ? "" : state.sliceDoc();
  const at = (place: number): number => placeOf(text, place, state.doc.length);
  return state.changes(fixes.map((fix) => ({
    from: at(fix.start), to: at(fix.end), insert: state.toText(fix.new),
  })));
}

/** A place of the text as one of the document, in which every line end counts one. */
export function placeOf(text: string, place: number, length: number): number {
  let ends = 0;
  for (let at = text.indexOf("\r\n"); at !== -1 && at + 1 < place; at = text.indexOf("\r\n", at + 2)) ends += 1;
  return Math.min(Math.max(place - ends, 0), length);
}
