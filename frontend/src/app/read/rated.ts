/* What a reader has said of the card at hand, and what a key does to it. */

export type Level = 1 | 2 | 3 | 4 | 5;
export type Numbers = Readonly<Record<string, Level>>;

export interface Rated {
  /** Place of the number that the next digit is of. */
  readonly at: number;
  readonly numbers: Numbers;
}

export type Deed = "save" | "before" | "leave" | "switch";

const DEEDS: Readonly<Record<string, Deed>> = { p: "before", x: "leave", s: "switch" };

/** The numbers of a key, or what else it does; null for a key that does nothing here. */
export function press(rated: Rated, key: string, names: readonly string[]): Rated | Deed | null {
  if (/^[1-5]$/.test(key)) return rate(rated, rated.at, Number(key) as Level, names);
  if (key === "ArrowDown") return { ...rated, at: Math.min(rated.at + 1, names.length - 1) };
  if (key === "ArrowUp") return { ...rated, at: Math.max(rated.at - 1, 0) };
  if (key === "Enter") {
    const open = missing(rated.numbers, names);
    return open === null ? "save" : { ...rated, at: open };
  }
  return DEEDS[key] ?? null;
}

/** Give a number, and go on to the next that has none. */
export function rate(rated: Rated, at: number, level: Level, names: readonly string[]): Rated {
  const name = names[at];
  if (name === undefined) return rated;
  const numbers = { ...rated.numbers, [name]: level };
  const later = names.findIndex((each, i) => i > at && !(each in numbers));
  return { at: later < 0 ? (missing(numbers, names) ?? at) : later, numbers };
}

/** Place of the first number that was not given; null where all were. */
export function missing(numbers: Numbers, names: readonly string[]): number | null {
  const place = names.findIndex((name) => !(name in numbers));
  return place < 0 ? null : place;
}

/** What a key did, for who does not see it: the number given, and what is asked next. */
export function announce(before: Rated, after: Rated, asked: readonly { name: string; question: string }[]): string {
  const given = asked.find(({ name }) => after.numbers[name] !== before.numbers[name]);
  const said = given ? `${given.name} ${after.numbers[given.name]}. ` : "";
  const next = asked[after.at];
  return next && (after.at !== before.at || !given) ? `${said}${next.name}: ${next.question}` : said.trim();
}

/* Numbers of a card that is not saved yet outlive a reload. ----------------------------------- */

const KEY = "cardiogram-given";

/** Keep what was given in one turn, in place of any other. */
export function keepGiven(turn: string, rated: Rated): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([turn, rated]));
  } catch {
    // Full or forbidden: it lives as long as the page then.
  }
}

/** What was given in this turn and not saved; null where nothing was. */
export function keptOf(turn: string): Rated | null {
  try {
    const [of, rated] = JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as [string?, Rated?];
    return of === turn ? (rated ?? null) : null;
  } catch {
    return null;
  }
}
