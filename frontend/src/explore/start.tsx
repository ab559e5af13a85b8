/* What the app adds to a study's page. */

import { render, type ComponentChild } from "preact";
import "../css/app/studies.css";
import { AnswersContext, type Answers } from "../app/answers";
import type { Store } from "../store";
import { Exploring } from "./Exploring";
import { Whereabouts } from "./Whereabouts";

export function startExploring(store: Store, answers: Answers): void {
  const study = studyOf(location.pathname);
  const places = store.table.map;
  add("table", <Exploring store={store} study={study} />, answers);
  if (places) add("map", <Whereabouts store={store} places={places} study={study} />, answers);
}

/** The study whose page it is. */
export function studyOf(path: string): string {
  const name = /^\/studies\/([^/]+)\//.exec(path)?.[1] ?? "";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function add(island: string, made: ComponentChild, answers: Answers): void {
  const beside = document.querySelector(`[data-island="${island}"]`);
  if (!beside) return;
  const place = document.createElement("div");
  beside.after(place);
  render(<AnswersContext.Provider value={answers}>{made}</AnswersContext.Provider>, place);
}
