/* A card's language: Markdown with its block of YAML in front. */

import { yamlFrontmatter } from "@codemirror/lang-yaml";
import { defineLanguageFacet, HighlightStyle, Language, languageDataProp, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { tags } from "@lezer/highlight";
import { GFM, parser } from "@lezer/markdown";

const facts = defineLanguageFacet({ commentTokens: { block: { open: "<!--", close: "-->" } } });
const markdown = new Language(
  facts,
  parser.configure([GFM, { props: [languageDataProp.add({ Document: facts })] }]),
  [],
  "markdown",
);

const colours = HighlightStyle.define([
  { tag: tags.heading, fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: [tags.link, tags.url, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.processingInstruction, tags.meta, tags.comment, tags.contentSeparator, tags.separator, tags.punctuation, tags.quote, tags.labelName], color: "var(--quiet)" },
]);

export const cardLanguage: Extension = [yamlFrontmatter({ content: markdown }), syntaxHighlighting(colours)];
