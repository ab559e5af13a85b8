/* Two states of a card as one text: what goes and what comes, in place. It is to be read, not written in. */

import { defaultKeymap } from "@codemirror/commands";
import { goToNextChunk, goToPreviousChunk, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { colour, shadowOf, sheet } from "./look";

export interface DiffOptions {
  before: string;
  after: string;
  /** What a screen reader calls it. */
  label: string;
}

const look = EditorView.theme({
  ".cm-changedLine, .cm-inlineChangedLine": { backgroundColor: "var(--wash) !important" },
  ".cm-changedText": { background: "none !important", textDecoration: "underline solid 2px var(--s4)", textUnderlineOffset: "0.2em" },
  ".cm-deletedChunk": { backgroundColor: "transparent !important", color: "var(--quiet)", paddingLeft: "0.7rem" },
  ".cm-deletedLine": { textDecoration: "line-through 1px var(--warm) !important" },
  ".cm-deletedText": { background: "none !important" },
  ".cm-changeGutter": { width: "3px", paddingLeft: "0" },
  ".cm-changedLineGutter": { background: "var(--s4) !important" },
  ".cm-deletedLineGutter": { background: "var(--warm) !important" },
  ".cm-collapsedLines": {
    color: "var(--quiet) !important", background: "var(--paper) !important", font: "0.78rem var(--sans)", padding: "0.25rem 0.9rem",
  },
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: "'' !important", margin: "0 !important" },
});

/** Show the diff in a place; gives what closes it. */
export function openDiff(place: HTMLElement, options: DiffOptions): () => void {
  const root = shadowOf(place);
  const view = new EditorView({
    root,
    parent: root,
    doc: options.after,
    extensions: [
      sheet(options.after),
      look,
      EditorState.readOnly.of(true),
      keymap.of([{ key: "F8", run: goToNextChunk }, { key: "Shift-F8", run: goToPreviousChunk }, ...defaultKeymap]),
      EditorView.contentAttributes.of({ "aria-label": options.label, tabindex: "0", "aria-readonly": "true" }),
      unifiedMergeView({
        original: options.before,
        mergeControls: false,
        collapseUnchanged: { margin: 2, minSize: 6 },
        syntaxHighlightDeletions: false,
      }),
    ],
  });
  void colour(view);
  return () => view.destroy();
}
