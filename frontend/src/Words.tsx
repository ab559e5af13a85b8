import type { ComponentChild } from "preact";
import { visible } from "./text";

/** Our own words, in which `backticks` are code. */
export function Words({ text }: { text: string }): ComponentChild {
  return visible(text).split("`").map((part, i) => (i % 2 ? <code key={i}>{part}</code> : part));
}

/** A model's id, which may go on in the next line after its signs and never within a word. */
export function Id({ text }: { text: string }): ComponentChild {
  return visible(text).split(/(?<=[/_.-])/).flatMap((part, i) => (i ? [<wbr key={i} />, part] : [part]));
}
