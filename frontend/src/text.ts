/* Words and numbers for people. Text of a card only ever becomes a text node. */

/** Controls that reorder or hide text. */
export const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Show the controls that reorder or hide text: every bidi control, separators, C0 and C1. */
export function visible(text: string): string {
  return text.replace(
    HIDDEN,
    (control) => `⟦U+${control.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟧`,
  );
}

/** A number with thousands separators; a dash where it is not known. */
export function number(value: number): string {
  return Number.isNaN(value) ? "–" : value.toLocaleString("en-US");
}

/** How many there are of something: `1 card`, `2,000 cards`. */
export function count(many: number, what: string): string {
  return `${number(many)} ${what}${many === 1 ? "" : "s"}`;
}

/** A count in few letters: 20M. */
export function short(value: number): string {
  if (Number.isNaN(value)) return "–";
  for (const [size, unit] of [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]] as const) {
    if (value >= size) return `${Number((value / size).toPrecision(3))}${unit}`;
  }
  return String(value);
}

/** A day from days since 1970. */
export function day(days: number): string {
  return Number.isNaN(days) ? "–" : new Date(days * 86_400_000).toISOString().slice(0, 10);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A day as people write it: `2 Mar 2026`. */
export function dayOf(iso: string): string {
  const [year = "", month = "", day = ""] = iso.slice(0, 10).split("-");
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? month} ${year}`;
}

export function signed(value: number | null): string {
  return value === null ? "" : (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Words as a sentence of their own, shown safely. */
export function sentence(words: string): string {
  return words && visible(`${capital(words)}.`);
}

export function lines(first: number, last: number): string {
  return first === last ? `line ${first}` : `lines ${first}–${last}`;
}
