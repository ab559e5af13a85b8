/* Draws a map on two canvases: the points, and above them what changes with every move. */

import type { Places } from "../data/table";
import { visible } from "../text";
import type { Colouring } from "./colouring";
import { css, type Ink } from "./colours";
import { drawDensity } from "./density";
import { coversOf, leadOf, placeLabels, wrap, type Label, type Placed } from "./labels";
import type { Point } from "./nearby";
import { drawPoints, type Picture, type View } from "./raster";

/** What is drawn now; places are the map's own, lengths are CSS pixels. */
export interface Shown {
  view: View;
  colouring: Colouring;
  hidden: ReadonlySet<number>;
  marks: Uint8Array | null;
  ring: number | null;
  opened: number | null;
  spot: Point | null;
  lasso: readonly Point[];
  crosshair: boolean;
  labelled: boolean;
  density: boolean;
}

const LINE = 15;
const MARGIN = 28;

export class Painter {
  width = 0;
  height = 0;
  private ratio = 1;
  private picture: Picture = { width: 0, height: 0, pixels: new Uint32Array() };
  private image: ImageData | null = null;
  private readonly extent: readonly [number, number, number, number];
  private readonly labels: readonly { name: string; lines: string[]; x: number; y: number }[];
  private readonly placed: number;

  constructor(
    private readonly below: HTMLCanvasElement,
    private readonly above: HTMLCanvasElement,
    private readonly places: Places,
  ) {
    this.extent = extentOf(places);
    this.placed = places.x.reduce((total, x) => total + (Number.isNaN(x) ? 0 : 1), 0);
    this.labels = places.segments.flatMap(({ name, x, y }) =>
      x === null || y === null ? [] : [{ name, lines: wrap(visible(name)), x, y }]);
  }

  resize(width: number, height: number, ratio: number): void {
    [this.width, this.height, this.ratio] = [width, height, ratio];
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    for (const canvas of [this.below, this.above]) {
      canvas.width = across;
      canvas.height = down;
    }
    this.image = across && down ? new ImageData(across, down) : null;
    const pixels = new Uint32Array(this.image?.data.buffer ?? new ArrayBuffer(0));
    this.picture = { width: across, height: down, pixels };
  }

  /** The whole map in the middle of the picture. */
  fit(): View {
    const [left, top, right, bottom] = this.extent;
    const scale = Math.min(
      (this.width - 2 * MARGIN) / Math.max(right - left, 1e-9),
      (this.height - 2 * MARGIN) / Math.max(bottom - top, 1e-9),
    );
    return {
      scale,
      left: (this.width - (left + right) * scale) / 2,
      top: (this.height - (top + bottom) * scale) / 2,
    };
  }

  /** Fewer points and closer views have larger ones. */
  radius(scale: number): number {
    const room = Math.sqrt((this.width * this.height) / Math.max(this.placed, 1));
    const closer = Math.max(scale / this.fit().scale, 1) ** 0.35;
    return Math.min(Math.max(0.13 * room, 1.3), 5) * Math.min(closer, 4);
  }

  draw(shown: Shown, ink: Ink): void {
    const below = this.below.getContext("2d");
    if (!below || !this.image) return;
    const { view, colouring, hidden, marks } = shown;
    const radius = this.radius(view.scale) * this.ratio;
    const scene = { ...this.places, ...colouring, hidden, marks, paper: ink.paper, radius };
    drawPoints(this.picture, scene, {
      scale: view.scale * this.ratio,
      left: view.left * this.ratio,
      top: view.top * this.ratio,
    });
    below.putImageData(this.image, 0, 0);
    this.drawAbove(shown, ink);
  }

  drawAbove(shown: Shown, ink: Ink): void {
    const brush = this.above.getContext("2d");
    if (!brush) return;
    brush.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    brush.clearRect(0, 0, this.width, this.height);
    if (shown.density) drawDensity(brush, this.pointsOf(shown), this.width, this.height, ink.ink);
    if (shown.labelled) this.drawLabels(brush, shown, ink);
    brush.lineWidth = 2;
    for (const [row, colour] of [[shown.opened, ink.ink], [shown.ring, ink.accent]] as const) {
      if (row !== null) this.drawRing(brush, shown.view, row, colour);
    }
    if (shown.spot) this.drawSpot(brush, shown.view, shown.spot, ink);
    this.drawLasso(brush, shown, ink);
    if (shown.crosshair) this.drawCrosshair(brush, ink);
  }

