"""Why a card is rated as it is: evidence with lines, and the gaps that cost it most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards import TOPICS, Card
from cardiogram.cards.features import (
    FEATURE_NAMES,
    STATED,
    CardFeatures,
    Features,
    first_braces,
    is_unfilled,
)
from cardiogram.judge.expectations.expectations import Claim
from cardiogram.judge.expectations.verdicts import tell
from cardiogram.judge.rating import Evidence
from cardiogram.names import SCORES

_PLACE = {name: index for index, name in enumerate(FEATURE_NAMES)}
_PLACEHOLDER_FEATURES = tuple(
    _PLACE[name]
    for name in (
        *(f"{topic}_placeholders" for topic in ("whole", *TOPICS)),
        "braces",
        "template_comments",
        "says_placeholder",
    )
)

_STATED = tuple(_PLACE[name] for name in STATED)

_WHOLE = ("placeholder", "fence", "whole")
"""Places of claims that speak of the whole card where they hold."""

Expect = Callable[[NDArray[np.float32]], NDArray[np.float64]]
"""Features, shape (cards, features), to expected values, shape (cards, 9)."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a reader misses, and what mending it would gain.

    Attributes
    ----------
    line
        Where it is missing: the section's heading, the metadata, the first line of the body, or the
        end of the card.
    gain
        How much the judge's overall expectation would rise.
    criterion_gain
        How much that of the criterion would.
    """

    key: str
    criterion: str
    missing: str
    advice: str
    line: int
    gain: float
    criterion_gain: float


def explain(read: CardFeatures) -> tuple[Evidence, ...]:
    """Facts behind a rating, claim by claim, in the order of the criteria."""
    card, features, found = read.card, read.features, []
    end = _last_line(card)
    for claim, holds in tell(card, features):
        if not holds:
            first, last = _lines(card, features, claim, end)
            words = _missing_words(claim, features)
        elif claim.topic in _WHOLE:
            first, last, words = 1, end, claim.present
        else:
            first, last = _lines(card, features, claim, end)
            words = claim.present
        found.append(Evidence(claim.criterion, words, first, last))
    return tuple(found)


def find_gaps(read: CardFeatures, expect: Expect) -> tuple[Gap, ...]:
    """What the card lacks, the costliest first.

    Parameters
    ----------
    expect
        The judge's expectation from features; it is asked what each missing thing would gain.
    """
    card, features = read.card, read.features
    missing = [claim for claim, holds in tell(card, features) if not holds]
    if not missing:
        return ()
    changed = np.vstack([read.vector, *(_lifted(read.vector, claim) for claim in missing)])
    values = expect(changed)
    gaps = []
    for claim, after in zip(missing, values[1:], strict=True):
        gain = after - values[0]
        first, last = _lines(card, features, claim, _last_line(card))
        own = gain[SCORES.index(claim.criterion)]
        words = _missing_words(claim, features)
        line = first or last or 1
        gaps.append(
            Gap(
                claim.key,
                claim.criterion,
                words,
                claim.advice,
                line,
                round(float(gain[0]), 3),
                round(float(own), 3),
            )
        )
    return tuple(sorted(gaps, key=lambda gap: (-(gap.gain + gap.criterion_gain / 8), gap.key)))


def _lifted(now: NDArray[np.float32], claim: Claim) -> NDArray[np.float32]:
    """The features of the card with this one gap mended."""
    after: NDArray[np.float32] = now.copy()
    for name, value in claim.lift.items():
        after[_PLACE[name]] = max(after[_PLACE[name]], value)
    if "meta_count" in claim.lift:
        for name in ("meta_count", "meta_core"):
            after[_PLACE[name]] = now[_PLACE[name]] + claim.lift.get(name, 0)
        after[_PLACE["meta_none"]] = 0
    if claim.key == "filled":
        after[list(_PLACEHOLDER_FEATURES)] = 0
    if claim.key == "fences":
        after[_PLACE["unclosed_fence"]] = 0
    stated = after[list(_STATED)]
    after[_PLACE["facts_stated"]] = (stated > 0).sum()
    after[_PLACE["phrases_stated"]] = np.log1p(stated.sum())
    return after


def _missing_words(claim: Claim, features: Features) -> str:
    """A section that is there but unfilled is another fault than one that is not."""
    count = features.topics.get(claim.topic)
    if count and count.sections and not count.words:
        what = "the unfilled template" if count.placeholders else "empty"
        if count.boilerplate:
            what = "what a tool wrote"
        return f"{claim.missing} (the section is {what})"
    return claim.missing


def _lines(card: Card, features: Features, claim: Claim, end: int) -> tuple[int, int]:
    """First and last line of the place a claim speaks of."""
    if claim.topic == "":
        return 1, max(1, card.body_line)
    if claim.topic == "fence":
        return card.document.unclosed_fence, card.document.unclosed_fence
    if claim.topic == "placeholder":
        return _first_placeholder(card, features)
    if claim.criterion == "identity":
        first = card.document.blocks[0].line if card.document.blocks else 0
        return (first, first) if first else (end, end)
    count = features.topics.get(claim.topic)
    if count and count.first_line:
        return count.first_line, max(count.first_line, count.last_line)
    return end, end


def _last_line(card: Card) -> int:
    return max(1, card.text.count("\n") + (not card.text.endswith("\n")))


def _first_placeholder(card: Card, features: Features) -> tuple[int, int]:
    for section in features.sections:
        for block in section.blocks:
            if block.kind != "code" and is_unfilled(block.text, features):
                return block.line, block.last_line
    braces = first_braces(card.document)
    return (braces.line, braces.last_line) if braces else (1, 1)
