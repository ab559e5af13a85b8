"""From expected values of one card to whole numbers and intervals, on the standard library alone.

:mod:`cardiogram.judge.embedded.intervals` learns this, and does the same to batches.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from math import expm1, log1p

from cardiogram.cards.features import FEATURE_NAMES, NEAR
from cardiogram.judge.rating import Score
from cardiogram.records import dataclass
from cardiogram.store import FlatArray

CAUSES = ("whole_words", "whole_numbers", "whole_code", "boilerplate_share", "non_ascii", "foreign")
"""Features by which cards are easy or hard to rate, beside the expected value itself."""

GROUPS = ("all others", "stubs", "other scripts")
"""Cards whose intervals are checked apart: too few, and too unlike the rest, for the causes."""

CAUSE_PLACES = tuple(FEATURE_NAMES.index(name) for name in CAUSES)
WORDS = FEATURE_NAMES.index("whole_words"), FEATURE_NAMES.index("whole_boilerplate")
CODE, SCRIPT = FEATURE_NAMES.index("whole_code"), FEATURE_NAMES.index("non_ascii")
STUB_WORDS, STUB_LINES = 39.5, 5.5  # of prose and of code: about 500 characters
SCRIPT_SHARE = 0.3
LENGTH = FEATURE_NAMES.index("near_characters")
(LONG,) = array("f", [log1p(NEAR) - 1e-4])


@dataclass(frozen=True, slots=True)
class Decision:
    """What turns one expected value into a whole number and an interval.

    Attributes
    ----------
    cuts
        Expected values at which the whole number steps up, of short cards and of long ones, shape
        (2, 4).
    causes
        Expected size of an error: its start, and its rise with each cause, shape (causes + 1,).
    least
        An error is never expected to be smaller than this.
    errors
        Bounds of label minus expected value in expected errors, for each whole number predicted,
        shape (5, 2).
    widening
        How much wider the intervals of each group are, at least 1, shape (groups,).
    """

    cuts: Sequence[Sequence[float]]
    causes: Sequence[float]
    least: float
    errors: Sequence[Sequence[float]]
    widening: Sequence[float]


def read_decision(fields: Mapping[str, FlatArray]) -> Decision:
    """A decision from the arrays of a file of weights."""
    return Decision(
        fields["cuts"].rows(),
        fields["causes"].values,
        fields["least"].values[0],
        fields["errors"].rows(),
        fields["widening"].values,
    )


def decide_card(
    vector: Sequence[float], expected: Sequence[float], decisions: Sequence[Decision]
) -> list[Score]:
    """The numbers of one card, each to four digits, as :func:`.decide_batch` has them."""
    is_long = vector[LENGTH] >= LONG
    group = group_of(vector)
    features = [vector[place] for place in CAUSE_PLACES]
    decided = []
    for value, decision in zip(expected, decisions, strict=True):
        whole = sum([value > cut for cut in decision.cuts[is_long]])
        start, *weights = decision.causes
        causes = (value, value * value, abs(value - round(value)), *features)
        for weight, cause in zip(weights, causes, strict=True):
            start += weight * cause  # one by one: the order of a sum decides its last bit
        size = max(start, decision.least) * decision.widening[group]
        low, high = (min(max(value + error * size, 1.0), 5.0) for error in decision.errors[whole])
        decided.append(Score(whole + 1, *map(_round, (value, low, high))))
    return decided


def group_of(vector: Sequence[float]) -> int:
    """Number of a card's group in GROUPS."""
    if vector[SCRIPT] > SCRIPT_SHARE:
        return 2
    words = sum([expm1(vector[place]) for place in WORDS])
    return int(words < STUB_WORDS and expm1(vector[CODE]) < STUB_LINES)


def _round(value: float) -> float:
    """To four digits as numpy rounds: scaled, not by its decimal digits."""
    return round(value * 1e4) / 1e4
