/* Which card to make better, where none is at hand. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Refusal, useAnswers } from "../answers";
import { held, take } from "../atHand";
import { addressOf, replace } from "../route";
import { Refused } from "../Refused";
import { asRefusal } from "./parts";

export function Start({ target, isPublic }: { target: string; isPublic: boolean }): JSX.Element {
  const answers = useAnswers();
  const [text, setText] = useState(target);
  const [state, setState] = useState<Refusal | "asking" | null>(target ? "asking" : null);
  const request = useRef<AbortController | null>(null);
  const open = async (wanted: string): Promise<void> => {
    request.current?.abort();
    const mine = (request.current = new AbortController());
    setState("asking");
    try {
      const card = held(await answers.open({ target: wanted }));
      if (mine.signal.aborted) return; // somebody went elsewhere
      take(card);
      replace("improve", card.path || card.id); // as it is called, which may be another name
    } catch (error) {
      if (!mine.signal.aborted) setState(asRefusal(error));
    }
  };
  useEffect(() => {
    if (target) void open(target);
    return () => request.current?.abort();
  }, [target]);
  return (
    <div class="improve">
      <h1 tabIndex={-1}>Make a card better</h1>
      <form
        class="about-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (state !== "asking") void open(text.trim());
        }}
      >
        <label>
          A model’s id or address on the Hub{!isPublic && ", or a folder here"}
          <input type="text" required value={text} autocomplete="off" spellcheck={false} placeholder="owner/name"
            onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <button type="submit" class="main" aria-disabled={state === "asking"}>Draft a better card</button>
      </form>
      <div aria-live="polite">
        {state === "asking" && <p class="quiet">Opening it …</p>}
        {state instanceof Refusal && <Refused refusal={state} />}
      </div>
      <p class="quiet">Or paste one, or drop its folder, under <a href={addressOf("card")}>Card</a>.</p>
    </div>
  );
}
