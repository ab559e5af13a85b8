/* The map: points to look at, to hover, to open, and to choose for the table. */

import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { asksForAll } from "../data/query";
import type { Places } from "../data/table";
import type { Store } from "../store";
import { number } from "../text";
import { themeChanges } from "../theme";
import { colourBy, type ColourBy } from "./colouring";
import { readInk } from "./colours";
import { Legend } from "./Legend";
import { MapScreen } from "./screen";

const COLOURS: readonly (readonly [ColourBy, string])[] = [
  ["rating", "rating"],
  ["segment", "segment"],
  ["downloads", "downloads"],
  ["likes", "likes"],
  ["task", "task"],
];

interface Props {
  store: Store;
  places: Places;
}

export function MapView({ store, places }: Props): JSX.Element {
  const { table } = store;
  const below = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const [screen, setScreen] = useState<MapScreen | null>(null);
  const [by, setBy] = useState<ColourBy>("rating");
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const [lasso, setLasso] = useState(false);
  const [whole, setWhole] = useState(false);
  const [density, setDensity] = useState(false);
  const theme = themeChanges.value;
  const ink = useMemo(readInk, [theme]);
  const colouring = useMemo(() => colourBy(by, table, places, ink.palette), [by, ink]);

  useEffect(() => {
    if (!below.current || !above.current) return undefined;
    const made = new MapScreen(below.current, above.current, places, store);
    made.onChosen = () => setLasso(false);
    setScreen(made);
    const stop = effect(() => {
      made.show({
        marks: asksForAll(store.query.value) ? null : store.marks.value,
        opened: store.opened.value?.row ?? null,
        spot: store.spot.value,
      });
    });
    return () => {
      stop();
      made.stop();
    };
  }, []);

  useEffect(() => screen?.show({ colouring, ink, hidden }), [screen, colouring, hidden]);
  useEffect(() => screen?.setLasso(lasso), [screen, lasso]);
  useEffect(() => screen?.show({ density }), [screen, density]);

  return (
    <div class={whole ? "map whole" : "map"}>
      <Legend classes={colouring.classes} hidden={hidden} onHide={setHidden} />
      <div class={["map-frame", lasso && "lasso", ink.palette.dark && "dark"].filter(Boolean).join(" ")}>
        <canvas ref={below} aria-hidden="true" />
        <canvas
          ref={above}
          id="map-canvas"
          tabIndex={0}
          role="application"
          aria-roledescription="map"
          aria-label={
            `Map of ${number(table.rows)} models. Arrow keys move it, plus and minus zoom, 0 shows ` +
            "all of it, Enter opens the model in the middle. The same models are in the table below."
          }
        />
      </div>
      <div class="map-tools">
        <label>
          Colour
          <select
            id="colour-by"
            value={by}
            onChange={(event) => {
              setHidden(new Set());
              setBy(event.currentTarget.value as ColourBy);
            }}
          >
            {COLOURS.filter(([key]) => key !== "segment" || places.segments.length > 0)
              .map(([key, name]) => <option key={key} value={key}>{name}</option>)}
          </select>
        </label>
        <input
          type="search"
          aria-label="Find models on the map"
          placeholder="find models"
          autocomplete="off"
          spellcheck={false}
          value={store.query.value.words}
          onInput={(event) => store.ask({ words: event.currentTarget.value })}
        />
        <div class="buttons" role="group" aria-label="Zoom">
          <button type="button" aria-label="Closer" onClick={() => screen?.gestures.closer()}>+</button>
          <button type="button" aria-label="Farther" onClick={() => screen?.gestures.farther()}>−</button>
          <button type="button" onClick={() => screen?.gestures.reset()}>All</button>
          <button type="button" aria-pressed={density} onClick={() => setDensity(!density)}>Density</button>
          <button type="button" aria-pressed={whole} onClick={() => setWhole(!whole)}>Large</button>
        </div>
        <div class="buttons" role="group" aria-label="Choose models for the table">
          <button type="button" aria-pressed={lasso} onClick={() => setLasso(!lasso)}>Lasso</button>
          <button type="button" onClick={() => screen?.chooseInView()} aria-label="Choose what is in view">In view</button>
        </div>
        <Chosen store={store} />
      </div>
      <p class="unseen" id="map-said" role="status" />
    </div>
  );
}

function Chosen({ store }: { store: Store }): JSX.Element | null {
  if (!store.query.value.chosen) return null;
  const count = store.query.value.chosen.reduce((total, mark) => total + mark, 0);
  return (
    <div class="buttons">
      <a href="#models">{number(count)} chosen, in the table</a>
      <button type="button" class="plain" onClick={() => store.ask({ chosen: null })}>
        Choose none
      </button>
    </div>
  );
}
