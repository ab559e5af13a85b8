/* Where the card viewer stands: beside the page where there is room, else over it. */

export function isBeside(): boolean {
  return matchMedia("(min-width: 64rem)").matches;
}
