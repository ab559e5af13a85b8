import type { ComponentChild } from "preact";
import { visible } from "./text";

/** Our own words, in which `backticks` are code. */
export function Words({ text }: { text: string }): ComponentChild {
  return visible(text).split("`").map((part, i) => (i % 2 ? <code key={i}>{part}</code> : part));
}
