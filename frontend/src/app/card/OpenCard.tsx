import type { JSX, TargetedEvent } from "preact";
import { useState } from "preact/hooks";
import type { CardInWorkspace } from "../api";
import { withoutFile } from "../atHand";

interface Props {
  cards: readonly CardInWorkspace[];
  /** Whether there is no folder in which a path could lie. */
  isPublic: boolean;
  /** Whether no card is open yet. */
  isFirst: boolean;
  onOpen(target: string): void;
  onFiles(files: FileList): void;
}

const FOLDER = { webkitdirectory: true }; // not in the types: no standard has it

/** Where a card comes from: the Hub, the folder that is served, or a file of one's own. */
export function OpenCard({ cards, isPublic, isFirst, onOpen, onFiles }: Props): JSX.Element {
  const [target, setTarget] = useState("");
  return (
    <form
      class="open-card"
      onSubmit={(event) => {
        event.preventDefault();
        if (target.trim()) onOpen(target.trim());
      }}
    >
      <label class="grow">
        <span class="unseen">{isPublic ? "Open a model of the Hub by its id or address" : "Open a model’s id, its address, or a path in this folder"}</span>
        <input
          value={target}
          list={cards.length ? "cards-here" : undefined}
          placeholder={!isFirst ? "another: owner/name" : isPublic ? "owner/name on the Hub" : "owner/name"}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => setTarget(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Open</button>
      <span class="files">
        <label class="file-button">File<input type="file" accept=".md,text/markdown,text/plain" onChange={chosen(onFiles)} /></label>
        <FolderButton onFiles={onFiles} />
      </span>
      {cards.length > 0 && (
        <datalist id="cards-here">{cards.map(({ path, id }) => <option key={path} value={withoutFile(path)}>{id}</option>)}</datalist>
      )}
    </form>
  );
}

export function FolderButton({ onFiles }: Pick<Props, "onFiles">): JSX.Element {
  return <label class="file-button">Folder<input type="file" {...FOLDER} onChange={chosen(onFiles)} /></label>;
}

/** Hand on what was chosen; the same can be chosen again. */
function chosen(onFiles: Props["onFiles"]): (event: TargetedEvent<HTMLInputElement>) => void {
  return ({ currentTarget }) => {
    if (currentTarget.files?.length) onFiles(currentTarget.files);
    currentTarget.value = "";
  };
}
