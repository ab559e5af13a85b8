"""What each piece of evidence is worth: the card is rated again without the lines that carry it.

Nothing is estimated from the model's inside. An effect is the difference between two ratings, of
the card and of the card without some lines, and anyone can delete these lines and see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

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
from cardiogram.judge.expectations.expectations import Claim
from cardiogram.judge.expectations.gaps import Expect, explain, find_gaps
from cardiogram.judge.expectations.hints import speaks_of_model
from cardiogram.judge.expectations.predicates import OPENING
from cardiogram.judge.expectations.verdicts import METADATA_KEYS, tell
from cardiogram.judge.rating import Evidence
from cardiogram.names import SCORES

_LONGEST = 200_000
"""Characters of a card up to which effects are measured: beyond, rating it again takes long."""

_NO_TEXT = ("placeholder", "fence")
"""Places of claims that hold by the absence of a fault: there are no lines to take away."""


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of a card from `first` to `last`, counted from 1."""

    first: int
    last: int


def measure_contributions(read: CardFeatures, expect: Expect) -> tuple[Evidence, ...]:
    """Evidence with its effect: how far the criterion's expected value moves with it.

    Parameters
    ----------
    expect
        The judge's expectation from features; it is asked once, of every changed card.

    Returns
    -------
    tuple of Evidence
        As of :func:`.explain`, with lines that are as narrow as the claim
        allows. What holds has the effect of deleting these lines, with its sign turned; what is
        missing has that of mending it. None where a card is too long to be rated again so often,
        and where a claim holds because some fault is absent.
    """
    card, features = read.card, read.features
    evidence = explain(read)
    if len(card.text) > _LONGEST:
        return evidence
    claims = tell(card, features)
    spans = [find_spans(card, features, claim) if holds else () for claim, holds in claims]
    held = [number for number, found in enumerate(spans) if found]
    changed = [without(card, spans[number], claims[number][0]) for number in held]
    values = expect(np.vstack([copy.vector for copy in (read, *read_features(changed))]))
    effects: dict[int, float] = {}
    for number, after in zip(held, values[1:], strict=True):
        place = SCORES.index(claims[number][0].criterion)
        effects[number] = float(values[0][place] - after[place])
    gains = {gap.key: gap.criterion_gain for gap in find_gaps(read, expect)}
    return tuple(
        _weighed(item, spans[number], effects.get(number))
        if holds
        else item._replace(effect=-gains[claim.key])
        for number, (item, (claim, holds)) in enumerate(zip(evidence, claims, strict=True))
    )


def _weighed(item: Evidence, spans: Sequence[Span], effect: float | None) -> Evidence:
    if effect is None:
        return item
    first, last = min(s.first for s in spans), max(s.last for s in spans)
    return item._replace(first_line=first, last_line=last, effect=round(effect, 3))


def without(card: Card, spans: Sequence[Span], claim: Claim) -> Card:
    """The card without some lines; without the claim's key, where that is one of the Hub's tags."""
    gone = {line for span in spans for line in range(span.first, span.last + 1)}
    lines = card.text.split("\n")
    text = "\n".join([line for number, line in enumerate(lines, 1) if number not in gone])
    changed = parse_card(text, id=card.id)
    if card.metadata.source != "tags":
        return changed
    keys = METADATA_KEYS.get(claim.key, ()) if claim.criterion == "metadata" else ()
    values = {key: value for key, value in card.metadata.values.items() if key not in keys}
    return replace(changed, metadata=replace(card.metadata, values=values))


def find_spans(card: Card, features: Features, claim: Claim) -> tuple[Span, ...]:
    """The lines that carry a claim that holds; none where no lines do."""
    if claim.topic in _NO_TEXT:
        return ()
    if claim.criterion == "metadata":
        return _key_lines(card, claim)
    if claim.key == "headings":
        found = [b for b in card.document.blocks if b.kind == "heading" or b.label]
        return tuple(Span(block.line, block.line) for block in found)
    return tuple(
        _blocks_of_code(card, claim)
        or _sections(features, claim)
        or _blocks_that_say(card, claim)
        or _opening(card, claim)
    )


def _key_lines(card: Card, claim: Claim) -> tuple[Span, ...]:
    """Lines of a key of the front matter; those of the Hub's tags have none, which 0 says."""
    if card.metadata.source == "tags":
        return (Span(0, 0),)
    starts = sorted(card.metadata.lines.values())
    found = []
    for key in METADATA_KEYS[claim.key]:
        if first := card.metadata.lines.get(key):
            after = [start for start in starts if start > first]
            found.append(Span(first, (after[0] if after else card.body_line) - 1))
    return tuple(found)


def _facts_of(claim: Claim, index: PhraseIndex) -> frozenset[str]:
    """Facts of a claim whose phrases are in an index."""
    return index.groups.intersection(claim.lift)


def _blocks_of_code(card: Card, claim: Claim) -> list[Span]:
    """Code that states a claim's facts; all code where none of it does, for the claim of code."""
    wanted = _facts_of(claim, CODE)
    code = [block for block in card.document.blocks if block.kind == "code"]
    found = [block for block in code if wanted & _said(CODE, block.text)]
    return _spans(found or (code if claim.key == "code" else []))


def _sections(features: Features, claim: Claim) -> list[Span]:
    """Sections and labelled blocks on a claim's topic, where that topic is the claim's alone."""
    if f"{claim.topic}_sections" not in claim.lift:
        return []
    topic = claim.topic
    if features.topics[topic].words + features.topics[topic].boilerplate == 0:
        return []
    blocks = [block for section in features.sections for block in section.blocks]
    return [
        *(Span(s.line, s.last_line) for s in features.sections if topic in s.topics and s.blocks),
        *_spans([block for block in blocks if block.label and topic in topics_of(block.label)]),
    ]


def _blocks_that_say(card: Card, claim: Claim) -> list[Span]:
    """Blocks with a phrase of a claim's facts, and lines with links that are such facts."""
    prose, links = _facts_of(claim, PROSE), _facts_of(claim, LINKS)
    said = [b for b in card.document.blocks if b.kind != "code" and prose & _said(PROSE, b.text)]
    pointed = [link.line for link in card.document.links if links & _said(LINKS, link.target)]
    return [*_spans(said), *(Span(line, line) for line in pointed)]


def _opening(card: Card, claim: Claim) -> list[Span]:
    """First paragraphs that speak of the model."""
    if claim.key != "purpose":
        return []
    return _spans(
        [
            block
            for block in card.document.blocks[:OPENING]
            if block.kind in ("paragraph", "item")
            and speaks_of_model(block.text)
            and not is_boilerplate(block.text)
        ]
    )


def _said(index: PhraseIndex, text: str) -> set[str]:
    """Facts of an index that a text states."""
    found = Visible.every(text)
    return set(index.count(found.lower, found.words))


def _spans(blocks: Sequence[Block]) -> list[Span]:
    return [Span(block.line, block.last_line) for block in blocks]
