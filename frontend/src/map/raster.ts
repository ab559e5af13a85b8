/* Points as pixels. A canvas call for each of 100,000 points costs a frame several times over; a
   small stamp added to a buffer costs next to nothing, needs no graphics card, and can be tested. */

import type { Class, Rgb, Shape } from "./colouring";

/** Pixels as the canvas has them: four bytes each, red first. */
export interface Picture {
  width: number;
  height: number;
  pixels: Uint32Array;
}

/** The pixels that a point covers, from its middle, and how much of each, 1 to 256. */
export interface Stamp {
  /** No pixel is farther from the middle, across or down. */
  half: number;
  across: Int16Array;
  down: Int16Array;
  cover: Uint16Array;
}

/** From the map's own places to pixels: x * scale + left, y * scale + top. */
export interface View {
  scale: number;
  left: number;
  top: number;
}

export interface Scene {
  x: Float64Array;
  y: Float64Array;
  classes: readonly Class[];
  codes: Uint8Array;
  /** Classes that are not drawn. */
  hidden: ReadonlySet<number>;
  /** Rows that stand out; null where none does. */
  marks: Uint8Array | null;
  paper: Rgb;
  radius: number;
}

const SAMPLES = 4;
const DIM = 0.16;
const LIT = 0.85;

/** What covers less of a pixel cannot be seen, and would cost as much as the rest. */
const LEAST = 8;

/** Whether a place, in units of the radius, is inside a shape; all have about the same area. */
const INSIDE: Record<Shape, (x: number, y: number) => boolean> = {
  circle: (x, y) => x * x + y * y <= 1,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.87,
  triangle: (x, y) => y <= 0.82 && y >= -1.2 && Math.abs(x) <= (y + 1.2) * 0.75,
  diamond: (x, y) => Math.abs(x) + Math.abs(y) <= 1.22,
};

export function makeStamp(shape: Shape, radius: number, opacity: number): Stamp {
  const reach = Math.ceil(radius * 1.55);
  const pixels: { across: number; down: number; cover: number }[] = [];
  for (let down = -reach; down <= reach; down += 1) {
    for (let across = -reach; across <= reach; across += 1) {
      const cover = Math.round(256 * opacity * part(shape, across / radius, down / radius, 1 / radius));
      if (cover > LEAST) pixels.push({ across, down, cover });
    }
  }
  return {
    half: pixels.reduce((far, { across, down }) =>
      Math.max(far, Math.abs(across), Math.abs(down)), 0),
    across: Int16Array.from(pixels, (pixel) => pixel.across),
    down: Int16Array.from(pixels, (pixel) => pixel.down),
    cover: Uint16Array.from(pixels, (pixel) => pixel.cover),
  };
}

/** How much of a pixel lies in a shape, 0 to 1; lengths are in units of the radius. */
function part(shape: Shape, x: number, y: number, side: number): number {
  let inside = 0;
  for (let i = 0; i < SAMPLES * SAMPLES; i += 1) {
    const right = ((i % SAMPLES) + 0.5) / SAMPLES - 0.5;
    const below = (Math.floor(i / SAMPLES) + 0.5) / SAMPLES - 0.5;
    if (INSIDE[shape](x + right * side, y + below * side)) inside += 1;
  }
  return inside / (SAMPLES * SAMPLES);
}

export function drawPoints(picture: Picture, scene: Scene, view: View): void {
  picture.pixels.fill(pack(scene.paper));
  if (scene.marks) drawLayer(picture, scene, view, 0, DIM);
  drawLayer(picture, scene, view, 1, LIT);
}

/** A stamp for one class and one picture: where its pixels are in the picture's own order. */
interface Brush extends Stamp {
  colour: number;
  steps: Int32Array;
}

function drawLayer(
  picture: Picture,
  scene: Scene,
  view: View,
  mark: 0 | 1,
  opacity: number,
): void {
  const { width, height } = picture;
  const brushes = scene.classes.map(({ shape, colour }, code): Brush | null => {
    if (scene.hidden.has(code)) return null;
    const stamp = makeStamp(shape, scene.radius, opacity);
    const steps = Int32Array.from(stamp.down, (down, i) => down * width + (stamp.across[i] ?? 0));
    return { ...stamp, colour: pack(colour), steps };
  });
  const { x, y, codes, marks } = scene;
  // The first rows are the most downloaded: they are drawn last, on top.
  for (let row = x.length - 1; row >= 0; row -= 1) {
    if (marks !== null && marks[row] !== mark) continue;
    const brush = brushes[codes[row] as number];
    if (!brush) continue;
    const { half } = brush;
    const across = Math.round((x[row] as number) * view.scale + view.left);
    const down = Math.round((y[row] as number) * view.scale + view.top);
    if (across >= half && down >= half && across < width - half && down < height - half) {
      putInside(picture.pixels, brush, down * width + across);
    } else if (across > -half && down > -half && across < width + half && down < height + half) {
      putAtEdge(picture, brush, across, down);
    } // what has no place is NaN, and neither
  }
}

function putInside(pixels: Uint32Array, { steps, cover, colour }: Brush, middle: number): void {
  for (let i = 0; i < steps.length; i += 1) {
    const at = middle + (steps[i] as number);
    pixels[at] = blend(pixels[at] as number, colour, cover[i] as number);
  }
}

function putAtEdge({ width, height, pixels }: Picture, brush: Brush, x: number, y: number): void {
  for (let i = 0; i < brush.cover.length; i += 1) {
    const [across, down] = [x + (brush.across[i] as number), y + (brush.down[i] as number)];
    if (across < 0 || down < 0 || across >= width || down >= height) continue;
    const at = down * width + across;
    pixels[at] = blend(pixels[at] as number, brush.colour, brush.cover[i] as number);
  }
}

/** Two channels in one multiplication; what overflows is masked away. */
function blend(old: number, colour: number, part: number): number {
  const redBlue = old & 0xff00ff;
  const green = old & 0x00ff00;
  return 0xff000000 |
    ((redBlue + ((((colour & 0xff00ff) - redBlue) * part) >> 8)) & 0xff00ff) |
    ((green + ((((colour & 0x00ff00) - green) * part) >> 8)) & 0x00ff00);
}

/** A colour as a pixel of a little-endian machine, which all browsers run on. */
export function pack([red, green, blue]: Rgb): number {
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
}
