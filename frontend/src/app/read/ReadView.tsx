import type { JSX } from "preact";
import type { ViewProps } from "../App";

export function ReadView(_: ViewProps): JSX.Element {
  return <h1 tabIndex={-1}>Read</h1>;
}
