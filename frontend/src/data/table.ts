/* The table as columns. A number that is not known is NaN; a level that is not known is -1. */

type Numbers = readonly (number | null)[];
type RawLevels = readonly [names: readonly string[], codes: readonly number[]];
type RawScores = readonly [
  name: string,
  score: Numbers,
  expected: Numbers,
  low: Numbers,
  high: Numbers,
];

/** What report/blocks.py writes as the block `table`. */
export interface RawTable {
  hub: string | null;
  folder: string;
  questions: Readonly<Record<string, string>>;
  names: Readonly<Record<string, string>>;
  rows: number;
  factsInBlock: number;
  textStarts: readonly number[];
  id: readonly string[];
  downloads: Numbers;
  likes: Numbers;
  parameters: Numbers;
  created: Numbers;
  text: Numbers;
  author: RawLevels;
  task: RawLevels;
  library: RawLevels;
  license: RawLevels;
  gated: RawLevels;
  scores: readonly RawScores[];
  map: RawMap | null;
}

export interface RawMap {
  /** Left, top and scale: a place of the study's map, less these, times that, is one of this map. */
  grid: readonly [number, number, number];
  x: Numbers;
  y: Numbers;
  segment: readonly number[];
  segments: readonly Segment[];
}

export interface Segment {
  name: string;
  x: number | null;
  y: number | null;
}

/** A column of few different values: row i has names[codes[i]]. */
export interface Levels {
  names: readonly string[];
  codes: Int32Array;
}

/** One of the nine numbers: whole scores, expectations, ends of the intervals (all 1-5). */
export interface Scores {
  name: string;
  score: Float64Array;
  expected: Float64Array;
  low: Float64Array;
  high: Float64Array;
}

export interface Places {
  grid: readonly [number, number, number];
  x: Float64Array;
  y: Float64Array;
  segment: Levels;
  segments: readonly Segment[];
}

export interface Table {
  hub: string | null;
  folder: string;
  questions: ReadonlyMap<string, string>;
  names: ReadonlyMap<number, string>;
  rows: number;
  factsInBlock: number;
  textStarts: readonly number[];
  id: readonly string[];
  downloads: Float64Array;
  likes: Float64Array;
  parameters: Float64Array;
  created: Float64Array;
  text: Float64Array;
  author: Levels;
  task: Levels;
  library: Levels;
  license: Levels;
  gated: Levels;
  overall: Scores;
  criteria: readonly Scores[];
  map: Places | null;
  /** What a search looks into, in lower case. */
  words: readonly string[];
}

export function readTable(raw: RawTable): Table {
  const [overall, ...criteria] = raw.scores.map(scores);
  if (!overall) throw new Error("a table without scores");
  const task = levels(raw.task);
  const library = levels(raw.library);
  const words = raw.id.map((id, i) =>
    [id, levelOf(task, i), levelOf(library, i)].join(" ").toLowerCase(),
  );
  return {
    ...raw,
    // Maps, because a card's author chooses the keys, and an object has inherited ones.
    questions: new Map(Object.entries(raw.questions)),
    names: new Map(Object.entries(raw.names).map(([score, name]) => [Number(score), name])),
    downloads: numbers(raw.downloads),
    likes: numbers(raw.likes),
    parameters: numbers(raw.parameters),
    created: numbers(raw.created),
    text: numbers(raw.text),
    author: levels(raw.author),
    task,
    library,
    license: levels(raw.license),
    gated: levels(raw.gated),
    overall,
    criteria,
    map: raw.map && places(raw.map),
    words,
  };
}

/** Name of a row's level; undefined where it is not known. */
export function levelOf({ names, codes }: Levels, row: number): string | undefined {
  return names[codes[row] ?? -1];
}

/** A model's page on the Hub; null where the id is not one of the Hub's. */
export function hubLink(table: Table, row: number): string | null {
  const id = table.id[row] ?? "";
  if (!table.hub || !/^https?:\/\//.test(table.hub)) return null;
  if (!/^[\w.-]+(\/[\w.-]+)?$/.test(id)) return null;
  return `${table.hub}/${id.split("/").map(encodeURIComponent).join("/")}`;
}

function numbers(values: Numbers, scale = 1): Float64Array {
  return Float64Array.from(values, (value) => (value === null ? NaN : value * scale));
}

function levels([names, codes]: RawLevels): Levels {
  return { names, codes: Int32Array.from(codes) };
}

function scores([name, score, expected, low, high]: RawScores): Scores {
  return {
    name,
    score: numbers(score),
    expected: numbers(expected, 0.01),
    low: numbers(low, 0.01),
    high: numbers(high, 0.01),
  };
}

function places(raw: RawMap): Places {
  return {
    grid: raw.grid,
    x: numbers(raw.x),
    y: numbers(raw.y),
    segment: levels([raw.segments.map((segment) => segment.name), raw.segment]),
    segments: raw.segments,
  };
}
