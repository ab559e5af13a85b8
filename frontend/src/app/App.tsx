/* The view that the address asks for, under the bar that the server wrote. */

import type { ComponentType, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswers } from "./answers";
import { CardView } from "./card/CardView";
import { focusTitle } from "./focus";
import { route, startRouting, type ViewName } from "./route";
import { startAgainWhenBack } from "./whenBack";

export interface ViewProps {
  /** What stands behind the view's name in the address: an owner, a study, a model. */
  about: string;
  isPublic: boolean;
}
export type View = ComponentType<ViewProps>;

/** How the views are loaded that are not there from the first; what is not in it is not there. */
export type Loaders = Partial<Record<ViewName, () => Promise<View>>>;

const TITLES: Record<ViewName, string> = {
  card: "A card",
  improve: "A better card",
  work: "Work list",
  read: "Read cards",
  studies: "Studies",
  time: "Over time",
  jobs: "Jobs",
};

const loaded = new Map<ViewName, View>([["card", CardView]]);

interface Props {
  loaders: Loaders;
  isPublic: boolean;
}

export function App({ loaders, isPublic }: Props): JSX.Element {
  useEffect(startRouting, []);
  const { view: wanted, about } = route.value;
  const view = wanted in loaders ? wanted : "card";
  const Shown = useView(view, loaders[view]);
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
    return <p role="alert">This view could not be loaded. Load the page again.</p>;
  }
  if (Shown === null) return <p class="quiet" role="status">…</p>;
  return <Shown about={about} isPublic={isPublic} />;
}

function useView(view: ViewName, load: Loaders[ViewName]): View | Error | null {
  const [, setLoads] = useState(0);
  const [failed, setFailed] = useState<Error | null>(null);
  const answers = useAnswers();
  useEffect(() => {
    setFailed(null);
    if (!load || loaded.has(view)) return;
    let isWanted = true;
    let stop = (): void => {};
    load().then(
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
