import type { JSX } from "preact";
import { explain, Refusal } from "./answers";

/** Why a question was not answered, and the page where its answer lies, where there is one. */
export function Refused({ refusal }: { refusal: unknown }): JSX.Element {
  const address = refusal instanceof Refusal ? refusal.address : "";
  return (
    <p role="alert" class="wrong">
      {explain(refusal)}
      {address && <> <a href={address} target="_blank" rel="noopener noreferrer">Open its text</a></>}
    </p>
  );
}
