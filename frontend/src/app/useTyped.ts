/* A field that holds what is typed until it is left, whatever comes meanwhile. */

import type { TargetedEvent } from "preact";
import { useState } from "preact/hooks";

type Happens = TargetedEvent<HTMLInputElement>;

interface Typed {
  value: string;
  onInput(event: Happens): void;
  onChange(event: Happens): void;
}

/** What a field is given: `take` hears what was typed once the field is left. */
export function useTyped(value: string, take: (typed: string) => void): Typed {
  const [typed, setTyped] = useState<string | null>(null);
  return {
    value: typed ?? value,
    onInput: (event) => setTyped(event.currentTarget.value),
    onChange: (event) => {
      setTyped(null);
      take(event.currentTarget.value);
    },
  };
}
