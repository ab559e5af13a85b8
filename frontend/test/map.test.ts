import { describe, expect, it } from "vitest";
import { colourBy, viridis, type Palette } from "../src/map/colouring";
import { densityOf } from "../src/map/density";
import { coversOf, leadOf, overlap, placeLabels, wrap } from "../src/map/labels";
import { indexPlaces, isInside } from "../src/map/nearby";
import { extentOf } from "../src/map/painter";
import { drawPoints, makeStamp, pack, type Picture, type Scene } from "../src/map/raster";
import { makeTable, type Line } from "./fixture";

const palette: Palette = {
  dark: false,
  ratings: [[1, 0, 0], [2, 0, 0], [3, 0, 0], [4, 0, 0], [5, 0, 0]],
  quiet: [9, 9, 9],
};

describe("colourBy", () => {
  const lines: Line[] = Array.from({ length: 60 }, (_, i) => ({
    id: `a/${i}`,
    overall: (i % 5) + 1,
    downloads: i === 0 ? null : 10 ** (i % 4) - 1,
    task: `task ${i % 9}`,
    segment: i < 2 ? null : `segment ${Math.floor(Math.sqrt(i * 12))}`,
    place: [i, i],
  }));
  const table = makeTable(lines);
  const places = table.map;
  if (!places) throw new Error("no map");

  it("gives each of the largest segments a colour and shape of its own", () => {
    const { classes, codes } = colourBy("segment", table, places, palette);
    const named = classes.filter(({ name }) => name.startsWith("segment"));
    expect(new Set(named.map(({ colour, shape }) => `${colour} ${shape}`)).size).toBe(named.length);
    expect(named.length).toBe(12);
    expect(new Set(named.map(({ colour }) => String(colour))).size).toBe(12);
    expect(classes[codes[0] ?? 0]?.name).toBe("no segment");
    expect(classes.reduce((total, { count }) => total + count, 0)).toBe(60);
    const counts = named.map(({ count }) => count);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
  });

  it("puts counts into powers of ten, what is not known apart", () => {
    const { classes, codes } = colourBy("downloads", table, places, palette);
    const nameOf = (row: number): string | undefined => classes[codes[row] ?? 0]?.name;
    expect([nameOf(4), nameOf(1), nameOf(2), nameOf(3)]).toEqual(["0", "1 to 9", "10 to 99", "100 to 999"]);
    expect(nameOf(0)).toBe("not known");
  });

  it("colours ratings as the page does", () => {
    const { classes, codes } = colourBy("rating", table, places, palette);
    expect(classes[codes[4] ?? 0]).toMatchObject({ name: "5 excellent", colour: [5, 0, 0], count: 12 });
  });

  it("gathers small tasks", () => {
    const { classes } = colourBy("task", table, places, palette);
    expect(classes.map(({ name }) => name).slice(-2)).toEqual(["other tasks", "no task"]);
    expect(classes.length).toBe(8);
  });

  it("keeps viridis off the paper's own brightness", () => {
    const light = (rgb: readonly number[]): number => (rgb[0] ?? 0) * 0.3 + (rgb[1] ?? 0) * 0.59 + (rgb[2] ?? 0) * 0.11;
    expect(light(viridis(1, false))).toBeLessThan(175);
    expect(light(viridis(0, true))).toBeGreaterThan(70);
    const steps = [0, 0.25, 0.5, 0.75, 1].map((part) => light(viridis(part, false)));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });
});

describe("placeLabels", () => {
  const label = (x: number, y: number): { lines: string[]; x: number; y: number; width: number; height: number } =>
    ({ lines: ["x"], x, y, width: 60, height: 15 });

  it("never lets two overlap, and prefers the first", () => {
    const labels = Array.from({ length: 200 }, (_, i) => label((i * 37) % 400, (i * 53) % 300));
    const placed = placeLabels(labels, 400, 300);
    expect(placed.length).toBeGreaterThan(20);
    expect(placed[0]?.x).toBe(labels[0]?.x);
    placed.forEach((one, i) => placed.slice(i + 1).forEach((other) =>
      expect(overlap(one, other)).toBe(false)));
  });

  it("covers no point, and leaves out what finds no free place", () => {
    const field = Array.from({ length: 900 }, (_, i) => [100 + (i % 30) * 7, 60 + Math.floor(i / 30) * 6] as const);
    const covers = coversOf(field, 400, 300, 3);
    const placed = placeLabels([label(120, 80), label(200, 150), label(205, 145)], 400, 300, covers);
    expect(placed.map(({ x }) => x)).toEqual([120, 200]);
    for (const { middle, centre, width, height } of placed) {
      expect(field.some(([x, y]) => Math.abs(x - middle) < width / 2 && Math.abs(y - centre) < height / 2)).toBe(false);
    }
  });

  it("leads to a segment from the nearest edge, and through no other label", () => {
    const [beside] = [{ ...label(200, 100), middle: 100, centre: 100 }];
    expect(leadOf(beside)).toEqual([130, 100]);
    // Two segments in one crowd: with what is free above taken, the second leads from the side.
    const crowd = coversOf([[200, 150], [206, 156]], 400, 300, 20);
    const placed = placeLabels([label(200, 150), label(206, 156), label(203, 153)], 400, 300, crowd);
    expect(placed.length).toBe(3);
    for (const one of placed) {
      const [x, y] = leadOf(one);
      for (const other of placed) {
        if (other === one) continue;
        for (let part = 0; part <= 1; part += 0.02) {
          const [across, down] = [x + (one.x - x) * part, y + (one.y - y) * part];
          expect(Math.abs(across - other.middle) < other.width / 2 &&
            Math.abs(down - other.centre) < other.height / 2).toBe(false);
        }
      }
    }
  });

  it("leaves out what lies outside", () => {
    expect(placeLabels([label(-50, 10), label(410, 150)], 400, 300)).toEqual([]);
  });

  it("wraps names and cuts words without end", () => {
    expect(wrap("Quantised GGUF copies of Llama chat models")).toEqual(
      ["Quantised GGUF copies", "of Llama chat models"]);
    expect(wrap("x".repeat(1000))[0]?.length).toBeLessThan(30);
    expect(wrap("word ".repeat(100)).length).toBe(3);
    expect(wrap("")).toEqual([]);
  });
});

