import type { JSX } from "preact";
import type { ViewProps } from "../App";

export function ImproveView(_: ViewProps): JSX.Element {
  return <h1 tabIndex={-1}>Improve</h1>;
}
