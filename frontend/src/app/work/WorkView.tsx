import type { JSX } from "preact";
import type { ViewProps } from "../App";

export function WorkView(_: ViewProps): JSX.Element {
  return <h1 tabIndex={-1}>Work</h1>;
}
