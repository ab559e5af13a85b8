/* Labels that do not overlap: the important ones first, the others where there is room. */

export interface Label {
  lines: readonly string[];
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Placed extends Label {
  /** Middle of the label. */
  middle: number;
  centre: number;
}

const GAP = 4;

/** Labels that fit into the picture, in their order; each is moved a little or left out. */
export function placeLabels(
  labels: readonly Label[],
  width: number,
  height: number,
): Placed[] {
  const placed: Placed[] = [];
  for (const label of labels) {
    const moves = [0, -1, 1, -1.8, 1.8].map((step) => step * (label.height * 0.75));
    for (const move of moves) {
      const candidate = { ...label, middle: label.x, centre: label.y + move };
      if (!isInside(candidate, width, height)) continue;
      if (placed.some((other) => overlap(candidate, other))) continue;
      placed.push(candidate);
      break;
    }
  }
  return placed;
}

export function overlap(a: Placed, b: Placed): boolean {
  return (
    Math.abs(a.middle - b.middle) < (a.width + b.width) / 2 + GAP &&
    Math.abs(a.centre - b.centre) < (a.height + b.height) / 2 + GAP
  );
}

function isInside({ middle, centre, width: w, height: h }: Placed, width: number, height: number): boolean {
  return middle - w / 2 >= 2 && middle + w / 2 <= width - 2 && centre - h / 2 >= 2 &&
    centre + h / 2 <= height - 2;
}

/** A name in lines of about `most` letters, three at most. */
export function wrap(name: string, most = 22): string[] {
  const lines: string[] = [];
  for (const word of name.split(/\s+/).filter(Boolean)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + word.length < most) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word.length > most + 6 ? `${word.slice(0, most + 5)}…` : word);
  }
  return lines.length > 3 ? [...lines.slice(0, 2), `${lines[2] ?? ""} …`] : lines;
}
