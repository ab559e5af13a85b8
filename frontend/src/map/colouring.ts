/* What the points' colours mean: always a few named classes, so that one legend serves them all.

   Classes without an order have the colours of Okabe and Ito (2008), which colour-blind readers
   tell apart, and then other shapes; those with an order go from dark to bright as viridis does. */

import type { Levels, Places, Table } from "../data/table";
import { number, short } from "../text";

export type Rgb = readonly [red: number, green: number, blue: number];
export type Shape = "circle" | "square" | "triangle" | "diamond";
export type ColourBy = "segment" | "rating" | "downloads" | "likes" | "task";

export interface Class {
  name: string;
  colour: Rgb;
  shape: Shape;
  count: number;
}

/** Classes, and for each row the place of its own. */
export interface Colouring {
  classes: readonly Class[];
  codes: Uint8Array;
}

export interface Palette {
  dark: boolean;
  /** Colours of the ratings 1 to 5. */
  ratings: readonly Rgb[];
  /** For what has no class. */
  quiet: Rgb;
}

const OKABE_ITO: readonly Rgb[] = [
  [0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167], [230, 159, 0], [86, 180, 233],
];
/** The second six segments: other colours and another shape. */
const OTHERS: readonly Rgb[] = [
  [125, 80, 190], [190, 30, 75], [125, 150, 30], [140, 90, 55], [40, 175, 180], [225, 110, 110],
];
const LEVEL_COLOURS: readonly Rgb[] = [...OKABE_ITO, ...OTHERS];
const MOST_SEGMENTS = LEVEL_COLOURS.length;
const MOST_TASKS = OKABE_ITO.length;

/** Viridis at even steps (Smith and van der Walt, 2015). */
const VIRIDIS: readonly Rgb[] = [
  [68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137],
  [53, 183, 121], [109, 205, 89], [180, 222, 44], [253, 231, 37],
];

export function colourBy(by: ColourBy, table: Table, places: Places, palette: Palette): Colouring {
  const { classes, codes } = classify(by, table, places, palette);
  const counts = new Uint32Array(classes.length);
  codes.forEach((code, row) => {
    if (!Number.isNaN(places.x[row])) counts[code] = (counts[code] ?? 0) + 1; // else not on the map
  });
  return { classes: classes.map((one, i) => ({ ...one, count: counts[i] ?? 0 })), codes };
}

interface Classified {
  classes: readonly Omit<Class, "count">[];
  codes: Uint8Array;
}

function classify(by: ColourBy, table: Table, places: Places, palette: Palette): Classified {
  switch (by) {
    case "segment":
      return levelColouring(places.segment, MOST_SEGMENTS, "other segments", "no segment", palette);
    case "task":
      return levelColouring(table.task, MOST_TASKS, "other tasks", "no task", palette);
    case "rating": return ratingColouring(table, palette);
    default: return decadeColouring(table[by], palette);
  }
}

function levelColouring(
  { names, codes }: Levels,
  most: number,
  others: string,
  none: string,
  palette: Palette,
): Classified {
  const counts = new Float64Array(names.length);
  for (const code of codes) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  const order = [...names.keys()].sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  const place = new Map(order.slice(0, most).map((level, i) => [level, i]));
  const kept = place.size;
  const classes: Omit<Class, "count">[] = order.slice(0, most).map((level, i) => ({
    name: names[level] ?? "",
    colour: LEVEL_COLOURS[i] ?? palette.quiet,
    shape: i < OKABE_ITO.length ? "circle" : "triangle",
  }));
  classes.push({ name: others, colour: palette.quiet, shape: "square" });
  classes.push({ name: none, colour: palette.quiet, shape: "circle" });
  return { classes, codes: Uint8Array.from(codes, (code) =>
    code < 0 ? kept + 1 : (place.get(code) ?? kept)) };
}

function ratingColouring(table: Table, palette: Palette): Classified {
  const classes: Omit<Class, "count">[] = [1, 2, 3, 4, 5].map((score, i) => ({
    name: `${score} ${(table.names.get(score) ?? "").toLowerCase()}`.trim(),
    colour: palette.ratings[i] ?? palette.quiet,
    shape: "circle",
  }));
  classes.push({ name: "not rated", colour: palette.quiet, shape: "square" });
  return { classes, codes: Uint8Array.from(table.overall.score, (score) =>
    Number.isNaN(score) ? 5 : Math.min(Math.max(score, 1), 5) - 1) };
}

/** Counts by powers of ten: 0, 1 to 9, 10 to 99 ... */
function decadeColouring(values: Float64Array, palette: Palette): Classified {
  let top = 0;
  for (const value of values) if (value > top) top = value;
  const decades = top < 1 ? 0 : Math.floor(Math.log10(top)) + 1;
  const classes: Omit<Class, "count">[] = Array.from({ length: decades + 1 }, (_, i) => ({
    name: decadeName(i),
    colour: viridis(decades ? i / decades : 0, palette.dark),
    shape: "circle",
  }));
  classes.push({ name: "not known", colour: palette.quiet, shape: "square" });
  return { classes, codes: Uint8Array.from(values, (value) => {
    if (Number.isNaN(value)) return decades + 1;
    return value < 1 ? 0 : Math.floor(Math.log10(value) + 1e-9) + 1;
  }) };
}

function decadeName(decade: number): string {
  if (decade === 0) return "0";
  const from = 10 ** (decade - 1);
  return from >= 1000 ? `${short(from)} to ${short(from * 10)}` : `${from} to ${number(from * 10 - 1)}`;
}

/** Without the end that the paper would swallow: yellow on white, purple on black. */
export function viridis(part: number, dark: boolean): Rgb {
  const at = (dark ? 0.25 + 0.75 * part : 0.8 * part) * (VIRIDIS.length - 1);
  const [below, above] = [VIRIDIS[Math.floor(at)], VIRIDIS[Math.ceil(at)]];
  if (!below || !above) return [0, 0, 0];
  const mix = (i: 0 | 1 | 2): number => Math.round(below[i] + (above[i] - below[i]) * (at % 1));
  return [mix(0), mix(1), mix(2)];
}
