/* A place within a view's own: a card of a list, a model of a ledger. */

const BETWEEN = "/~/";

/** Read what stands behind a view's name: a whole, and a part of it; each may be "". */
export function readWithin(about: string): readonly [whole: string, part: string] {
  const at = `/${about}`.indexOf(BETWEEN);
  return at < 0 ? [about, ""] : [about.slice(0, Math.max(0, at - 1)), about.slice(at + BETWEEN.length - 1)];
}

export function within(whole: string, part: string): string {
  return part ? `${whole}${BETWEEN}${part}`.replace(/^\//, "") : whole;
}
