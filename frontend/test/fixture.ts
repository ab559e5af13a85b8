/* A small table as report/blocks.py writes it. */

import { readTable, type RawTable, type Table } from "../src/data/table";

export const SCORES = ["overall", "identity", "usage"];

export interface Line {
  id: string;
  overall?: number | null;
  downloads?: number | null;
  task?: string | null;
  segment?: string | null;
  place?: readonly [number, number] | null;
}

export function rawTable(lines: readonly Line[]): RawTable {
  const levels = (values: readonly (string | null)[]): [string[], number[]] => {
    const names = [...new Set(values)].filter((value) => value !== null);
    return [names, values.map((value) => (value === null ? -1 : names.indexOf(value)))];
  };
  const none = lines.map(() => null);
  const ratings = lines.map((line) => line.overall ?? null);
  const hundred = ratings.map((rating) => (rating === null ? null : rating * 100));
  const [segments, segment] = levels(lines.map((line) => line.segment ?? null));
  return {
    hub: "https://hub.test",
    folder: "study",
    questions: { overall: "How well?" },
    names: { "1": "absent", "5": "excellent" },
    rows: lines.length,
    factsInBlock: 256,
    textStarts: [0],
    id: lines.map((line) => line.id),
    downloads: lines.map((line) => line.downloads ?? null),
    likes: none,
    parameters: none,
    created: lines.map((_, i) => 19_000 + i),
    text: lines.map((_, i) => i),
    author: levels(lines.map((line) => line.id.split("/")[0] ?? null)),
    task: levels(lines.map((line) => line.task ?? null)),
    library: levels(none),
    license: levels(none),
    gated: levels(none),
    scores: SCORES.map((name) => [name, ratings, hundred, hundred, hundred]),
    map: lines.some((line) => line.place)
      ? {
        grid: [0, 0, 1] as const,
        x: lines.map((line) => line.place?.[0] ?? null),
        y: lines.map((line) => line.place?.[1] ?? null),
        segment,
        segments: segments.map((name) => ({ name, x: 0, y: 0 })),
      }
      : null,
  };
}

export function makeTable(lines: readonly Line[]): Table {
  return readTable(rawTable(lines));
}
