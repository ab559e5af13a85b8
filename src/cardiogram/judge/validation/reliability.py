"""How far repeated ratings agree: of one judge with itself, or of judges with each other.

Two families of numbers, as the field reports both: Krippendorff's alpha with draws of authors, and
intraclass correlations with intervals by leaving out authors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardiogram.judge.validation.metrics import (
    MINIMUM_AUTHORS,
    AuthorDraws,
    Measurement,
    draw_authors,
)
from cardiogram.optional import scipy
from cardiogram.stats import Floats, alpha_of_coincidences, count_coincidences

MINIMUM_ITEMS = 3
FORMS = ("ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)")
"""Raters drawn anew for each item (1), drawn once (2), or fixed (3); of one rating or k's mean."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Agreement of k ratings of the same items.

    Attributes
    ----------
    n, k
        Items that all rated, and ratings of each.
    alpha, alpha_nominal
        Krippendorff's, over all items with two ratings or more.
    icc
        The six intraclass correlations by name, on the n complete items; intervals by author.
    equal
        Share of items on which all ratings given are equal.
    sd
        Mean standard deviation of an item's ratings, in rating points.
    """

    n: int
    k: int
    alpha: Measurement
    alpha_nominal: Measurement
    icc: dict[str, Measurement]
    equal: Measurement
    sd: Measurement


def measure_reliability(
    ratings: ArrayLike, authors: Sequence[str], *, draws: int = 1000, seed: int = 0
) -> Reliability:
    """Measure how far several ratings of the same cards agree.

    Parameters
    ----------
    ratings
        Whole numbers 1-5, shape (raters, items); NaN where one is missing.
    authors
        Owner of each item.
    """
    table = np.asarray(ratings, dtype=np.float64)
    draw = draw_authors(authors, draws, seed)
    known = np.isfinite(table)
    complete = known.all(axis=0)
    several = known.sum(axis=0) > 1
    return Reliability(
        n=int(complete.sum()),
        k=len(table),
        alpha=draw.figure(draw_alphas(table, draw)),
        alpha_nominal=draw.figure(draw_alphas(table, draw, "nominal")),
        icc=intraclass_by_author(table, authors),
        equal=_mean(
            np.nanmax(_filled(table), axis=0) == np.nanmin(_filled(table), axis=0), several, draw
        ),
        sd=_mean(_deviation(table, known), several, draw),
    )


def _filled(table: Floats) -> Floats:
    """Items that nobody rated as 0, so that they have a largest and a smallest rating."""
    filled: Floats = np.where(np.isfinite(table).any(axis=0), table, 0.0)
    return filled


def _deviation(table: Floats, known: NDArray[np.bool_]) -> Floats:
    count = known.sum(axis=0)
    mean = np.where(known, table, 0.0).sum(axis=0) / np.maximum(count, 1)
    squares = np.where(known, (table - mean) ** 2, 0.0).sum(axis=0)
    deviation: Floats = np.sqrt(squares / np.maximum(count - 1, 1))
    return deviation


def _mean(values: ArrayLike, chosen: NDArray[np.bool_], draw: AuthorDraws) -> Measurement:
    return draw.figure(draw.ratio(np.where(chosen, values, 0.0), chosen))


def draw_alphas(
    table: Floats, draw: AuthorDraws, metric: Literal["nominal", "ordinal"] = "ordinal"
) -> Floats:
    """Krippendorff's alpha of ratings, shape (raters, items), in every draw: (1 + draws,)."""
    pairs = count_coincidences(table)
    summed = draw.sums(pairs.reshape(len(pairs), -1))
    return alpha_of_coincidences(summed.reshape(-1, *pairs.shape[1:]), metric)


def intraclass_by_author(
    ratings: ArrayLike, authors: Sequence[str], level: float = 0.95
) -> dict[str, Measurement]:
    r"""The six intraclass correlations, with intervals that know that an author's cards are alike.

    Every mean square is made of sums over items, so that leaving out one author at a time
    (jackknife) is subtraction. The interval is Student's, on the scale of
    :math:`\log(1 + (k-1)\rho) - \log(1-\rho)`, on which the error hardly depends on
    :math:`\rho`.

    Parameters
    ----------
    ratings
        Shape (raters, items), NaN where one is missing; items that all rated count.
    authors
        Owner of each item.

    References
    ----------
    Shrout and Fleiss (1979), Intraclass correlations, Psychological Bulletin 86(2), 420-428, have
    the six forms; Fisher (1925), Statistical Methods for Research Workers, chapter 7, has the
    scale; Miller (1974), The jackknife: a review, Biometrika 61(1), 1-15.
    """
    table = np.asarray(ratings, dtype=np.float64)
    k, complete = len(table), np.isfinite(table).all(axis=0)
    if k < 2 or complete.sum() < MINIMUM_ITEMS:
        return dict.fromkeys(FORMS, Measurement(None))
    filled = np.where(complete, table, 0.0)
    mean = filled.mean(axis=0)
    inside = ((filled - mean) ** 2).sum(axis=0)
    parts = np.column_stack([complete.astype(float), mean, mean**2, inside, filled.T])
    sums = draw_authors(authors, 0, 0).sums_without_each(parts)
    sums = sums[np.r_[True, sums[1:, 0] < sums[0, 0]]]  # authors of complete items
    n, means, squares, within, *columns = sums.T
    with np.errstate(invalid="ignore", divide="ignore"):
        rows = k * (squares - means**2 / n) / (n - 1)
        between = n * np.var(np.array(columns) / n, axis=0) * k  # sum of squares of the raters
        left = np.maximum(within - between, 0.0) / ((n - 1) * (k - 1))
        forms = _forms(rows, between / (k - 1), within / (n * (k - 1)), left, n, k)
    known = rows > 1e-12
    return {
        name: _jackknifed(np.where(known, value, np.nan), k if name.endswith("1)") else 1, level)
        for name, value in forms.items()
    }


def _jackknifed(values: Floats, k: int, level: float) -> Measurement:
    """The first value, with an interval from those without each author."""
    value, count = float(values[0]), len(values) - 1
    if not np.isfinite(value):
        return Measurement(None)
    if count < MINIMUM_AUTHORS or not np.isfinite(values).all():
        return Measurement(value)
    if np.all(values >= 1 - 1e-12):
        return Measurement(value, value, value)
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.log1p((k - 1) * values) - np.log1p(-values)
    if not np.isfinite(scaled).all():
        return Measurement(value)
    spread = np.sqrt((count - 1) / count * ((scaled[1:] - scaled[1:].mean()) ** 2).sum())
    reach = scipy("stats", "an intraclass correlation").t.ppf((1 + level) / 2, count - 1) * spread
    low, high = (np.expm1(end) / (np.exp(end) + k - 1) for end in scaled[0] + [-reach, reach])
    return Measurement(value, float(low), float(high))


def _forms(
    rows: Floats, columns: Floats, within: Floats, left: Floats, n: Floats, k: int
) -> dict[str, Floats]:
    """All forms from the mean squares of items, raters, within items, and of what is left."""
    drift = k * (columns - left) / n
    return {
        "ICC(1,1)": (rows - within) / (rows + (k - 1) * within),
        "ICC(2,1)": (rows - left) / (rows + (k - 1) * left + drift),
        "ICC(3,1)": (rows - left) / (rows + (k - 1) * left),
        "ICC(1,k)": (rows - within) / rows,
        "ICC(2,k)": (rows - left) / (rows + drift / k),
        "ICC(3,k)": (rows - left) / rows,
    }
