"""What each piece of evidence is worth: the card is rated again without the lines that carry it.

Nothing is estimated from the model's inside. An effect is the difference between two ratings, of
the card and of the card without some lines, and anyone can delete these lines and see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from cardiogram.cards import Block, Card, parse_card, topics_of
from cardiogram.cards.features import (
    CODE,
    LINKS,
    PROSE,
    CardFeatures,
    Features,
    PhraseIndex,
    Visible,
    is_boilerplate,
    read_features,
)
from cardiogram.judge.expectations.expectations import Expectation
from cardiogram.judge.expectations.gaps import Expect, Gap, explain_verdicts, find_gaps
from cardiogram.judge.expectations.hints import speaks_of_model
from cardiogram.judge.expectations.predicates import OPENING
from cardiogram.judge.expectations.verdicts import METADATA_KEYS, decide_expectations
from cardiogram.judge.rating import Evidence
from cardiogram.names import SCORES

_LONGEST = 200_000
"""Characters of a card up to which effects are measured: beyond, rating it again takes long."""

_NO_TEXT = ("placeholder", "fence")
"""Places of expectations that are met where a fault is absent: there are no lines to take away."""


class LineRange(NamedTuple):
    """Lines of a card from `first` to `last`, counted from 1."""

    first: int
    last: int


def measure_contributions(
    read: CardFeatures, expect: Expect, gaps: Iterable[Gap] | None = None
) -> tuple[Evidence, ...]:
    """Evidence with its effect: how far the criterion's expected value moves with it.

    Parameters
    ----------
    expect
        The judge's expected values from features; it is asked once, of every changed card.
    gaps
        As of :func:`.find_gaps`, where they are known.

    Returns
    -------
    tuple of Evidence
        As of :func:`.explain`, with lines that are as narrow as the expectation
        allows. What is there has the effect of deleting these lines, with its sign turned; what is
        missing has that of mending it. None where a card is too long to be rated again so often,
        where an expectation is met because some fault is absent, and where what is missing is part
        of a larger gap or would gain nothing.
    """
    verdicts = decide_expectations(read)
    evidence = explain_verdicts(read, verdicts)
    if len(read.card.text) > _LONGEST:
        return evidence
    lines = [find_lines(read, wanted) if is_met else () for wanted, is_met in verdicts]
    carried = [number for number, ranges in enumerate(lines) if ranges]
    copies = [
        remove_lines(read.card, lines[number], verdicts[number].expectation) for number in carried
    ]
    now, *after = expect([copy.vector for copy in (read, *read_features(copies))])
    effects: dict[int, float] = {}
    for number, values in zip(carried, after, strict=True):
        place = SCORES.index(verdicts[number].expectation.criterion)
        effects[number] = now[place] - values[place]
    known = find_gaps(read, expect) if gaps is None else gaps
    asked = {gap.key: gap for gap in known}
    told = []
    for number, (shown, verdict) in enumerate(zip(evidence, verdicts, strict=True)):
        if gap := asked.get(verdict.expectation.key):  # what is asked for is not praised
            told.append(shown._replace(fact=gap.missing, effect=-gap.criterion_gain))
        elif verdict.is_met:
            told.append(_add_effect(shown, lines[number], effects.get(number)))
        else:
            told.append(shown)
    return tuple(told)


def _add_effect(evidence: Evidence, lines: Sequence[LineRange], effect: float | None) -> Evidence:
    if effect is None:
        return evidence
    first, last = min(r.first for r in lines), max(r.last for r in lines)
    return evidence._replace(first_line=first, last_line=last, effect=round(effect, 3))


def remove_lines(card: Card, lines: Sequence[LineRange], expectation: Expectation) -> Card:
    """The card without some lines; without a key, where that is one of the Hub's tags."""
    gone = {line for some in lines for line in range(some.first, some.last + 1)}
    every = enumerate(card.text.split("\n"), 1)
    text = "\n".join([line for number, line in every if number not in gone])
    changed = parse_card(text, id=card.id)
    if card.metadata.source != "tags":
        return changed
    keys = METADATA_KEYS.get(expectation.key, ()) if expectation.criterion == "metadata" else ()
    values = {key: value for key, value in card.metadata.values.items() if key not in keys}
    return replace(changed, metadata=replace(card.metadata, values=values))


def find_lines(read: CardFeatures, expectation: Expectation) -> tuple[LineRange, ...]:
    """The lines that carry an expectation that is met; none where no lines do."""
    card, features = read.card, read.features
    if expectation.topic in _NO_TEXT:
        return ()
    if expectation.criterion == "metadata":
        return _key_lines(card, expectation)
    if expectation.key == "headings":
        heads = [b for b in card.document.blocks if b.kind == "heading" or b.label]
        return tuple(LineRange(block.line, block.line) for block in heads)
    return tuple(
        _blocks_of_code(card, expectation)
        or _sections(features, expectation)
        or _blocks_that_say(read, expectation)
        or _opening(card, expectation)
    )


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


def _blocks_of_code(card: Card, expectation: Expectation) -> list[LineRange]:
    """Code with phrases of the expectation; for that of code all code, where none has them."""
    wanted = CODE.groups.intersection(expectation.lift)
    code = [block for block in card.document.blocks if block.kind == "code"]
    stating = [block for block in code if wanted & _mentions(CODE, block.text)]
    return _line_ranges(stating or (code if expectation.key == "code" else []))


def _sections(features: Features, expectation: Expectation) -> list[LineRange]:
    """Sections and labelled blocks on a topic, where that is the expectation's alone."""
    topic = expectation.topic
    if f"{topic}_sections" not in expectation.lift:
        return []
    if features.topics[topic].words + features.topics[topic].boilerplate == 0:
        return []
    blocks = [block for section in features.sections for block in section.blocks]
    sections = [s for s in features.sections if topic in s.topics and s.blocks]
    return [
        *(LineRange(section.line, section.last_line) for section in sections),
        *_line_ranges([b for b in blocks if b.label and topic in topics_of(b.label)]),
    ]


def _blocks_that_say(counted: CardFeatures, expectation: Expectation) -> list[LineRange]:
    """Blocks with a phrase of the expectation, and lines with links that are such phrases.

    What a template left to be filled in says nothing.
    """
    card, readings = counted.card, counted.features.read
    prose, links = (index.groups.intersection(expectation.lift) for index in (PROSE, LINKS))
    blocks = [
        block
        for block in card.document.blocks
        if block.kind != "code"
        and not ((reading := readings.get(block.text)) and reading.placeholder)
    ]
    targets = [link for link in card.document.links if links & _mentions(LINKS, link.target)]
    return [
        *_line_ranges([block for block in blocks if prose & _mentions(PROSE, block.text)]),
        *(LineRange(link.line, link.line) for link in targets),
    ]


def _opening(card: Card, expectation: Expectation) -> list[LineRange]:
    """First paragraphs that speak of the model."""
    if expectation.key != "purpose":
        return []
    return _line_ranges(
        [
            block
            for block in card.document.blocks[:OPENING]
            if block.kind in ("paragraph", "item")
            and speaks_of_model(block.text)
            and not is_boilerplate(block.text)
        ]
    )


def _mentions(index: PhraseIndex, text: str) -> set[str]:
    """Features of an index that a text states."""
    visible = Visible.every(text)
    return set(index.count(visible.lower, visible.words))


def _line_ranges(blocks: Sequence[Block]) -> list[LineRange]:
    return [LineRange(block.line, block.last_line) for block in blocks]
