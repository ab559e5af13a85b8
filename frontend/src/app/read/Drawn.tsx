/* A card as the app drew it. The elements are made anew from a list of plain ones, and every word
   becomes a text node: whatever came, nothing of it is markup. */

import { h, type ComponentChild, type JSX } from "preact";
import { useMemo } from "preact/hooks";
import { visible } from "../../text";

const PLAIN = new Set([
  "p", "blockquote", "pre", "ul", "ol", "li", "table", "tr", "td", "em", "strong", "s", "span", "code", "div",
]);
const CLASSES = new Set(["heading", "large heading", "link", "picture", "quiet"]);

export function Drawn({ html }: { html: string }): JSX.Element {
  const held = useMemo(() => {
    const page = new DOMParser().parseFromString(html, "text/html");
    return copy(page.body.querySelector(".card") ?? page.body);
  }, [html]);
  return <div class="drawn">{held}</div>;
}

function copy(from: Element): ComponentChild[] {
  return [...from.childNodes].map((node, key) => {
    if (node.nodeType === Node.TEXT_NODE) return visible(node.nodeValue ?? "");
    if (!(node instanceof Element)) return null;
    const name = node.localName;
    if (!PLAIN.has(name)) return visible(node.textContent ?? "");
    const kind = node.getAttribute("class") ?? "";
    const own = CLASSES.has(kind) ? { key, class: kind } : { key };
    const inside = copy(node);
    if (name === "table") return h("table", own, h("tbody", null, rows(node)));
    return h(name, own, inside);
  });
}

/** A parser puts rows into a body of the table. */
function rows(table: Element): ComponentChild[] {
  return [...table.querySelectorAll("tr")].map((row, key) => h("tr", { key }, copy(row)));
}
