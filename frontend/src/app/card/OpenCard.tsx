import type { JSX, TargetedEvent } from "preact";
import { useState } from "preact/hooks";
import type { CardInWorkspace } from "../api";

interface Props {
  cards: readonly CardInWorkspace[];
  onOpen(target: string): void;
  onFiles(files: FileList): void;
}

const FOLDER = { webkitdirectory: true }; // not in the types: no standard has it

/** A model's folder by the path of its card. */
export function withoutFile(path: string): string {
  return path.replace(/(?<=.)\/README\.md$/i, "");
}

/** Where a card comes from: the Hub, the folder that is served, or a file of one's own. */
export function OpenCard({ cards, onOpen, onFiles }: Props): JSX.Element {
  const [target, setTarget] = useState("");
  const choose = (event: TargetedEvent<HTMLInputElement>): void => {
    const { files } = event.currentTarget;
    if (files?.length) onFiles(files);
    event.currentTarget.value = "";
  };
  return (
    <form
      class="open-card"
      onSubmit={(event) => {
        event.preventDefault();
        if (target.trim()) onOpen(target.trim());
      }}
    >
      <label class="grow">
        <span class="unseen">Open a model’s id, its address, or a path in this folder</span>
        <input
          value={target}
          list={cards.length ? "cards-here" : undefined}
          placeholder="owner/name"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => setTarget(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Open</button>
      <span class="files">
        <label class="file-button">File<input type="file" accept=".md,text/markdown,text/plain" onChange={choose} /></label>
        <label class="file-button">Folder<input type="file" {...FOLDER} onChange={choose} /></label>
      </span>
      {cards.length > 0 && (
        <datalist id="cards-here">{cards.map(({ path, id }) => <option key={path} value={withoutFile(path)}>{id}</option>)}</datalist>
      )}
    </form>
  );
}
