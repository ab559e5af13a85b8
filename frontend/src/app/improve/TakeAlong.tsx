/* Where the draft goes: a download, its folder, or a pull request that is shown before it is sent. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { DraftAnswer, DraftQuestion, WriteAnswer } from "../api";
import { Refusal, useAnswers } from "../answers";
import type { HeldCard } from "../atHand";
import { saveText } from "../save";
import { visible } from "../../text";
import { Refused } from "../Refused";
import type { Drafting } from "./drafting";
import { asRefusal, Way } from "./parts";
import { PullRequest } from "./PullRequest";

interface Props {
  card: HeldCard;
  draft: DraftAnswer;
  question(): DraftQuestion;
  /** The draft of all that was said, which a click waits for; null where there is none. */
  settled: Drafting["settled"];
  isPublic: boolean;
  onWritten(text: string, revision: string): void;
  onEdit(text: string): void;
}

export function TakeAlong(props: Props): JSX.Element {
  const { card, draft, question, settled, isPublic, onWritten, onEdit } = props;
  const answers = useAnswers();
  const [written, setWritten] = useState<WriteAnswer | Refusal | null>(null);
  useEffect(() => setWritten(null), [draft.sha256]);
  const [isWriting, setWriting] = useState(false);
  const [isAwaited, setAwaited] = useState(false);
  const whenSettled = (act: (draft: DraftAnswer) => void) => (): void =>
    void (async () => {
      setAwaited(true);
      const draft = await settled();
      setAwaited(false);
      if (draft !== null) act(draft);
    })();
  const write = async ({ text, sha256 }: DraftAnswer): Promise<void> => {
    setWriting(true);
    try {
      const found = await answers.write({ draft: question(), sha256 });
      setWritten(found);
      onWritten(text, found.revision);
    } catch (error) {
      setWritten(asRefusal(error));
    }
    setWriting(false);
  };
  const mayWrite = card.source === "folder" && !isPublic;
  const mayPropose = card.source === "hub" && !isPublic;
  return (
    <section aria-labelledby="along" class="along">
      <h2 id="along">Where the draft goes</h2>
      {mayWrite && (
        <Way label="Write into the folder" isMain isOff={isWriting} onClick={whenSettled((now) => void write(now))}>
          Edits <code>{visible(card.path)}</code> and puts the proof beside it.
        </Way>
      )}
      <div aria-live="polite">
        {written instanceof Refusal && <Refused refusal={written} />}
        {written && !(written instanceof Refusal) && (
          <p class="done">
            {written.paths.length ? `Written: ${visible(written.paths.join(", "))}` : "The folder has all of it already."}
          </p>
        )}
      </div>
      {mayWrite && card.id && (
        <p class="quiet">A pull request goes out from the card on the Hub: open it by its id, {visible(card.id)}.</p>
      )}
      {mayPropose && <PullRequest draft={draft} question={question} settled={settled} />}
      {draft.changes.some(({ is_left: isLeft }) => !isLeft) && (
        <Way label="Download README.md" isMain={!mayWrite && !mayPropose}
          onClick={whenSettled(({ text }) => saveText("README.md", text))}>
          {draft.proof && (
            <>
              Its proof goes beside it:{" "}
              <button type="button" class="plain"
                onClick={whenSettled(({ proof }) => saveText("README.proof.json", proof))}>
                README.proof.json
              </button>
            </>
          )}
        </Way>
      )}
      <Way label="Go on by hand" onClick={whenSettled(({ text }) => onEdit(text))}>Opens the draft in the editor.</Way>
      <p class="quiet" aria-live="polite">{isAwaited && "Your last words go into the draft …"}</p>
    </section>
  );
}
