/* What was changed since the last look. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswers } from "../answers";
import { startAgainWhenBack } from "../whenBack";

export function Changed({ before, after }: { before: string; after: string }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const answers = useAnswers();
  useEffect(() => {
    let close: (() => void) | null = null;
    let here = true;
    let stop = (): void => {};
    import("../../editor/diff").then(({ openDiff }) => {
      if (here && place.current) close = openDiff(place.current, { before, after, label: "What was changed" });
    }, () => {
      if (!here) return;
      setFailed(true);
      stop = startAgainWhenBack(answers);
    });
    return () => {
      here = false;
      stop();
      close?.();
    };
  }, [before, after]);
  return failed
    ? <p role="alert" class="wrong">The view of changes could not be loaded. Load the page again.</p>
    : <div class="editor" ref={place} />;
}
