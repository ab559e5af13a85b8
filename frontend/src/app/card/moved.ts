/* What moved since somebody looked last. */

/** A move as words: two of one decimal that are shown apart; "" where they look the same. */
export function moved(now: number, then: number | undefined): string {
  if (then === undefined) return "";
  const by = Number(now.toFixed(1)) - Number(then.toFixed(1));
  return Math.abs(by) < 0.05 ? "" : `${by < 0 ? "−" : "+"}${Math.abs(by).toFixed(1)}`;
}
