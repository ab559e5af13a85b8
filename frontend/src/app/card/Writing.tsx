/* The editor on the page, loaded when it is needed. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Fact } from "../../data/cards";
import type { AtLine, Editor, Fault } from "../../editor/editor";
import { signed, visible } from "../../text";
import { Words } from "../../Words";
import { useAnswers } from "../answers";
import { startAgainWhenBack } from "../whenBack";
import { MOST_CARD } from "./dropped";

interface Props {
  text: string;
  /** Something else stands in its place. */
  isHidden: boolean;
  /** What can be done with the text. */
  children: ComponentChildren;
  onChange(text: string): void;
  onReady(editor: Editor): void;
}

const HINT = "---\nlicense: apache-2.0\n---\n# My model\n\nPaste a card here, or drop its README.md or its folder.";

/** The card's text, and below it what is known of the line that the cursor is in. */
export function Writing({ text, isHidden, children, onChange, onReady }: Props): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const [at, setAt] = useState<AtLine | null>(null);
  const [refusal, setRefusal] = useState("");
  const [failed, setFailed] = useState(false);
  const [isReady, setReady] = useState(false);
  const answers = useAnswers();
  const now = useRef({ text, onChange }); // what it is when the editor comes
  now.current = { text, onChange };
  useEffect(() => {
    let here = true;
    let stop = (): void => {};
    import("../../editor/editor").then(({ openEditor }) => {
      if (!here || !place.current) return;
      editor.current = openEditor(place.current, {
        text: now.current.text,
        label: "The card’s text",
        hint: HINT,
        most: MOST_CARD,
        onChange(changed) {
          setRefusal("");
          now.current.onChange(changed);
        },
        onRefuse: setRefusal,
        onLine: setAt,
      });
      setReady(true);
      onReady(editor.current);
    }, () => {
      if (!here) return;
      setFailed(true);
      stop = startAgainWhenBack(answers);
    });
    return () => {
      here = false;
      stop();
      editor.current?.close();
    };
  }, []);
  return (
    <>
      <div class="editor" ref={place} hidden={isHidden} aria-busy={!isReady && !failed} />
      {failed && <p role="alert" class="wrong">The editor could not be loaded. Load the page again.</p>}
      {refusal && <p role="alert" class="wrong">{refusal}</p>}
      <div class="under">
        {at && !isHidden && text.trim() && <LineNotes at={at} onFix={(fault) => editor.current?.mend(fault)} />}
        {children}
      </div>
    </>
  );
}

const MOST_NOTES = 3;

/** What carries the rating in this line, and what is to mend in it. */
function LineNotes({ at, onFix }: { at: AtLine; onFix(fault: Fault): void }): JSX.Element {
  const marks = [...at.marks].sort((a, b) => Math.abs(b.effect ?? 0) - Math.abs(a.effect ?? 0));
  return (
    <div class="line-notes">
      <span class="quiet number">Line {at.line}</span>
      {marks.slice(0, MOST_NOTES).map((mark, i) => <span key={i}><Carried mark={mark} /></span>)}
      {marks.length > MOST_NOTES && <span class="quiet">{marks.length - MOST_NOTES} more</span>}
      {at.faults.map((fault, i) => (
        <span key={`fault ${i}`}>
          <Words text={fault.message} />{" "}
          {fault.fixes.length > 0 && <button type="button" onClick={() => onFix(fault)}>Fix</button>}
        </span>
      ))}
    </div>
  );
}

function Carried({ mark }: { mark: Fact }): JSX.Element {
  return (
    <>
      {mark.effect !== null && <strong class="number">{signed(mark.effect)}</strong>} {visible(mark.words)}
    </>
  );
}
