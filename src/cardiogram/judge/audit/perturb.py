"""Ways to repeat what a card says, and to take something from it: body in, body out.

None where a way does not apply to a card.
"""

from __future__ import annotations

import re

from cardiogram.cards import parse_card, split_sections, topics_of
from cardiogram.cards.features import count_features
from cardiogram.judge.audit.rewrite import append


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
