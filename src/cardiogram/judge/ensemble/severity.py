"""How strict each judge of a panel is, and what the cards are worth once that is taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cardiogram.errors import DataError
from cardiogram.judge.validation import Figure, draw_authors
from cardiogram.stats import Floats


@dataclass(frozen=True, slots=True)
class Severity:
    """An additive model of ratings: what a card is worth plus what its judge adds.

    Attributes
    ----------
    leniency
        What each judge adds, in rating points, mean 0 over judges; with intervals by author.
    worth
        Each card's rating without it, shape (cards,), within 1-5; NaN where nobody rated.
    """

    leniency: tuple[Figure, ...]
    worth: Floats


def fit_severity(
    ratings: ArrayLike, authors: Sequence[str], *, draws: int = 1000, seed: int = 0
) -> Severity:
    r"""Least squares of rating = card + judge, over the cells that are there.

    With the cards profiled out, the judges' effects :math:`\delta` solve
    :math:`\sum_i (D_i - m_i m_i'/|m_i|)\,\delta = \sum_i m_i \circ (y_i - \bar y_i)`, where
    :math:`m_i` says who rated card i. Both sides are sums over cards, so draws of authors are
    draws of their parts.

    Parameters
    ----------
    ratings
        Expected or whole ratings, shape (judges, cards); NaN where one is missing.

    Raises
    ------
    DataError
        No chain of cards in common links some judges, so that they cannot be compared.

    References
    ----------
    Linacre (1989), Many-Facet Rasch Measurement, has the logistic form of the same idea;
    Searle (1971), Linear Models, chapter 7, the additive one with empty cells.

    Examples
    --------
    >>> found = fit_severity([[1, 2, 3, 4], [2, 3, 4, 5]], list("abcd"))
    >>> [round(item.value, 3) for item in found.leniency], found.worth.tolist()
    ([-0.5, 0.5], [1.5, 2.5, 3.5, 4.5])
    """
    table = np.asarray(ratings, dtype=np.float64)
    known = np.isfinite(table)
    count = known.sum(axis=0)
    filled = np.where(known, table, 0.0)
    mean = filled.sum(axis=0) / np.maximum(count, 1)
    mask = known.astype(float).T  # cards x judges
    share = mask[:, :, None] * mask[:, None, :] / np.maximum(count, 1)[:, None, None]
    left = np.einsum("ij,jk->ijk", mask, np.eye(len(table))) - share
    right = np.where(known, table - mean, 0.0).T
    _check_linked(left.sum(axis=0))
    draw = draw_authors(authors, draws, seed)
    judges = len(table)
    sums = draw.sums(np.concatenate([left.reshape(len(mask), -1), right], axis=1))
    lefts, rights = sums[:, : judges**2].reshape(-1, judges, judges), sums[:, judges**2 :]
    # The effects are known up to a constant: adding 1 to every cell asks for a mean of 0.
    effects = (
        np.linalg.solve(lefts + 1.0, rights[:, :, None])[:, :, 0]
        if _solvable(lefts)
        else _by_pseudo_inverse(lefts, rights)
    )
    worth = (filled - np.where(known, effects[0][:, None], 0.0)).sum(axis=0)
    with np.errstate(invalid="ignore"):
        worth = np.clip(worth / np.where(count > 0, count, np.nan), 1.0, 5.0)
    return Severity(tuple(draw.figure(column) for column in effects.T), worth)


def _solvable(lefts: Floats) -> bool:
    return bool((np.linalg.cond(lefts + 1.0) < 1e8).all())


def _by_pseudo_inverse(lefts: Floats, rights: Floats) -> Floats:
    """The same where some draws leave judges without cards in common: those have no value."""
    found: Floats = np.einsum("djk,dk->dj", np.linalg.pinv(lefts, hermitian=True), rights)
    linked = np.linalg.matrix_rank(lefts, hermitian=True) == lefts.shape[1] - 1
    return np.where(linked[:, None], found, np.nan)


def _check_linked(left: Floats) -> None:
    if np.linalg.matrix_rank(left, hermitian=True) < len(left) - 1:
        raise DataError(
            "the judges have no cards in common, so that nobody can say who is stricter",
            hint="Rate the same cards with every judge of the panel.",
        )
