/* The view that the address asks for, under the bar that the server wrote. */

import type { ComponentType, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswers } from "./answers";
import { CardView } from "./card/CardView";
import { focusTitle } from "./focus";
import { route, startRouting, type Route, type ViewName } from "./route";
import { startAgainWhenBack } from "./whenBack";

export interface ViewProps {
  /** What stands behind the view's name in the address: an owner, a study, a model. */
  about: string;
  isPublic: boolean;
}
type View = ComponentType<ViewProps>;

const TITLES: Record<ViewName, string> = {
  card: "A card",
  improve: "A better card",
  work: "Work list",
  read: "Read cards",
  studies: "Studies",
  time: "Over time",
  jobs: "Jobs",
};

/** Views but the first are loaded when they are asked for. */
const LOADERS: Record<Exclude<ViewName, "card">, () => Promise<View>> = {
  improve: async () => (await import("./improve/ImproveView")).ImproveView,
  work: async () => (await import("./work/WorkView")).WorkView,
  read: async () => (await import("./read/ReadView")).ReadView,
  studies: async () => (await import("./studies/StudiesView")).StudiesView,
  time: async () => (await import("./time/TimeView")).TimeView,
  jobs: async () => (await import("./jobs/JobsView")).JobsView,
};

const loaded = new Map<ViewName, View>([["card", CardView]]);

export function App({ isPublic }: { isPublic: boolean }): JSX.Element {
  useEffect(startRouting, []);
  const { view, about } = route.value;
  const Shown = useView(view);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${TITLES[view]} · cardiogram`;
    for (const link of document.querySelectorAll<HTMLAnchorElement>(".bar nav a")) {
      if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }, [view]);
  useEffect(() => {
    const place = document.getElementById("view");
    if (!isFirst.current && place) focusTitle(place);
    isFirst.current = false;
  }, [view, about, Shown]);
  if (Shown instanceof Error) {
    return <p role="alert">This view could not be loaded: is the app still running? If it is, load the page again.</p>;
  }
  if (Shown === null) return <p class="quiet" role="status">…</p>;
  return <Shown about={about} isPublic={isPublic} />;
}

function useView(view: Route["view"]): View | Error | null {
  const [, setLoads] = useState(0);
  const [failed, setFailed] = useState<Error | null>(null);
  const answers = useAnswers();
  useEffect(() => {
    setFailed(null);
    if (view === "card" || loaded.has(view)) return;
    let isWanted = true;
    let stop = (): void => {};
    LOADERS[view]().then(
      (found) => {
        loaded.set(view, found);
        setLoads((count) => count + 1);
      },
      (error: unknown) => {
        if (!isWanted) return;
        setFailed(new Error(String(error)));
        stop = startAgainWhenBack(answers);
      },
    );
    return () => {
      isWanted = false;
      stop();
    };
  }, [view]);
  return loaded.get(view) ?? failed;
}
