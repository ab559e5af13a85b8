/* Small parts of this view. */

import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import { Refusal } from "../answers";

interface WayProps {
  label: string;
  isMain?: boolean;
  isOff?: boolean;
  children: ComponentChildren;
  onClick(): void;
}

interface ActProps {
  label: string;
  isMain: boolean;
  isOff: boolean;
  onClick(): void;
}

/** A button that keeps the focus while it may not be used. */
export function Act({ label, isMain, isOff, onClick }: ActProps): JSX.Element {
  return (
    <button type="button" class={isMain ? "main" : undefined} aria-disabled={isOff}
      onClick={() => { if (!isOff) onClick(); }}>
      {label}
    </button>
  );
}

export function Way({ label, isMain = false, isOff = false, children, onClick }: WayProps): JSX.Element {
  return (
    <div class="way">
      <Act label={label} isMain={isMain} isOff={isOff} onClick={onClick} />
      <p class="quiet">{children}</p>
    </div>
  );
}

/** What became of an answer, as long as it is the same: a line that comes and goes moves what is below. */
export function useOutcome(answer: string, outcome: string, isBusy: boolean): string {
  const last = useRef({ answer: "", outcome: "" });
  if (!isBusy) last.current = { answer, outcome };
  return last.current.answer === answer ? last.current.outcome : "";
}

export function asRefusal(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal(String(error));
}
