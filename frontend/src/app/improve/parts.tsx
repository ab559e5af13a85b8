/* Small parts of this view. */

import type { ComponentChildren, JSX } from "preact";
import { explain, Refusal } from "../answers";

interface WayProps {
  label: string;
  isMain?: boolean;
  isOff?: boolean;
  children: ComponentChildren;
  onClick(): void;
}

export function Way({ label, isMain = false, isOff = false, children, onClick }: WayProps): JSX.Element {
  return (
    <div class="way">
      <button type="button" class={isMain ? "main" : undefined} disabled={isOff} onClick={onClick}>{label}</button>
      <p class="quiet">{children}</p>
    </div>
  );
}

export function Refused({ refusal }: { refusal: Refusal }): JSX.Element {
  return (
    <p role="alert" class="wrong">{explain(refusal)}</p>
  );
}

export function asRefusal(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal(String(error));
}
