import type { JSX } from "preact";
import type { ViewProps } from "../App";

export function StudiesView(_: ViewProps): JSX.Element {
  return <h1 tabIndex={-1}>Studies</h1>;
}
