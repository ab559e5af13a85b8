"""What ratings and outcomes look like: counts, means, quantiles. Arrays in, dataclasses out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many cards have each score from 1 to 5.

    Attributes
    ----------
    counts
        Five numbers: those of score 1, 2, 3, 4 and 5.
    """

    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The first and the third quartile; None where there is no number."""

    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class RatingSummary:
    """One of the nine numbers over all rated cards; None where no card is rated."""

    n: int
    mean: float | None
    median: float | None
    quantiles: Quartiles
    histogram: Histogram


@dataclass(frozen=True, slots=True)
class OutcomeSummary:
    """One count over all models that have it; `zeros` are models that nobody used or liked."""

    n: int
    median: float | None
    mean: float | None
    zeros: int
    max: float | None


def histogram(scores: ArrayLike) -> Histogram:
    """Count scores; what is missing or not a whole number from 1 to 5 is not counted.

    Parameters
    ----------
    scores
        Scores, shape (n,); NaN or None where there is none.

    Examples
    --------
    >>> histogram([1, 1, 3, None, 5]).counts
    (2, 0, 1, 0, 1)
    """
    column = _scores(scores)
    return Histogram(tuple(int((column == score).sum()) for score in range(LOWEST, HIGHEST + 1)))


def describe_ratings(scores: ArrayLike) -> RatingSummary:
    """Summarise scores from 1 to 5, shape (n,); those that are missing are left out.

    Examples
    --------
    >>> describe_ratings([1, 2, 2, 5]).mean
    2.5
    """
    column = _scores(scores)
    lower, median, upper = _quartiles(column)
    return RatingSummary(
        n=int(column.size),
        mean=float(column.mean()) if column.size else None,
        median=median,
        quantiles=Quartiles(lower, upper),
        histogram=histogram(column),
    )


def describe_outcome(counts: ArrayLike, lowest: float = 0.0) -> OutcomeSummary:
    """Summarise counts, shape (n,); those that are missing or below `lowest` are left out.

    Examples
    --------
    >>> describe_outcome([0, 0, 3, 9, -1])
    OutcomeSummary(n=4, median=1.5, mean=3.0, zeros=2, max=9.0)
    """
    column = np.array(counts, dtype=np.float64).ravel()
    column = column[np.isfinite(column) & (column >= lowest)]
    return OutcomeSummary(
        n=int(column.size),
        median=_quartiles(column)[1],
        mean=float(column.mean()) if column.size else None,
        zeros=int((column == 0).sum()),
        max=float(column.max()) if column.size else None,
    )


def _scores(values: ArrayLike) -> NDArray[np.float64]:
    column = np.array(values, dtype=np.float64).ravel()
    return column[np.isin(column, range(LOWEST, HIGHEST + 1))]


def _quartiles(column: NDArray[np.float64]) -> list[float | None]:
    if not column.size:
        return [None, None, None]
    return [float(value) for value in np.quantile(column, (0.25, 0.5, 0.75))]
