/* The page's script. The page is readable without it; with it, its islands come alive: each
   element with `data-island` is filled by the component of that name. */

import { render, type ComponentChild } from "preact";
import "./css/page.css";
import "./css/charts.css";
import "./css/card.css";
import "./css/table.css";
import "./css/map.css";
import "./css/print.css";
import { Viewer } from "./card/Viewer";
import { readBlock } from "./data/blocks";
import { readTable, type RawTable } from "./data/table";
import { MapView } from "./map/MapView";
import { startBars, startPoints } from "./points";
import { RateView } from "./rate/RateView";
import { makeStore, type Store } from "./store";
import { TableView } from "./table/TableView";
import { startTheme } from "./theme";

/** Islands of a study's page: all read the same store. */
const STUDY: Record<string, (store: Store) => ComponentChild> = {
  table: (store) => <TableView store={store} />,
  map: (store) => store.table.map && <MapView store={store} places={store.table.map} />,
  viewer: (store) => <Viewer store={store} />,
};

function mount(name: string, made: ComponentChild): void {
  for (const place of document.querySelectorAll(`[data-island="${name}"]`)) {
    place.replaceChildren();
    render(made, place);
  }
}

async function startStudy(): Promise<void> {
  const store = makeStore(readTable(await readBlock<RawTable>("table")));
  for (const [name, make] of Object.entries(STUDY)) mount(name, make(store));
  startPoints(store);
  startBars(store);
}

document.documentElement.classList.add("js-on");
startTheme();
mount("rate", <RateView />);
if (document.querySelector('[data-island="table"]')) {
  startStudy().then(
    () => {
      document.documentElement.classList.add("ready");
      performance.mark("ready");
    },
    (error: unknown) => {
      // The page stays as it is without a script; a browser without DecompressionStream is old.
      document.documentElement.classList.remove("js-on");
      console.warn(`cardiogram: ${String(error)}`);
    },
  );
}
