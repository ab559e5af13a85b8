"""The same facts in another form: order, markup, headings, languages. Body in, body out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from cardiogram.cards import Block, parse_card, topics_of

_MINIMUM = 3  # sections that can be in another order


def headings_of(body: str) -> list[Block]:
    """Markdown headings of a body, in their order."""
    blocks = parse_card(body).document.blocks
    return [block for block in blocks if block.kind == "heading" and block.style == "markdown"]


def reverse_sections(body: str) -> str | None:
    """The sections below the title from last to first; what stands above them stays."""
    lines = body.split("\n")
    headings = headings_of(body)
    levels = [heading.level for heading in headings[1:] if heading.level > 1]
    if not levels:
        return None
    starts = [heading.line - 1 for heading in headings if heading.level == min(levels)]
    if len(starts) < _MINIMUM or any(h.level < min(levels) for h in headings[1:]):
        return None
    parts = ["\n".join(lines[a:b]).strip("\n") for a, b in pairwise([*starts, len(lines)])]
    top = "\n".join(lines[: starts[0]]).strip("\n")
    return "\n\n".join([top, *reversed(parts)]).strip("\n") + "\n"


def strip_emphasis(body: str) -> str | None:
    """No bold, no italics, no emoji; headings, lists, tables and code stay."""
    changed_lines, fenced = [], False
    for line in body.split("\n"):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if not fenced:
            line = re.sub(r"\*\*(?=\S)([^*\n]*\S)\*\*", r"\1", line)
            line = re.sub(r"(?<!\w)__(?=\S)([^_\n]*\S)__(?!\w)", r"\1", line)
            line = re.sub(r"[\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F]+ ?", "", line)
        changed_lines.append(line)
    changed = "\n".join(changed_lines)
    return changed if changed != body else None


def headings_as_html(body: str) -> str | None:
    """Every Markdown heading of one line as the HTML that it stands for."""
    lines = body.split("\n")
    changed = False
    for heading in headings_of(body):
        line = lines[heading.line - 1].strip()
        if line.startswith("#"):
            words, level = line.strip("#").strip(), heading.level
            lines[heading.line - 1] = f"<h{level}>{words}</h{level}>\n"
            changed = True
    return "\n".join(lines) if changed else None


def plain_text(body: str) -> str | None:
    """No markup at all: the words, one line a block, code and tables as they read."""
    lines = []
    for line in body.split("\n"):
        if line.lstrip().startswith(("```", "~~~")) or not line.strip(" \t:|-"):
            lines.append("")
            continue
        line = re.sub(r"^\s{0,3}#{1,6}\s+", "", line)
        line = re.sub(r"!?\[([^\]]*)\]\(([^)\s]*)(?:\s[^)]*)?\)", r"\1 (\2)", line)
        line = re.sub(r"[*`]|<[^>]+>", "", line)
        lines.append(line.replace("|", " "))
    changed = "\n".join(lines)
    return changed if changed != body else None


def rename_headings(body: str, headings: Mapping[str, str]) -> str | None:
    """Headings of known topics by other names; the text below them stays."""
    lines = body.split("\n")
    changed = False
    for heading in headings_of(body)[1:]:
        known = [topic for topic in headings if topic in topics_of(heading.text)]
        match = re.match(r"( {0,3}#{1,6}\s+)", lines[heading.line - 1])
        if known and match and heading.text.strip() != headings[known[0]]:
            lines[heading.line - 1] = match[1] + headings[known[0]]
            changed = True
    return "\n".join(lines) if changed else None
