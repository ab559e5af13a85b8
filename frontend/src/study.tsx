/* A study's page comes alive: each element with `data-island` is filled by the component of that
   name, and all of them read one store. */

import { render, type ComponentChild } from "preact";
import { Viewer } from "./card/Viewer";
import { readBlock } from "./data/blocks";
import { readTable, type RawTable } from "./data/table";
import { MapView } from "./map/MapView";
import { startBars, startPoints } from "./points";
import { makeStore, type Store } from "./store";
import { TableView } from "./table/TableView";

const ISLANDS: Record<string, (store: Store) => ComponentChild> = {
  table: (store) => <TableView store={store} />,
  map: (store) => store.table.map && <MapView store={store} places={store.table.map} />,
  viewer: (store) => <Viewer store={store} />,
};

/** Start the page; it stays as it is without a script where that cannot be done. */
export async function startStudy(): Promise<Store | null> {
  try {
    const store = makeStore(readTable(await readBlock<RawTable>("table")));
    for (const [name, make] of Object.entries(ISLANDS)) mount(name, make(store));
    startPoints(store);
    startBars(store);
    document.documentElement.classList.add("ready");
    performance.mark("ready");
    return store;
  } catch (error) {
    // A browser without DecompressionStream is old.
    document.documentElement.classList.remove("js-on");
    console.warn(`cardiogram: ${String(error)}`);
    return null;
  }
}

function mount(name: string, made: ComponentChild): void {
  for (const place of document.querySelectorAll(`[data-island="${name}"]`)) {
    place.replaceChildren();
    render(made, place);
  }
}
