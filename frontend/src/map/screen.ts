/* A map on the screen: what is shown now, redrawn when that changes, and what a pointer does. */

import { zoomIdentity } from "d3-zoom";
import type { Places } from "../data/table";
import type { Store } from "../store";
import { hideTip, showTip, tipOf } from "../tip";
import type { Colouring } from "./colouring";
import type { Ink } from "./colours";
import { Gestures } from "./gestures";
import { indexPlaces, type Nearby, type Point } from "./nearby";
import { Painter, type Shown } from "./painter";
import type { View } from "./raster";

const REACH = 12;
const NOTHING: Colouring = { classes: [], codes: new Uint8Array() };

export class MapScreen {
  readonly gestures: Gestures;
  onChosen = (): void => undefined;
  /** Milliseconds that each of the last drawings took, for the benchmark. */
  readonly times: number[] = [];
  private readonly painter: Painter;
  private readonly watch: ResizeObserver;
  private readonly off = new AbortController();
  private index: Nearby | null = null;
  private ink: Ink | null = null;
  private frame = 0;
  private lassoOn = false;
  private drawing = false;
  private shown: Omit<Shown, "view"> = {
    colouring: NOTHING,
    hidden: new Set(),
    marks: null,
    ring: null,
    opened: null,
    spot: null,
    lasso: [],
    crosshair: false,
    labelled: true,
    density: false,
  };

  constructor(
    below: HTMLCanvasElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly places: Places,
    private readonly store: Store,
  ) {
    this.painter = new Painter(below, canvas, places);
    this.gestures = new Gestures(canvas, (event) => this.drawsLine(event), () => this.schedule());
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(canvas.parentElement ?? canvas);
    this.listen();
    Object.defineProperty(canvas, "drawTimes", { value: this.times });
  }

  show({ ink, ...part }: Partial<Omit<Shown, "view">> & { ink?: Ink }): void {
    this.ink = ink ?? this.ink;
    this.shown = { ...this.shown, ...part };
    this.schedule();
  }

  setLasso(on: boolean): void {
    this.lassoOn = on;
    this.show({ lasso: [] });
  }

  chooseInView(): void {
    const { width, height } = this.painter;
    const corners = ([[0, 0], [width, 0], [width, height], [0, height]] as const)
      .map(([x, y]) => this.placeAt(x, y));
    this.choose(corners);
  }

  stop(): void {
    this.watch.disconnect();
    this.off.abort();
    cancelAnimationFrame(this.frame);
  }

  private get view(): View {
    const { k, x, y } = this.gestures.transform ?? zoomIdentity;
    const { scale, left, top } = this.painter.fit();
    return { scale: scale * k, left: left * k + x, top: top * k + y };
  }

