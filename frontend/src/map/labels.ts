/* Labels that lie on no point and on no other label: the important ones first, where there is room. */

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

/** Whether a point lies in a rectangle, given by its middle and its size. */
export type Covers = (middle: number, centre: number, width: number, height: number) => boolean;

/** Places around a segment's middle, the nearest first, as far as a leading line can be followed. */
const MOVES: readonly (readonly [number, number])[] = [0, 18, 32, 46, 60, 76, 92].flatMap((far) =>
  far === 0 ? [[0, 0] as const] : [-90, 90, -60, -120, 60, 120, -30, -150, 30, 150, 0, 180].map((turn) =>
    [far * 1.5 * Math.cos(turn * Math.PI / 180), far * Math.sin(turn * Math.PI / 180)] as const));

/** Labels that fit into the picture, in their order; each is moved beside the points or left out. */
export function placeLabels(
  labels: readonly Label[],
  width: number,
  height: number,
  covers: Covers = () => false,
): Placed[] {
  const placed: Placed[] = [];
  for (const label of labels) {
    if (label.x < 0 || label.y < 0 || label.x > width || label.y > height) continue;
    let second: Placed | null = null;
    for (const [across, down] of MOVES) {
      const candidate = { ...label, middle: label.x + across, centre: label.y + down };
      if (!isInside(candidate, width, height)) continue;
      if (placed.some((other) => overlap(candidate, other))) continue;
      if (covers(candidate.middle, candidate.centre, label.width, label.height)) continue;
      if (placed.some((other) => entangled(candidate, other))) {
        second ??= candidate;
        continue;
      }
      second = candidate;
      break;
    }
    if (second) placed.push(second);
  }
  return placed;
}

/** Where the line from a label to its segment begins: at the edge that is nearest to it. */
export function leadOf({ x, y, middle, centre, width, height }: Placed): [number, number] {
  return [clamp(x, middle, width / 2), clamp(y, centre, height / 2)];
}

function clamp(value: number, middle: number, half: number): number {
  return Math.min(Math.max(value, middle - half), middle + half);
}

/** Whether the line of one label crosses the other label or its line. */
function entangled(a: Placed, b: Placed): boolean {
  return runsThrough(a, b) || runsThrough(b, a) || cross(leadOf(a), [a.x, a.y], leadOf(b), [b.x, b.y]);
}

type Spot = readonly [x: number, y: number];

function runsThrough(line: Placed, { middle, centre, width, height }: Placed): boolean {
  const [from, to]: [Spot, Spot] = [leadOf(line), [line.x, line.y]];
  const [w, h] = [width / 2 + GAP / 2, height / 2];
  const corners: Spot[] =
    [[middle - w, centre - h], [middle + w, centre - h], [middle + w, centre + h], [middle - w, centre + h]];
  return corners.some((corner, i) => cross(from, to, corner, corners[(i + 1) % 4] ?? corner));
}

function cross(a: Spot, b: Spot, c: Spot, d: Spot): boolean {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** On which side of the line from `a` to `b` a spot lies, by sign. */
function side([ax, ay]: Spot, [bx, by]: Spot, [x, y]: Spot): number {
  return (bx - ax) * (y - ay) - (by - ay) * (x - ax);
}

/** Answers for points that are drawn with a radius, from a grid of cells of eight pixels. */
export function coversOf(
  points: Iterable<readonly [x: number, y: number]>,
  width: number,
  height: number,
  radius: number,
): Covers {
  const cell = 8;
  const across = Math.ceil(width / cell) + 1;
  const taken = new Set<number>();
  for (const [x, y] of points) {
    if (x < 0 || y < 0 || x > width || y > height) continue;
    taken.add(Math.floor(y / cell) * across + Math.floor(x / cell));
  }
  return (middle, centre, wide, tall) => {
    const [left, right] = [middle - wide / 2 - radius, middle + wide / 2 + radius];
    const [top, bottom] = [centre - tall / 2 - radius, centre + tall / 2 + radius];
    for (let row = Math.floor(top / cell); row <= Math.floor(bottom / cell); row += 1) {
      for (let column = Math.floor(left / cell); column <= Math.floor(right / cell); column += 1) {
        if (taken.has(row * across + column)) return true;
      }
    }
    return false;
  };
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
