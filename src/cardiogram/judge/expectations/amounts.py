"""How much of what a reader expects stands in a card, and what is said of it.

- Nothing, "no limitations": neither a section on it nor a word of it is the author's.
- Not filled in, "(the section is not filled in)": the heading is there, and what stands
  below it nobody wrote.
- Something, "more on limitations": the author wrote below such a heading, or words of it stand
  elsewhere. How much that is, nobody here can read: more is asked for, and nothing denied. The
  line is that of the section; where there is none, none is named, and a heading is asked for.
"""

from __future__ import annotations

import re

from cardiogram.cards import Block, Section, is_to_do
from cardiogram.cards.features import CardFeatures, Features, is_boilerplate, is_unfilled
from cardiogram.judge.expectations.expectations import Expectation
from cardiogram.judge.expectations.own_code import UNNAMED, read_as_loaded
from cardiogram.judge.expectations.verdicts import has_some
from cardiogram.lazy import regex

_HEADINGS = {
    "data": "Training data",
    "training": "Training",
    "evaluation": "Evaluation",
    "limitations": "Limitations",
}
"""Headings under which each topic is looked for."""


_BY_A_TOOL = "what a tool wrote"


def more_on(wanted: Expectation) -> str:
    """What is said of what stands there in part, or may."""
    return wanted.partly or f"more on {wanted.name}"


def say_missing(wanted: Expectation, read: CardFeatures, is_unsure: bool = False) -> str:
    """What is said of an expectation that a card does not meet.

    Parameters
    ----------
    is_unsure
        Whether words of the card hint at it.
    """
    if wanted.key == "code" and read_as_loaded(read):
        return UNNAMED
    is_some = is_unsure or has_some(wanted.key, read)
    words = more_on(wanted) if is_some else wanted.missing
    what = _what_stands(read, wanted.topic)
    if is_some and what == _BY_A_TOOL:  # which may be the best that there is
        return words
    return f"{words} (the section is {what})" if what else words


def say_advice(wanted: Expectation, missing: str, read: CardFeatures) -> str:
    """What to do about it: what stands under no heading of its topic is better put under one."""
    heading = _HEADINGS.get(wanted.topic)
    count = read.features.topics.get(wanted.topic)
    if heading and missing == more_on(wanted) and count and not count.first_line:
        return f'{wanted.advice[:-1]}, under a heading such as "{heading}".'
    return wanted.advice


def _what_stands(read: CardFeatures, topic: str) -> str:
    """What the sections on a topic are where nobody wrote a word of them; "" elsewhere."""
    features = read.features
    count = features.topics.get(topic)
    if not count or not count.sections:
        return ""
    blocks = [b for s in features.sections if topic in s.topics for b in s.blocks]
    if not blocks:
        return "empty" if _is_bare(read, topic) else ""
    if all(_is_to_fill(block, features) for block in blocks):
        return "not filled in"
    if any(not (is_boilerplate(b.text) or _is_to_fill(b, features)) for b in blocks):
        return ""
    return "not filled in" if count.placeholders else _BY_A_TOOL


def _is_to_fill(block: Block, features: Features) -> bool:
    return is_to_do(block.text) or is_unfilled(block.text, features)


def _is_bare(read: CardFeatures, topic: str) -> bool:
    """Whether nothing stands below the headings on a topic, nor in sections under them."""
    sections, lines = read.features.sections, read.card.text.split("\n")
    ends = [section.line - 1 for section in sections[1:]] + [len(lines)]
    return not any(
        section.depth > _DEEPEST  # a label in bold may be all of it
        or _has_below(sections, number)
        or _has_lines(section, lines, ends[number])
        for number, section in enumerate(sections)
        if topic in section.topics
    )


_DEEPEST = 6


def _has_below(sections: tuple[Section, ...], number: int) -> bool:
    below = sections[number + 1 : number + 2]
    return bool(below) and below[0].depth > sections[number].depth


def _has_lines(section: Section, lines: list[str], end: int) -> bool:
    head = section.heading.last_line if section.heading else 0
    return bool(_COMMENT.sub("", "\n".join(lines[head:end])).strip("-_=* \t\r\n"))


_COMMENT = regex("<!--.*?-->", re.DOTALL)
