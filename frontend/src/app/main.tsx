/* The app's script: its views, or a study's page that the app serves. */

import "../css/report.css";
import "../css/app/shell.css";
import { render } from "preact";
import { startTheme } from "../theme";
import { App, type Loaders } from "./App";
import { AnswersContext } from "./answers";
import { keepFocus } from "./focus";
import { httpAnswers } from "./http";

const LOADERS: Loaders = {
  improve: async () => (await import("./improve/ImproveView")).ImproveView,
  work: async () => (await import("./work/WorkView")).WorkView,
  read: async () => (await import("./read/ReadView")).ReadView,
  studies: async () => (await import("./studies/StudiesView")).StudiesView,
  time: async () => (await import("./time/TimeView")).TimeView,
  jobs: async () => (await import("./jobs/JobsView")).JobsView,
};

document.documentElement.classList.add("js-on");
startTheme();
const place = document.getElementById("view");
if (place) {
  place.replaceChildren();
  keepFocus(place);
  render(
    <AnswersContext.Provider value={httpAnswers}>
      <App loaders={LOADERS} isPublic={"public" in place.dataset} />
    </AnswersContext.Provider>,
    place,
  );
}
if (document.querySelector('[data-island="table"]')) void showStudy();

async function showStudy(): Promise<void> {
  document.querySelector('.bar nav a[href="/#studies"]')?.setAttribute("aria-current", "true");
  const [{ startStudy }, { startExploring }] = await Promise.all([import("../study"), import("../explore/start")]);
  const store = await startStudy();
  if (store) startExploring(store, httpAnswers);
}
