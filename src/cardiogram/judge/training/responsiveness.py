"""Responsiveness: whether a judge moves when a card changes, and as far as its reader does.

Two cards differ in many things at once, so that agreement on cards does not say that a judge knows
what one part is worth. Cards and copies of them with parts taken away say it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.stats import Floats

_LEAST = 10
_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Responsiveness:
    """How a judge's changes go with those of a reader.

    Attributes
    ----------
    n, authors
        Changed copies, and owners of the cards.
    correlation, low, high
        Pearson's, of the two changes, with a 95 % interval by resampling authors; None where one
        never changes.
    slope
        Points by which the reader's rating changes where the judge's changes by one.
    direction
        Share of the copies that the reader rated otherwise which the judge moved the same way.
    """

    n: int
    authors: int
    correlation: float | None
    low: float | None
    high: float | None
    slope: float | None
    direction: float | None


def measure_responsiveness(
    rated: Floats, expected: Floats, authors: NDArray[np.str_], *, seed: int = 0
) -> Responsiveness:
    """Compare the changes of one number.

    Parameters
    ----------
    rated, expected
        Change of the reader's rating, and of the judge's expected value, shape (copies,).
    authors
        Owner of each card, shape (copies,).

    References
    ----------
    Husted, Cook, Farewell, Gladman (2000), Methods for assessing responsiveness, Journal of
    Clinical Epidemiology 53(5), 459-468.
    """
    owners, owner = np.unique(authors, return_inverse=True)
    sums = np.zeros((len(owners), 6))
    ones = np.ones(len(rated))
    parts = (ones, rated, expected, rated * rated, expected * expected, rated * expected)
    for place, part in enumerate(parts):
        sums[:, place] = np.bincount(owner, part, minlength=len(owners))
    correlation, slope = (_defined(value) for value in _line(sums.sum(axis=0)))
    low, high = _interval(sums, seed)
    moved = rated != 0
    same = np.sign(rated[moved]) == np.sign(expected[moved])
    return Responsiveness(
        n=len(rated),
        authors=len(owners),
        correlation=correlation,
        low=low,
        high=high,
        slope=slope,
        direction=float(same.mean()) if moved.any() else None,
    )


def _line(sums: Floats) -> tuple[Floats, Floats]:
    """Correlation, and slope of the first on the second, from sums over copies."""
    n, first_sum, second_sum, one_one, two_two, one_two = np.moveaxis(sums, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        first, second = one_one - first_sum * first_sum / n, two_two - second_sum * second_sum / n
        joint = one_two - first_sum * second_sum / n
        correlation: Floats = joint / np.sqrt(first * second)
        slope: Floats = joint / second
    return correlation, slope


def _interval(sums: Floats, seed: int) -> tuple[float | None, float | None]:
    """95 % percentile interval of the correlation over resampled authors."""
    count = len(sums)
    if count < _LEAST:
        return None, None
    times = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=_DRAWS)
    values = _line(times @ sums)[0]
    values = values[np.isfinite(values)]
    if len(values) < 0.99 * _DRAWS:
        return None, None
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def _defined(value: Floats) -> float | None:
    return float(value) if np.isfinite(value) else None
