/* What a model is called on the Hub: the code that loads it needs that, and its files are there. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Refusal, useAnswers } from "../answers";
import { atHand, held } from "../atHand";
import { readChosen } from "../card/dropped";
import { FolderButton } from "../card/OpenCard";
import { Refused } from "../Refused";
import { useTyped } from "../useTyped";
import { asRefusal } from "./parts";

export function Named(): JSX.Element {
  const answers = useAnswers();
  const [state, setState] = useState<Refusal | "asking" | null>(null);
  const { id, source } = atHand.value;
  const read = async (): Promise<void> => {
    const { id, text } = atHand.value;
    setState("asking");
    try {
      atHand.value = { ...held(await answers.open({ target: id })), text };
    } catch (error) {
      setState(asRefusal(error));
    }
  };
  const take = async (given: FileList): Promise<void> => {
    try {
      const { files } = await readChosen(given);
      if (files.length) atHand.value = { ...atHand.value, files, source: "dropped" };
      setState(files.length ? null : new Refusal("There are no files beside the card in it"));
    } catch (error) {
      setState(asRefusal(error));
    }
  };
  const typed = useTyped(id, (now) => {
    atHand.value = { ...atHand.value, id: now.trim() };
    setState(null);
  });
  return (
    <>
      <div class="named">
        <label for="hub-id">Its id on the Hub</label>
        <input
          id="hub-id"
          type="text"
          {...typed}
          placeholder="owner/name"
          aria-describedby={id ? undefined : "hub-id-why"}
          autocomplete="off"
          spellcheck={false}
        />
        {source === "pasted" && (
          <>
            <button type="button" disabled={!typed.value.trim() || state === "asking"} onClick={() => void read()}>Read its files there</button>
            <span>or give its</span>
            <FolderButton onFiles={(given) => void take(given)} />
          </>
        )}
        {!id && (
          <span id="hub-id-why">
            {source === "pasted" ? "Its files prove more of the card." : "Code that loads the model needs it."}
          </span>
        )}
      </div>
      {state instanceof Refusal && <Refused refusal={state} />}
    </>
  );
}
