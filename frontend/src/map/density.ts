/* Where the points are dense: lines of equal density, as on a map of heights. */

const CELL = 6;
const SMOOTHINGS = 4;
const LEVELS = [0.15, 0.35, 0.6];

/** Density on a grid of cells, smoothed; 1 where it is highest. */
export function densityOf(
  points: Iterable<readonly [x: number, y: number]>,
  across: number,
  down: number,
  cell: number,
): Float64Array {
  let grid = new Float64Array(across * down);
  for (const [x, y] of points) {
    const [column, row] = [Math.floor(x / cell), Math.floor(y / cell)];
    if (column < 0 || row < 0 || column >= across || row >= down) continue;
    grid[row * across + column] = (grid[row * across + column] ?? 0) + 1;
  }
  for (let i = 0; i < SMOOTHINGS; i += 1) grid = smooth(smooth(grid, across, 1), across, across);
  const top = grid.reduce((most, value) => Math.max(most, value), 0);
  return top ? grid.map((value) => value / top) : grid;
}

/** The mean of five cells in a row; those past an edge are empty. */
function smooth(grid: Float64Array, across: number, step: number): Float64Array<ArrayBuffer> {
  return new Float64Array(grid.map((_, at) => {
    let sum = 0;
    for (let k = -2; k <= 2; k += 1) {
      const near = at + k * step;
      const sameRow = step > 1 || Math.floor(near / across) === Math.floor(at / across);
      if (sameRow) sum += grid[near] ?? 0;
    }
    return sum / 5;
  }));
}

export function drawDensity(
  brush: CanvasRenderingContext2D,
  points: Iterable<readonly [x: number, y: number]>,
  width: number,
  height: number,
  colour: string,
): void {
  const [across, down] = [Math.ceil(width / CELL), Math.ceil(height / CELL)];
  const grid = densityOf(points, across, down, CELL);
  brush.strokeStyle = colour;
  brush.lineWidth = 1;
  brush.globalAlpha = 0.45;
  brush.beginPath();
  for (const level of LEVELS) outline(brush, grid, across, down, level);
  brush.stroke();
  brush.globalAlpha = 1;
}

/** Marching squares: a piece of the line through each cell that it crosses. */
function outline(
  brush: CanvasRenderingContext2D,
  grid: Float64Array,
  across: number,
  down: number,
  level: number,
): void {
  const value = (column: number, row: number): number => grid[row * across + column] ?? 0;
  for (let row = 0; row + 1 < down; row += 1) {
    for (let column = 0; column + 1 < across; column += 1) {
      const corners = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]] as const;
      const ends = corners.flatMap(([x, y], i) => {
        const [nextX, nextY] = corners[(i + 1) % 4] ?? [x, y];
        const [here, there] = [value(x, y), value(nextX, nextY)];
        if (here < level === there < level) return [];
        const part = (level - here) / (there - here);
        return [[x + (nextX - x) * part + 0.5, y + (nextY - y) * part + 0.5] as const];
      });
      for (let i = 0; i + 1 < ends.length; i += 2) {
        const [from, to] = [ends[i] ?? [0, 0], ends[i + 1] ?? [0, 0]];
        brush.moveTo(from[0] * CELL, from[1] * CELL);
        brush.lineTo(to[0] * CELL, to[1] * CELL);
      }
    }
  }
}
