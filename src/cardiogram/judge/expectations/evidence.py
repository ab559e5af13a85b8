"""The lines that show what a card meets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from cardiogram.cards import Block, Card, topics_of
from cardiogram.cards.features import CODE, PROSE, CardFeatures, PhraseIndex, Visible
from cardiogram.judge.expectations.expectations import Expectation
from cardiogram.judge.expectations.line_tests import LINE_TESTS, is_demo
from cardiogram.judge.expectations.predicates import OPENING
from cardiogram.judge.expectations.verdicts import METADATA_KEYS, Verdict

_ENOUGH = 3
"""Blocks that say what the model does and are named."""

NO_TEXT = ("placeholder", "fence")
"""Places of expectations that are met where a fault is absent: no lines show that."""


class LineRange(NamedTuple):
    """Lines of a card from `first` to `last`, counted from 1."""

    first: int
    last: int


class ShownVerdict(NamedTuple):
    """What a card meets or lacks, and the lines that show what it meets."""

    verdict: Verdict
    lines: tuple[LineRange, ...] = ()


def keep_shown(read: CardFeatures, verdicts: Iterable[Verdict]) -> list[ShownVerdict]:
    """Verdicts with their lines, without what a card meets, but no line of it shows."""
    said = read_said(read)
    shown = []
    for verdict in verdicts:
        expectation, is_met = verdict
        if not is_met or expectation.topic in NO_TEXT:
            shown.append(ShownVerdict(verdict))
        elif lines := find_lines(read, expectation, said):
            shown.append(ShownVerdict(verdict, merge_ranges(lines, read.card.text)))
    return shown


class Said(NamedTuple):
    """A block, the words above it, the topics of its section, and the features that it states."""

    block: Block
    heading: str
    topics: frozenset[str]
    features: frozenset[str]


def read_said(read: CardFeatures) -> list[Said]:
    """What each block of a card states, but citations and what a template left to be filled in."""
    features = read.features
    said = []
    for section in features.sections:
        if "citation" in section.topics:
            continue
        blocks = [section.heading, *section.blocks] if section.heading else section.blocks
        heading = section.heading.text if section.heading else ""
        for block in blocks:
            reading = features.read.get(block.text)
            if block.kind == "code":
                stated = _mentions(CODE, block.text)
            elif reading:
                if reading.placeholder:
                    continue
                words = PROSE.words.intersection(reading.tokens)
                stated = frozenset(PROSE.count(reading.lower, words))
            else:
                stated = _mentions(PROSE, block.text)
            said.append(Said(block, heading, section.topics, stated))
    return said


def find_lines(
    read: CardFeatures, expectation: Expectation, said: Sequence[Said] | None = None
) -> tuple[LineRange, ...]:
    """The lines that show what a card meets; none where no lines do.

    Parameters
    ----------
    said
        As of :func:`read_said`, where it is known.
    """
    card, key = read.card, expectation.key
    if expectation.topic in NO_TEXT:
        return ()
    if expectation.criterion == "metadata":
        return _key_lines(card, expectation)
    if key == "headings":
        heads = [block for block in card.document.blocks if block.kind == "heading" or block.label]
        return _line_ranges(heads)
    if key == "demo":
        return _demo_lines(read)
    said = read_said(read) if said is None else said
    passes = LINE_TESTS[key]
    if key == "purpose":
        opening = set(card.document.blocks[:OPENING])
        told = (each for each in said if "identity" in each.topics or each.block in opening)
        saying = (block for block, heading, _, _ in told if passes(block, heading))
        return _line_ranges([*islice(saying, _ENOUGH)])
    return (
        _code_lines(said, expectation)
        or _section_lines(read, expectation)
        or _line_ranges(
            [
                block
                for block, heading, _, stated in said
                if block.kind != "code"
                and not stated.isdisjoint(expectation.lift)
                and passes(block, heading)
            ]
        )
    )


def merge_ranges(ranges: Iterable[LineRange], text: str) -> tuple[LineRange, ...]:
    """Ranges in their order, those as one between which no line has text."""
    lines = text.split("\n")
    merged: list[LineRange] = []
    for first, last in sorted(ranges):
        if merged and not "".join(lines[merged[-1].last : first - 1]).strip():
            merged[-1] = LineRange(merged[-1].first, max(last, merged[-1].last))
        else:
            merged.append(LineRange(first, last))
    return tuple(merged)


def _key_lines(card: Card, expectation: Expectation) -> tuple[LineRange, ...]:
    """Lines of a key of the front matter; those of the Hub's tags have none, which 0 says."""
    if card.metadata.source == "tags":
        return (LineRange(0, 0),)
    starts = sorted(card.metadata.lines.values())
    ranges = []
    for key in METADATA_KEYS[expectation.key]:
        if first := card.metadata.lines.get(key):
            after = [start for start in starts if start > first]
            ranges.append(LineRange(first, (after[0] if after else card.body_line) - 1))
    return tuple(ranges)


def _code_lines(said: Sequence[Said], expectation: Expectation) -> tuple[LineRange, ...]:
    """Code with phrases of the expectation."""
    if CODE.groups.isdisjoint(expectation.lift):
        return ()
    passes = LINE_TESTS.get(expectation.key)
    return _line_ranges(
        [
            block
            for block, heading, _, stated in said
            if block.kind == "code"
            and (expectation.key == "code" or not stated.isdisjoint(expectation.lift))
            and (passes is None or passes(block, heading))
        ]
    )


def _section_lines(read: CardFeatures, expectation: Expectation) -> tuple[LineRange, ...]:
    """Sections and labelled blocks on a topic, where that is the expectation's alone."""
    features, topic = read.features, expectation.topic
    if f"{topic}_sections" not in expectation.lift:
        return ()
    if features.topics[topic].words + features.topics[topic].boilerplate == 0:
        return ()
    passes = LINE_TESTS[expectation.key]
    ranges = []
    for section in features.sections:
        heading = section.heading.text if section.heading else ""
        if topic in section.topics:
            if any(passes(block, heading) for block in section.blocks):
                ranges.append(LineRange(section.line, section.last_line))
            continue
        labelled = [b for b in section.blocks if b.label and topic in topics_of(b.label)]
        ranges += _line_ranges([block for block in labelled if passes(block, heading)])
    return tuple(ranges)


def _demo_lines(read: CardFeatures) -> tuple[LineRange, ...]:
    """Lines with a link to where the model can be tried."""
    owner = read.card.id.rpartition("/")[0]
    ranges = []
    for link in read.card.document.links:
        around = [
            f"{section.heading.text if section.heading else ''} {block.text}"
            for section in read.features.sections
            for block in section.blocks
            if block.line <= link.line <= block.last_line
        ]
        if not link.image and is_demo(link.target, " ".join([link.text, *around]), owner):
            ranges.append(LineRange(link.line, link.line))
    return tuple(ranges)


def _mentions(index: PhraseIndex, text: str) -> frozenset[str]:
    """Features of an index that a text states."""
    return frozenset(index.count(*Visible.every(text)))


def _line_ranges(blocks: Sequence[Block]) -> tuple[LineRange, ...]:
    return tuple(LineRange(block.line, block.last_line) for block in blocks)
