/* Which points lie near a place or inside a line drawn by hand. */

import KDBush from "kdbush";

export interface Nearby {
  /** The nearest row within a distance that counts; null where there is none. */
  nearest(x: number, y: number, reach: number, counts: (row: number) => boolean): number | null;
  /** Rows inside a closed line. */
  inside(line: readonly Point[]): number[];
}

export type Point = readonly [x: number, y: number];

export function indexPlaces(x: Float64Array, y: Float64Array): Nearby {
  const rows = Uint32Array.from(x.keys()).filter((row) => !Number.isNaN(x[row]));
  const index = new KDBush(rows.length, 64, Float64Array);
  for (const row of rows) index.add(x[row] ?? 0, y[row] ?? 0);
  index.finish();
  return {
    nearest(px, py, reach, counts) {
      let best: number | null = null;
      let least = Infinity;
      for (const found of index.within(px, py, reach)) {
        const row = rows[found] ?? 0;
        const away = Math.hypot((x[row] ?? 0) - px, (y[row] ?? 0) - py);
        if ((away < least || (away === least && row < (best ?? 0))) && counts(row)) {
          least = away;
          best = row;
        }
      }
      return best;
    },
    inside(line) {
      const xs = line.map((point) => point[0]);
      const ys = line.map((point) => point[1]);
      const box = index.range(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
      return box.map((found) => rows[found] ?? 0)
        .filter((row) => isInside([x[row] ?? 0, y[row] ?? 0], line));
    },
  };
}

/** Even-odd rule: a ray to the right crosses the line an odd number of times. */
export function isInside([px, py]: Point, line: readonly Point[]): boolean {
  let inside = false;
  let before = line[line.length - 1];
  for (const point of line) {
    if (before && point[1] > py !== before[1] > py) {
      const crossing = ((before[0] - point[0]) * (py - point[1])) / (before[1] - point[1]) + point[0];
      if (px < crossing) inside = !inside;
    }
    before = point;
  }
  return inside;
}
