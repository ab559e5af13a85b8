import type { JSX } from "preact";
import type { ViewProps } from "../App";

export function JobsView(_: ViewProps): JSX.Element {
  return <h1 tabIndex={-1}>Jobs</h1>;
}
