import type { JSX } from "preact";
import { Refusal } from "../answers";
import { visible } from "../../text";

/** What went wrong, and what to do about it. */
export function explain(error: unknown): string {
  if (error instanceof Refusal) return [error.message, error.hint].filter(Boolean).join(". ");
  return error instanceof Error ? error.message : String(error);
}

export function Wrong({ words }: { words: string }): JSX.Element {
  return <p class="wrong" role="alert">{visible(words)}</p>;
}
