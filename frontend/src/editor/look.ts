/* What the editor and the diff share: paper, ink and keys. Their styles live in a shadow root: there
   they are adopted style sheets, which a strict policy allows. */

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { HIDDEN } from "../text";

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--raised)", fontSize: "0.84rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.65", overflow: "auto" },
  ".cm-content": { padding: "0.8rem 0", caretColor: "var(--ink)", minHeight: "100%" },
  ".cm-line": { padding: "0 0.9rem 0 0.7rem", unicodeBidi: "plaintext" },
  ".cm-placeholder": { color: "var(--quiet)", whiteSpace: "pre-wrap" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--quiet)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 0.5rem 0 0", minWidth: "2.6rem", fontSize: "0.72rem", lineHeight: "1.39rem" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  ".cm-specialChar": { color: "var(--warm)", fontWeight: "700" },
  "& .cm-selectionMatch": { backgroundColor: "var(--wash)" },
  "& .cm-searchMatch": { backgroundColor: "var(--wash)", outline: "1px solid var(--axis)" },
  "& .cm-searchMatch-selected": { backgroundColor: "var(--wash)", outline: "2px solid var(--accent)" },
  ".cm-panels": { backgroundColor: "var(--paper)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "0.5rem 0.9rem", fontFamily: "var(--sans)" },
  ".cm-panel.cm-search label": { fontSize: "0.8rem" },
  ".cm-textfield, .cm-button": {
    font: "0.8rem var(--sans)", color: "var(--ink)", backgroundColor: "var(--raised)", backgroundImage: "none",
    border: "1px solid var(--line)", borderRadius: "6px", padding: "0.25rem 0.6rem",
  },
  ".cm-button:active": { backgroundImage: "none" },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--axis)", borderRadius: "6px",
    font: "0.82rem/1.5 var(--sans)", maxWidth: "min(30rem, 90vw)",
  },
  "& :focus-visible:not(.cm-content)": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
});

/** Characters of a line, and of lines with none empty between them, that are given colours: to read
    more at once would hold up the page. */
const [LONGEST_LINE, LONGEST_STRETCH] = [10_000, 50_000];

/** Colours come when one can already write. */
const language = new Compartment();
const NONE: Extension = [];
let cardLanguage: Extension = NONE;

function languageOf(lines: Iterable<string>): Extension {
  let stretch = 0;
  for (const line of lines) {
    stretch = /\S/.test(line) ? stretch + line.length + 1 : 0;
    if (line.length > LONGEST_LINE || stretch > LONGEST_STRETCH) return NONE;
  }
  return cardLanguage;
}

const recolour = EditorState.transactionExtender.of(({ docChanged, newDoc, startState }) => {
  if (!docChanged) return null;
  const wanted = languageOf(newDoc.iterLines());
  return language.get(startState) === wanted ? null : { effects: language.reconfigure(wanted) };
});

/** Give a view the colours of a card's language. */
export async function colour(view: EditorView): Promise<void> {
  try {
    ({ cardLanguage } = await import("./language"));
    view.dispatch({ effects: language.reconfigure(languageOf(view.state.doc.iterLines())) });
  } catch {
    // It stays black on white.
  }
}

/** A text with line numbers and search; controls that hide or reorder text are seen. */
export const sheet = (text: string): Extension => [
  look,
  language.of(languageOf(text.split("\n"))),
  recolour,
  lineNumbers(),
  highlightSpecialChars({ addSpecialChars: HIDDEN, render: sign }),
  EditorView.lineWrapping,
  highlightSelectionMatches(),
  search(),
  keymap.of(searchKeymap),
];

export const editing: Extension = [
  history(),
  keymap.of([...historyKeymap, ...defaultKeymap]),
  EditorView.domEventHandlers({ beforeinput: typeOver }),
];

/** Type over a selection. Left to itself Chromium would keep its looks by a style attribute, of which
    the policy of the page complains. */
function typeOver(event: InputEvent, view: EditorView): boolean {
  if (event.inputType !== "insertText" || !event.data || view.composing || view.state.selection.main.empty) return false;
  view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  event.preventDefault();
  return true;
}

function sign(code: number): HTMLElement {
  const made = document.createElement("span");
  made.className = "cm-specialChar";
  made.textContent = `⟦U+${code.toString(16).toUpperCase().padStart(4, "0")}⟧`;
  return made;
}

/** A shadow root to draw in, emptied. */
export function shadowOf(place: HTMLElement): ShadowRoot {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  root.replaceChildren();
  return root;
}