  private drawLabels(
    brush: CanvasRenderingContext2D,
    shown: Shown,
    ink: Ink,
  ): void {
    const { view, hidden, colouring } = shown;
    brush.font = `600 12px ${ink.sans}`;
    brush.textAlign = "center";
    brush.textBaseline = "middle";
    brush.lineJoin = "round";
    const gone = new Set(colouring.classes.filter((_, i) => hidden.has(i)).map(({ name }) => name));
    const labels: Label[] = this.labels.filter(({ name }) => !gone.has(name))
      .map(({ lines, x, y }) => ({
        lines,
        x: x * view.scale + view.left,
        y: y * view.scale + view.top,
        width: Math.max(...lines.map((line) => brush.measureText(line).width)),
        height: lines.length * LINE,
      }));
    const covers = coversOf(this.pointsOf(shown), this.width, this.height, this.radius(view.scale));
    const placed = placeLabels(labels, this.width, this.height, covers);
    placed.forEach((label) => this.drawLead(brush, label, ink));
    for (const { lines, middle, centre } of placed) {
      lines.forEach((line, i) => {
        const y = centre + (i - (lines.length - 1) / 2) * LINE;
        brush.lineWidth = 4;
        brush.strokeStyle = ink.halo;
        brush.strokeText(line, middle, y);
        brush.fillStyle = ink.ink;
        brush.fillText(line, middle, y);
      });
    }
  }

  /** Where the points that are drawn lie on the screen. */
  private *pointsOf({ view, hidden, colouring, marks }: Shown): Generator<readonly [number, number]> {
    const { x, y } = this.places;
    for (let row = 0; row < x.length; row += 1) {
      if (hidden.has(colouring.codes[row] ?? 0) || (marks && !marks[row])) continue;
      yield [(x[row] ?? NaN) * view.scale + view.left, (y[row] ?? NaN) * view.scale + view.top];
    }
  }

  /** A thin line from a label to the middle of its segment, where that is not beside it. */
  private drawLead(brush: CanvasRenderingContext2D, label: Placed, ink: Ink): void {
    if (Math.hypot(label.x - label.middle, label.y - label.centre) <= label.height) return;
    brush.beginPath();
    brush.moveTo(...leadOf(label));
    brush.lineTo(label.x, label.y);
    brush.lineWidth = 1;
    brush.strokeStyle = css(ink.palette.quiet);
    brush.stroke();
  }

  private drawRing(brush: CanvasRenderingContext2D, view: View, row: number, colour: string): void {
    brush.beginPath();
    brush.arc(
      (this.places.x[row] ?? NaN) * view.scale + view.left,
      (this.places.y[row] ?? NaN) * view.scale + view.top,
      this.radius(view.scale) + 4,
      0,
      2 * Math.PI,
    );
    brush.strokeStyle = colour;
    brush.stroke();
  }

  /** A cross, whose arms leave its middle open. */
  private drawSpot(brush: CanvasRenderingContext2D, view: View, spot: Point, ink: Ink): void {
    const [x, y] = [spot[0] * view.scale + view.left, spot[1] * view.scale + view.top];
    brush.beginPath();
    for (const [across, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
      brush.moveTo(x + 4 * across, y + 4 * down);
      brush.lineTo(x + 15 * across, y + 15 * down);
    }
    for (const [width, colour] of [[7, ink.halo], [3, ink.accent]] as const) {
      brush.lineWidth = width;
      brush.strokeStyle = colour;
      brush.stroke();
    }
    brush.lineWidth = 2;
  }

  private drawLasso(brush: CanvasRenderingContext2D, { lasso, view }: Shown, ink: Ink): void {
    if (lasso.length < 2) return;
    brush.beginPath();
    for (const [x, y] of lasso) brush.lineTo(x * view.scale + view.left, y * view.scale + view.top);
    brush.closePath();
    brush.setLineDash([5, 4]);
    brush.strokeStyle = ink.accent;
    brush.stroke();
    brush.setLineDash([]);
  }

  private drawCrosshair(brush: CanvasRenderingContext2D, ink: Ink): void {
    const [x, y] = [this.width / 2, this.height / 2];
    brush.beginPath();
    brush.moveTo(x - 9, y);
    brush.lineTo(x + 9, y);
    brush.moveTo(x, y - 9);
    brush.lineTo(x, y + 9);
    brush.strokeStyle = ink.accent;
    brush.stroke();
  }
}

/** Left, top, right, bottom of all places. */
export function extentOf({ x, y }: Pick<Places, "x" | "y">): [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let row = 0; row < x.length; row += 1) {
    const [across, down] = [x[row] ?? NaN, y[row] ?? NaN];
    if (Number.isNaN(across) || Number.isNaN(down)) continue;
    left = Math.min(left, across);
    right = Math.max(right, across);
    top = Math.min(top, down);
    bottom = Math.max(bottom, down);
  }
  return left > right ? [0, 0, 1, 1] : [left, top, right, bottom];
}
