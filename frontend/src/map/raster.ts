/* Points as pixels. A canvas call for each of 100,000 points costs a frame several times over; a
   small stamp added to a buffer costs next to nothing, needs no graphics card, and can be tested. */

import type { Class, Rgb, Shape } from "./colouring";

/** Pixels as the canvas has them: four bytes each, red first. */
export interface Picture {
  width: number;
  height: number;
  pixels: Uint32Array;
}

/** How much of each pixel a point covers, 0 to 256, row by row; `size` is odd. */
export interface Stamp {
  size: number;
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

/** Whether a place, in units of the radius, is inside a shape; all have about the same area. */
const INSIDE: Record<Shape, (x: number, y: number) => boolean> = {
  circle: (x, y) => x * x + y * y <= 1,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.87,
  triangle: (x, y) => y <= 0.72 && y >= -1.05 && Math.abs(x) <= (y + 1.05) * 0.62,
  diamond: (x, y) => Math.abs(x) + Math.abs(y) <= 1.22,
};

export function makeStamp(shape: Shape, radius: number, opacity: number): Stamp {
  const half = Math.ceil(radius * 1.25);
  const size = 2 * half + 1;
  const cover = new Uint16Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      let inside = 0;
      for (let i = 0; i < SAMPLES * SAMPLES; i += 1) {
        const x = column - half - 0.5 + ((i % SAMPLES) + 0.5) / SAMPLES;
        const y = row - half - 0.5 + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES;
        if (INSIDE[shape](x / radius, y / radius)) inside += 1;
      }
      cover[row * size + column] = Math.round((256 * opacity * inside) / (SAMPLES * SAMPLES));
    }
  }
  return { size, cover };
}

export function drawPoints(picture: Picture, scene: Scene, view: View): void {
  picture.pixels.fill(pack(scene.paper));
  if (scene.marks) drawLayer(picture, scene, view, 0, DIM);
  drawLayer(picture, scene, view, 1, LIT);
}

function drawLayer(
  picture: Picture,
  scene: Scene,
  view: View,
  mark: 0 | 1,
  opacity: number,
): void {
  const stamps = scene.classes.map(({ shape }) => makeStamp(shape, scene.radius, opacity));
  const colours = scene.classes.map(({ colour }) => pack(colour));
  const { x, y, codes, marks, hidden } = scene;
  // The first rows are the most downloaded: they are drawn last, on top.
  for (let row = x.length - 1; row >= 0; row -= 1) {
    if (marks && marks[row] !== mark) continue;
    const code = codes[row] ?? 0;
    if (hidden.has(code)) continue;
    const stamp = stamps[code];
    const across = Math.round((x[row] ?? NaN) * view.scale + view.left);
    const down = Math.round((y[row] ?? NaN) * view.scale + view.top);
    if (stamp) put(picture, stamp, colours[code] ?? 0, across, down); // NaN is out of the picture
  }
}

function put({ width, height, pixels }: Picture, stamp: Stamp, colour: number, x: number, y: number): void {
  const { size, cover } = stamp;
  const half = (size - 1) >> 1;
  if (!(x >= -half && y >= -half && x < width + half && y < height + half)) return;
  const [left, top] = [x - half, y - half];
  const [redBlue, green] = [colour & 0xff00ff, colour & 0x00ff00];
  const firstRow = Math.max(0, -top);
  const lastRow = Math.min(size, height - top);
  const firstColumn = Math.max(0, -left);
  const lastColumn = Math.min(size, width - left);
  for (let row = firstRow; row < lastRow; row += 1) {
    const line = (top + row) * width + left;
    for (let column = firstColumn; column < lastColumn; column += 1) {
      const part = cover[row * size + column] as number;
      if (part === 0) continue;
      const old = pixels[line + column] as number;
      const oldRedBlue = old & 0xff00ff;
      const oldGreen = old & 0x00ff00;
      // Two channels in one multiplication; what overflows is masked away.
      const rb = (oldRedBlue + (((redBlue - oldRedBlue) * part) >> 8)) & 0xff00ff;
      const g = (oldGreen + (((green - oldGreen) * part) >> 8)) & 0x00ff00;
      pixels[line + column] = 0xff000000 | rb | g;
    }
  }
}

/** A colour as a pixel of a little-endian machine, which all browsers run on. */
export function pack([red, green, blue]: Rgb): number {
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
}
