/* Moving and zooming: mouse, wheel, touch and keys lead to one transform (d3-zoom's). */

import { select, type Selection } from "d3-selection";
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomBehavior, type ZoomTransform } from "d3-zoom";

const STEP = 60;
const CLOSER = 1.5;

export class Gestures {
  transform: ZoomTransform = zoomIdentity;
  private readonly behaviour: ZoomBehavior<HTMLCanvasElement, unknown>;
  private readonly canvas: Selection<HTMLCanvasElement, unknown, null, undefined>;

  /** `drawsLine` says whether a drag draws a lasso now, and so must not move the map. */
  constructor(
    element: HTMLCanvasElement,
    drawsLine: (event: Event) => boolean,
    onChange: () => void,
  ) {
    this.behaviour = zoom<HTMLCanvasElement, unknown>()
      .scaleExtent([0.5, 200])
      .clickDistance(4)
      .filter((event: Event) => isOurs(event, element) && !drawsLine(event))
      .on("zoom", (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        this.transform = event.transform;
        onChange();
      });
    this.canvas = select(element);
    this.canvas.call(this.behaviour).on("dblclick.zoom", null);
  }

  resize(width: number, height: number): void {
    this.behaviour.extent([[0, 0], [width, height]]);
    this.behaviour.translateExtent([[-width, -height], [2 * width, 2 * height]]);
  }

  closer(factor = CLOSER): void {
    this.canvas.call(this.behaviour.scaleBy, factor);
  }

  farther(): void {
    this.closer(1 / CLOSER);
  }

  reset(): void {
    this.canvas.call(this.behaviour.transform, zoomIdentity);
  }

  /** Do what a key asks for; false where it is none of ours. */
  press({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    if (ctrlKey || metaKey || altKey) return false;
    const step = STEP / this.transform.k;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => this.move(step, 0),
      ArrowRight: () => this.move(-step, 0),
      ArrowUp: () => this.move(0, step),
      ArrowDown: () => this.move(0, -step),
      "+": () => this.closer(),
      "=": () => this.closer(),
      "-": () => this.farther(),
      "0": () => this.reset(),
    };
    const found = Object.hasOwn(moves, key) ? moves[key] : undefined;
    found?.();
    return found !== undefined;
  }

  private move(x: number, y: number): void {
    this.canvas.call(this.behaviour.translateBy, x, y);
  }
}

/** A wheel or one finger moves the page, unless the map was clicked before or Ctrl is held. */
function isOurs(event: Event, element: HTMLElement): boolean {
  const active = document.activeElement === element;
  if (event instanceof WheelEvent) return active || event.ctrlKey || event.metaKey;
  if (window.TouchEvent && event instanceof TouchEvent) return active || event.touches.length > 1;
  return event instanceof MouseEvent && event.button === 0 && !event.ctrlKey;
}
