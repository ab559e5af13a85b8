/* Counts by day as the points of lines. */

/** Points that a line has at most: a wider series is drawn by its means. */
const POINTS = 70;

/** Lines of known days that follow each other, as SVG has them; a day alone is a short dash. */
export function peaks(counts: readonly (number | null)[], wide: number, tall: number): string[] {
  const bins = means(counts, Math.max(1, Math.ceil(counts.length / POINTS)));
  const known = bins.filter((value) => value !== null);
  if (!known.length) return [];
  const top = Math.max(1, ceiling(known));
  const step = wide / Math.max(1, bins.length - 1);
  const lines: string[] = [];
  let points: string[] = [];
  bins.forEach((value, i) => {
    if (value !== null) {
      const y = tall - 2 - (Math.min(value, top) / top) * (tall - 4);
      points.push(`${(i * step).toFixed(1)},${y.toFixed(1)}`);
      if (bins[i + 1] !== null && i + 1 < bins.length) return;
      if (points.length === 1) points.push(`${(i * step + 1).toFixed(1)},${y.toFixed(1)}`);
    }
    if (points.length) lines.push(points.join(" "));
    points = [];
  });
  return lines;
}

/** The mean of each few days that are known; null where none of them is. */
function means(counts: readonly (number | null)[], size: number): (number | null)[] {
  const bins: (number | null)[] = [];
  for (let at = 0; at < counts.length; at += size) {
    const known = counts.slice(at, at + size).filter((count) => count !== null);
    bins.push(known.length ? known.reduce((sum, count) => sum + count, 0) / known.length : null);
  }
  return bins;
}

/** The height of a scale: a few days that dwarf all others are cut. */
function ceiling(known: readonly number[]): number {
  const sorted = [...known].sort((a, b) => a - b);
  const high = sorted.at(-1) ?? 0;
  const usual = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? high;
  return sorted.length > 9 ? Math.min(high, Math.max(2.5 * usual, 4)) : high;
}

/** Downloads of the last days: their sum, and of how many of them it is known. */
export function lastOf(counts: readonly (number | null)[], days: number): { sum: number; known: number } {
  const known = counts.slice(-days).filter((count) => count !== null);
  return { sum: known.reduce((sum, count) => sum + count, 0), known: known.length };
}
