/* The page that rates by itself: the app's views of one card, and a judge in this browser. */

import "../css/report.css";
import "../css/app/shell.css";
import "../css/app/beginning.css";
import { render } from "preact";
import { App, type Loaders } from "../app/App";
import { AnswersContext, type Answers } from "../app/answers";
import { BeginningContext } from "../app/card/beginning";
import { keepFocus } from "../app/focus";
import { visible } from "../text";
import { startTheme } from "../theme";
import { beginningOf, recordedOf } from "./beginning";
import { readFromHub } from "./hub";
import { startJudge } from "./inPage";

const LOADERS: Loaders = { improve: async () => (await import("../app/improve/ImproveView")).ImproveView };

document.documentElement.classList.add("js-on");
startTheme();
for (const kind of ["dragover", "drop"] as const) {
  addEventListener(kind, (event) => event.preventDefault()); // a file beside the mark opens nothing else
}
const place = document.getElementById("view");
if (place) {
  const judge = startJudge();
  const own: Partial<Answers> = {
    ratesFirst: true,
    open: ({ target }) => readFromHub(target),
    rate: async (question, signal) => recordedOf(question) ?? judge.answers.rate(question, signal),
  };
  const answers = Object.assign(Object.create(judge.answers), own) as Answers;
  place.replaceChildren();
  keepFocus(place);
  render(
    <AnswersContext.Provider value={answers}>
      <BeginningContext.Provider value={beginningOf(judge)}>
        <App loaders={LOADERS} isPublic />
      </BeginningContext.Provider>
    </AnswersContext.Provider>,
    place,
  );
  void linkReport();
}

/** The study that was put up beside this page, where there is one. */
async function linkReport(): Promise<void> {
  const found: unknown = await fetch("./files.json").then((answer) => answer.json()).catch(() => null);
  const name = (found as { report?: unknown } | null)?.report;
  if (typeof name !== "string" || !name) return;
  const link = document.createElement("a");
  link.href = "./report.html";
  link.textContent = `All cards of ${visible(name).slice(0, 60)}`;
  document.querySelector(".bar nav")?.append(link);
}
