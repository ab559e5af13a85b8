"""What an audit does to the body of a card: body in, body out, None where it does not apply.

The same in another form (order, markup, headings, languages), a part repeated, or a part less.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from random import Random

from cardiogram.cards import Block, parse_card, split_sections, topics_of
from cardiogram.cards.features import count_features
from cardiogram.judge.audit.probe_texts import probe_texts
from cardiogram.judge.audit.rewrite import BodyChange, append
from cardiogram.judge.rubric import load_rubric

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


def repeat_a_section(body: str) -> str | None:
    """The longest section four more times."""
    card = parse_card(body)
    sections = [s for s in split_sections(card.document) if s.heading and s.blocks]
    if not sections:
        return None
    longest = max(sections, key=lambda s: s.last_line - s.line)
    lines = body.split("\n")
    copy = "\n".join(lines[longest.line - 1 : longest.last_line])
    return append(body, "\n\n".join([copy] * 4))


def add_word_salad(body: str) -> str:
    """Words of shipped texts in random order, under the headings of the template."""
    texts = probe_texts()
    words = f"{texts.prose} {texts.append['copied limitations']}".replace("#", "").split()
    draw = Random(len(body))
    parts = [
        f"## {heading}\n\n{' '.join(draw.choices(words, k=60))}."
        for heading in texts.headings["template"].values()
    ]
    return append(body, "\n\n".join(parts))


def add_shuffled_words(body: str) -> str | None:
    """The card's own sections again, the words of each in random order."""
    lines, draw, parts = body.split("\n"), Random(len(body)), []
    for section in split_sections(parse_card(body).document):
        text = " ".join(lines[section.line - 1 : section.last_line])
        words = re.sub("[`|#*]", " ", text).split()
        draw.shuffle(words)
        if section.heading and section.blocks:
            parts.append(f"## {section.heading.text}\n\n{' '.join(words)}")
    return append(body, "\n\n".join(parts)) if parts else None


def paste_rubric(body: str) -> str:
    """The rubric's sentences in random order."""
    plain = re.sub(r"[|#`]|---", " ", load_rubric().text)
    sentences = re.split(r"(?<=[.:?])\s+|\n\n+", plain)
    return append(body, "\n\n".join(Random(len(body)).sample(sentences, len(sentences))))


NONSENSE: Mapping[str, BodyChange] = {
    "word salad": add_word_salad,
    "shuffled words": add_shuffled_words,
    "pasted rubric": paste_rubric,
}
"""What a visitor sees and learns nothing from, by the name of its probe."""


def _without_lines(body: str, spans: list[tuple[int, int]]) -> str | None:
    if not spans:
        return None
    lines: list[str | None] = list(body.split("\n"))
    for first, last in spans:
        for number in range(first - 1, min(last, len(lines))):
            lines[number] = None
    return "\n".join(line for line in lines if line is not None)


def without_code(body: str) -> str | None:
    """The card without its code that runs the model."""
    blocks = parse_card(body).document.blocks
    runs = re.compile(r"from_pretrained|pipeline\(|load_from_hub|\bimport \w|pip install")
    code = [b for b in blocks if b.kind == "code"]
    if not any(runs.search(b.text) for b in code):
        return None
    return _without_lines(body, [(b.line, b.last_line) for b in code])


def without_evaluation(body: str) -> str | None:
    """The card without the tables of its evaluation."""
    spans = []
    for section in split_sections(parse_card(body).document):
        if "evaluation" in section.topics:
            spans += [(b.line, b.last_line) for b in section.blocks if b.kind == "table"]
    return _without_lines(body, spans)


def without_limitations(body: str) -> str | None:
    """The card without its sections on limits, bias and risks, where they say something."""
    card = parse_card(body)
    if count_features(card).topics["limitations"].words < 15:
        return None
    spans = [
        (section.line, section.last_line)
        for section in split_sections(card.document)
        if section.heading and "limitations" in topics_of(section.heading.text)
    ]
    return _without_lines(body, spans)
