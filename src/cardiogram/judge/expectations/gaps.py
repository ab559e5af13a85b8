"""Why a card is rated as it is: evidence with lines, and the gaps that cost it most."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from cardiogram.judge.expectations.expectations import Expectation
from cardiogram.judge.expectations.verdicts import Verdict, decide_expectations
from cardiogram.judge.rating import Evidence
from cardiogram.names import SCORES

if TYPE_CHECKING:
    from cardiogram.cards.features import DatasetFeatures

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
"""Places of expectations that speak of the whole card where they are met."""

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
    """What a rating rests on, expectation by expectation, in the order of the criteria."""
    return explain_verdicts(read, decide_expectations(read))


def explain_verdicts(read: CardFeatures, verdicts: Iterable[Verdict]) -> tuple[Evidence, ...]:
    """As :func:`explain`, of what was decided before."""
    evidence = []
    for expectation, is_met in verdicts:
        if is_met and expectation.topic in _WHOLE:
            lines = 1, _last_line(read.card)
        else:
            lines = _lines(read, expectation)
        words = expectation.present if is_met else _missing_words(expectation, read.features)
        evidence.append(Evidence(expectation.criterion, words, *lines))
    return tuple(evidence)


def find_gaps(read: CardFeatures, expect: Expect) -> tuple[Gap, ...]:
    """What the card lacks, the costliest first.

    Parameters
    ----------
    expect
        The judge's expected values from features; it is asked once, what each missing thing would
        gain.
    """
    missing = [verdict.expectation for verdict in decide_expectations(read) if not verdict.is_met]
    if not missing:
        return ()
    lifted = [_lift_features(read.vector, expectation) for expectation in missing]
    now, *after = expect(np.vstack([read.vector, *lifted]))
    gaps = []
    for expectation, values in zip(missing, after, strict=True):
        gain = values - now
        first, last = _lines(read, expectation)
        gaps.append(
            Gap(
                expectation.key,
                expectation.criterion,
                _missing_words(expectation, read.features),
                expectation.advice,
                first or last or 1,
                round(float(gain[0]), 3),
                round(float(gain[SCORES.index(expectation.criterion)]), 3),
            )
        )
    return sort_gaps(gaps)


def sort_gaps(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Gaps by what they cost, the costliest first."""
    return tuple(sorted(gaps, key=lambda gap: (-(gap.gain + gap.criterion_gain / 8), gap.key)))


def _lift_features(now: NDArray[np.float32], expectation: Expectation) -> NDArray[np.float32]:
    """The features of the card with this one gap mended."""
    after: NDArray[np.float32] = now.copy()
    for name, value in expectation.lift.items():
        after[_PLACE[name]] = max(after[_PLACE[name]], value)
    if "meta_count" in expectation.lift:
        for name in ("meta_count", "meta_core"):
            after[_PLACE[name]] = now[_PLACE[name]] + expectation.lift.get(name, 0)
        after[_PLACE["meta_none"]] = 0
    if expectation.key == "filled":
        after[list(_PLACEHOLDER_FEATURES)] = 0
    if expectation.key == "fences":
        after[_PLACE["unclosed_fence"]] = 0
    stated = after[list(_STATED)]
    after[_PLACE["facts_stated"]] = (stated > 0).sum()
    after[_PLACE["phrases_stated"]] = np.log1p(stated.sum())
    return after


def _missing_words(expectation: Expectation, features: Features) -> str:
    """A section that is there but unfilled is another fault than one that is not."""
    count = features.topics.get(expectation.topic)
    if count and count.sections and not count.words:
        what = "the unfilled template" if count.placeholders else "empty"
        if count.boilerplate:
            what = "what a tool wrote"
        return f"{expectation.missing} (the section is {what})"
    return expectation.missing


def _lines(read: CardFeatures, expectation: Expectation) -> tuple[int, int]:
    """First and last line of the place an expectation speaks of."""
    document = read.card.document
    if expectation.topic == "fence":
        return document.unclosed_fence, document.unclosed_fence
    if expectation.topic == "placeholder":
        return _first_placeholder(read)
    if expectation.criterion == "identity":
        first = document.blocks[0].line if document.blocks else _last_line(read.card)
        return first, first
    return lines_of_topic(read.card, expectation.topic, read.features)


def lines_of_topic(card: Card, topic: str, features: Features | DatasetFeatures) -> tuple[int, int]:
    """First and last line on a topic, "" for the metadata; the card's end where there is none."""
    if topic == "":
        return 1, max(1, card.body_line)
    count = features.topics.get(topic)
    if count and count.first_line:
        return count.first_line, max(count.first_line, count.last_line)
    return _last_line(card), _last_line(card)


def _last_line(card: Card) -> int:
    return max(1, card.text.count("\n") + (not card.text.endswith("\n")))


def _first_placeholder(read: CardFeatures) -> tuple[int, int]:
    for section in read.features.sections:
        for block in section.blocks:
            if block.kind != "code" and is_unfilled(block.text, read.features):
                return block.line, block.last_line
    braces = first_braces(read.card.document)
    return (braces.line, braces.last_line) if braces else (1, 1)
