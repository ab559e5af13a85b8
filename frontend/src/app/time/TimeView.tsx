import type { JSX } from "preact";
import type { ViewProps } from "../App";

export function TimeView(_: ViewProps): JSX.Element {
  return <h1 tabIndex={-1}>Time</h1>;
}
