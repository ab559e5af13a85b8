import { describe, expect, it } from "vitest";
import { announce, missing, press, rate, type Rated } from "../src/app/read/rated";

const NAMES = ["identity", "usage", "overall"];
const NOTHING: Rated = { at: 0, numbers: {} };

function type(keys: readonly string[]): ReturnType<typeof press> {
  let made: ReturnType<typeof press> = NOTHING;
  for (const key of keys) made = press(made as Rated, key, NAMES);
  return made;
}

describe("reading by keyboard", () => {
  it("rates with digits and goes on to the next number", () => {
    expect(type(["3", "4"])).toEqual({ at: 2, numbers: { identity: 3, usage: 4 } });
  });
  it("goes to what was passed over, and saves when nothing is missing", () => {
    expect(type(["3", "ArrowDown", "5", "Enter"])).toEqual({ at: 1, numbers: { identity: 3, overall: 5 } });
    expect(type(["3", "2", "5", "Enter"])).toBe("save");
  });
  it("changes a number where one goes back", () => {
    const made = type(["3", "2", "5", "ArrowUp", "ArrowUp", "ArrowUp", "1"]) as Rated;
    expect(made.numbers).toEqual({ identity: 1, usage: 2, overall: 5 });
  });
  it("stays within its numbers and lets other keys be", () => {
    expect(type(["ArrowUp"])).toEqual(NOTHING);
    expect((type(["ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown"]) as Rated).at).toBe(2);
    for (const key of ["0", "6", "a", " ", "PageDown", "12"]) expect(press(NOTHING, key, NAMES)).toBeNull();
    expect(press(NOTHING, "x", NAMES)).toBe("leave");
  });
  it("knows what is missing", () => {
    expect(missing({ identity: 1 }, NAMES)).toBe(1);
    expect(rate({ at: 2, numbers: { identity: 1 } }, 2, 5, NAMES)).toEqual({ at: 1, numbers: { identity: 1, overall: 5 } });
  });
  it("says what a key did", () => {
    const asked = NAMES.map((name) => ({ name, question: `${name}?` }));
    const rated = rate(NOTHING, 0, 3, NAMES);
    expect(announce(NOTHING, rated, asked)).toBe("identity 3. usage: usage?");
    expect(announce(rated, { ...rated, at: 2 }, asked)).toBe("overall: overall?");
    const all: Rated = { at: 2, numbers: { identity: 3, usage: 3, overall: 3 } };
    expect(announce(all, rate(all, 2, 4, NAMES), asked)).toBe("overall 4.");
  });
});
