"""How far a judge agrees with its labels on cards that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.features import (
    KINDS,
    LENGTHS,
    count_features,
    kinds_of,
    length_name,
    length_of,
)
from cardiogram.judge.embedded import AgreementRecord, Record
from cardiogram.judge.gold import LabelledCards
from cardiogram.judge.validation import measure_against_gold
from cardiogram.names import SCORES
from cardiogram.stats import Floats, WholeNumbers


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Ratings of cards and then of their copies by what was learned from others.

    Attributes
    ----------
    expected, whole, bounds
        Expected values, whole numbers and intervals, shapes (rows, 9), (rows, 9), (rows, 9, 2).
    mended
        Expected values of the copies with what they lack mended, shape (copies, 9).
    unanswered
        Expected values before overall answered to the criteria, shape (rows, 9).
    """

    expected: Floats
    whole: WholeNumbers
    bounds: Floats
    mended: Floats
    unanswered: Floats


def measure_agreement(data: LabelledCards, rated: OutOfFold, method: str) -> AgreementRecord:
    """Agreement with the first pass of the labels: of all cards, by set, by kind and length."""
    kinds = [kinds_of(card, count_features(card)) for card in data.cards]
    sets = {name: np.array([own == name for own in data.sets]) for name in dict.fromkeys(data.sets)}
    if data.corrected.any():
        sets["corrected"] = data.corrected
    places: dict[str, NDArray[np.bool_]] = {
        name: np.array([name in own for own in kinds]) for name in KINDS
    }
    places |= {
        length_name(span): np.array([length_of(card) == span for card in data.cards])
        for span in LENGTHS
    }

    def agreement(number: int, chosen: NDArray[np.bool_]) -> Record:
        rows = np.flatnonzero(chosen)
        measured = measure_against_gold(
            data.first[rows, number],
            rated.whole[rows, number],
            rated.expected[rows, number],
            data.authors[rows],
            bounds=rated.bounds[rows, number],
        )
        kappa, others = measured.qwk, ("exact", "within_one", "bias", "spearman", "coverage")
        return rounded(
            {
                "n": measured.n,
                "authors": measured.authors,
                **{"qwk": kappa.value, "low": kappa.low, "high": kappa.high},
                **{name: getattr(measured, name).value for name in others},
                "squared_error": float(
                    ((rated.expected[rows, number] - data.labels[rows, number]) ** 2).mean()
                ),
            }
        )

    everyone = np.ones(len(data.cards), bool)
    return AgreementRecord(
        method=f"{method}; labels of a language model, no human gold",
        scores={name: agreement(j, everyone) for j, name in enumerate(SCORES)},
        sets={
            own: {name: agreement(j, chosen) for j, name in enumerate(SCORES)}
            for own, chosen in sets.items()
        },
        strata={name: agreement(0, chosen) for name, chosen in places.items() if chosen.any()},
    )


def share_in_order(data: LabelledCards, expected: Floats) -> Record:
    """Share of the pairs of cards whose expected overall values stand as their labels do."""
    label, value = data.first[:, 0], expected[:, 0]
    apart = label[:, None] - label
    right = value[:, None] > value
    return rounded(
        {
            name: float(right[chosen].mean()) if chosen.any() else None
            for name, chosen in (("one_apart", apart == 1), ("two_apart", apart >= 2))
        }
    )


def rounded(figures: Record) -> Record:
    """Figures with four decimals."""
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in figures.items()
    }