  private schedule(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.ink) return;
      const start = performance.now();
      this.painter.draw({ ...this.shown, view: this.view }, this.ink);
      this.times.push(performance.now() - start);
      if (this.times.length > 600) this.times.shift();
    });
  }

  private resize(): void {
    const frame = this.canvas.parentElement;
    if (!frame) return;
    this.painter.resize(frame.clientWidth, frame.clientHeight, Math.min(devicePixelRatio || 1, 2));
    this.gestures.resize(frame.clientWidth, frame.clientHeight);
    this.schedule();
  }

  private placeAt(x: number, y: number): Point {
    const { scale, left, top } = this.view;
    return [(x - left) / scale, (y - top) / scale];
  }

  private nearest(x: number, y: number): number | null {
    this.index ??= indexPlaces(this.places.x, this.places.y);
    const { colouring, hidden, marks } = this.shown;
    const [px, py] = this.placeAt(x, y);
    return this.index.nearest(px, py, REACH / this.view.scale, (row) =>
      !hidden.has(colouring.codes[row] ?? 0) && (!marks || marks[row] === 1));
  }

  private choose(line: readonly Point[]): void {
    this.index ??= indexPlaces(this.places.x, this.places.y);
    const { colouring, hidden } = this.shown;
    const chosen = new Uint8Array(this.store.table.rows);
    for (const row of this.index.inside(line)) {
      if (!hidden.has(colouring.codes[row] ?? 0)) chosen[row] = 1;
    }
    this.show({ lasso: [] });
    if (!chosen.includes(1)) return;
    this.store.ask({ chosen });
    this.onChosen();
  }

  // What a pointer and the keys do ---------------------------------------------------------------

  private drawsLine(event: Event): boolean {
    const shift = event instanceof MouseEvent && event.shiftKey;
    return event.type !== "wheel" && (this.lassoOn || shift);
  }

  private listen(): void {
    const { canvas, off } = this;
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      act: (event: HTMLElementEventMap[K]) => void,
    ): void => canvas.addEventListener(name, act, { signal: off.signal });
    on("pointerdown", (event) => this.startLine(event));
    on("pointermove", (event) => this.point(event));
    on("pointerup", () => this.endLine());
    on("pointercancel", () => this.cancelLine());
    on("pointerleave", () => this.leave());
    on("click", (event) => this.openAt(event.offsetX, event.offsetY));
    on("keydown", (event) => this.press(event));
    on("focus", () => this.show({ crosshair: canvas.matches(":focus-visible") }));
    on("blur", () => {
      this.show({ crosshair: false });
      this.leave();
    });
  }

  private startLine(event: PointerEvent): void {
    if (event.button !== 0 || !this.drawsLine(event)) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.show({ lasso: [this.placeAt(event.offsetX, event.offsetY)], ring: null });
  }

  private point(event: PointerEvent): void {
    if (this.drawing) {
      const place = this.placeAt(event.offsetX, event.offsetY);
      this.show({ lasso: [...this.shown.lasso, place] });
      return;
    }
    if (event.buttons) return;
    const row = this.nearest(event.offsetX, event.offsetY);
    if (row === null) this.leave();
    else {
      this.ringAt(row);
      showTip(tipOf(this.store.table, row), event.clientX, event.clientY);
    }
  }

  private endLine(): void {
    if (!this.drawing) return;
    this.drawing = false;
    if (this.shown.lasso.length > 2) this.choose(this.shown.lasso);
    else this.show({ lasso: [] });
  }

  private cancelLine(): void {
    this.drawing = false;
    this.show({ lasso: [] });
  }

  private leave(): void {
    hideTip();
    this.ringAt(null);
  }

  /** Only what is above the points is drawn again. */
  private ringAt(ring: number | null): void {
    if (ring === this.shown.ring || !this.ink) return;
    this.shown = { ...this.shown, ring };
    this.canvas.style.cursor = ring === null ? "" : "pointer";
    this.painter.drawAbove({ ...this.shown, view: this.view }, this.ink);
  }

  private openAt(x: number, y: number): void {
    if (this.lassoOn) return;
    const row = this.nearest(x, y);
    if (row === null) return;
    hideTip();
    this.store.open(row);
  }

  private press(event: KeyboardEvent): void {
    const { width, height } = this.painter;
    if (event.key === "Enter") this.openAt(width / 2, height / 2);
    else if (event.key === "Escape" && this.drawing) this.cancelLine();
    else if (this.gestures.press(event)) {
      this.show({ crosshair: true });
      this.tell(this.nearest(width / 2, height / 2));
    } else return;
    event.preventDefault();
  }

  /** Say and show which model is in the middle. */
  private tell(row: number | null): void {
    this.ringAt(row);
    const said = document.getElementById("map-said");
    const words = row === null ? "" : tipOf(this.store.table, row);
    if (said) said.textContent = words;
    if (row === null) return hideTip();
    const { left, top } = this.canvas.getBoundingClientRect();
    showTip(words, left + this.painter.width / 2, top + this.painter.height / 2);
  }
}
