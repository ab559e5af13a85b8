/* The page's colours as numbers, for drawing; they change with the theme. */

import type { Palette, Rgb } from "./colouring";

export interface Ink {
  paper: Rgb;
  ink: string;
  halo: string;
  accent: string;
  line: string;
  sans: string;
  palette: Palette;
}

export function readInk(): Ink {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const paper = rgb(colour("--raised"));
  const found: Ink = {
    paper,
    ink: colour("--ink"),
    halo: colour("--raised"),
    accent: colour("--accent"),
    line: colour("--line"),
    sans: getComputedStyle(document.body).fontFamily,
    palette: {
      dark: paper[0] + paper[1] + paper[2] < 380,
      ratings: ["--s1", "--s2", "--s3", "--s4", "--s5"].map((name) => rgb(colour(name))),
      quiet: rgb(colour("--axis")),
    },
  };
  probe.remove();
  return found;
}

export function rgb(text: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

export const css = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;