describe("densityOf", () => {
  it("is highest where most points are, and nothing where none is", () => {
    const grid = densityOf([[105, 105], [106, 104], [300, 100], [-5, 9]], 60, 40, 6);
    expect(Math.max(...grid)).toBe(1);
    expect(grid[17 * 60 + 17]).toBeCloseTo(1, 1);
    expect(grid[16 * 60 + 50]).toBeCloseTo(0.5, 1);
    expect(grid[39 * 60 + 2]).toBe(0);
    expect(densityOf([], 3, 3, 6).every((value) => value === 0)).toBe(true);
  });
});

describe("points near and inside", () => {
  const x = Float64Array.from([0, 10, NaN, 10, 30]);
  const y = Float64Array.from([0, 0, NaN, 0, 30]);
  const index = indexPlaces(x, y);

  it("finds the nearest that counts, the first of equal ones", () => {
    expect(index.nearest(9, 1, 5, () => true)).toBe(1);
    expect(index.nearest(9, 1, 5, (row) => row !== 1)).toBe(3);
    expect(index.nearest(100, 100, 5, () => true)).toBeNull();
  });

  it("finds those inside a line, and none of those without a place", () => {
    expect(index.inside([[-5, -5], [15, -5], [15, 5], [-5, 5]]).sort()).toEqual([0, 1, 3]);
    expect(index.inside([[-5, -5], [500, -5], [500, 500], [-5, 500]]).length).toBe(4);
  });

  it("knows the inside of a line that is not convex", () => {
    const line = [[0, 0], [10, 0], [10, 10], [5, 3], [0, 10]] as const;
    expect(isInside([5, 2], line)).toBe(true);
    expect(isInside([5, 8], line)).toBe(false);
  });

  it("measures the extent without what has no place", () => {
    expect(extentOf({ x, y })).toEqual([0, 0, 30, 30]);
    expect(extentOf({ x: Float64Array.of(NaN), y: Float64Array.of(NaN) })).toEqual([0, 0, 1, 1]);
  });
});

describe("drawPoints", () => {
  const picture = (): Picture => ({ width: 20, height: 20, pixels: new Uint32Array(400) });
  const scene = (part: Partial<Scene>): Scene => ({
    x: Float64Array.of(10),
    y: Float64Array.of(5),
    classes: [{ name: "a", colour: [200, 100, 50], shape: "circle", count: 1 }],
    codes: Uint8Array.of(0),
    hidden: new Set(),
    marks: null,
    paper: [255, 255, 255],
    radius: 2,
    ...part,
  });
  const view = { scale: 1, left: 0, top: 0 };
  const channels = (pixel: number): number[] => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];

  it("puts a colour on the paper where the point is, and nowhere else", () => {
    const made = picture();
    drawPoints(made, scene({}), view);
    const [red, green, blue] = channels(made.pixels[5 * 20 + 10] ?? 0);
    expect(red).toBeCloseTo(208, -1);
    expect(green).toBeCloseTo(123, -1);
    expect(blue).toBeCloseTo(81, -1);
    expect(made.pixels[15 * 20 + 10]).toBe(pack([255, 255, 255]));
  });

  it("draws no hidden class, and nothing that has no place", () => {
    for (const part of [{ hidden: new Set([0]) }, { x: Float64Array.of(NaN) }, { x: Float64Array.of(1e300) }]) {
      const made = picture();
      drawPoints(made, scene(part), view);
      expect(new Set(made.pixels)).toEqual(new Set([pack([255, 255, 255])]));
    }
  });

  it("dims what is not marked", () => {
    const [lit, dim] = [picture(), picture()];
    drawPoints(lit, scene({ marks: Uint8Array.of(1) }), view);
    drawPoints(dim, scene({ marks: Uint8Array.of(0) }), view);
    const at = 5 * 20 + 10;
    expect(channels(dim.pixels[at] ?? 0)[2]).toBeGreaterThan((channels(lit.pixels[at] ?? 0)[2] ?? 0) + 100);
  });

  it("writes half a stamp at each edge and never around it", () => {
    for (const [x, y] of [[0, 0], [19, 0], [0, 19], [19, 19], [-2, 10], [21, 10]] as const) {
      const made = picture();
      drawPoints(made, scene({ x: Float64Array.of(x), y: Float64Array.of(y) }), view);
      const other = made.pixels[10 * 20 + 10];
      expect(other).toBe(pack([255, 255, 255]));
    }
  });

  it("makes all shapes about as large", () => {
    const areas = (["circle", "square", "triangle", "diamond"] as const).map((shape) =>
      makeStamp(shape, 6, 1).cover.reduce((total, cover) => total + cover, 0) / 256);
    for (const area of areas) expect(Math.abs(area / (areas[0] ?? 1) - 1)).toBeLessThan(0.12);
    expect(areas[0]).toBeCloseTo(Math.PI * 36, -1);
  });
});
