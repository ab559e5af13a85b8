"""Groups of very many models: correlations within each at once, and which means differ."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy
from cardiogram.stats.groups import (
    NO_PAIR,
    MeanComparison,
    MeanSpread,
    comparable_groups,
    tell_means_apart,
)
from cardiogram.stats.large.author_draws import draw_many
from cardiogram.stats.large.relations import RankedColumn, influence_of
from cardiogram.stats.ranks import GroupRhos, OneGroup, max_t_groups, move_whole
from cardiogram.stats.resampling import (
    Floats,
    Integers,
    Resampling,
    degrees_of_freedom,
    is_linear,
)

METHOD = "balanced max-t over groups, author-cluster bootstrap, large groups by influence"
MOST_DRAWN = 20_000
"""Rows of a group that are drawn whole where one author has a large share of them."""

_PERFECT = 1 - 1e-9


def max_t_many(
    groups: Mapping[str, Integers], x: Floats, y: Floats, codes: Integers, resampling: Resampling
) -> GroupRhos:
    """:func:`.max_t_groups` of very many models: of large groups the influences are drawn."""
    return max_t_groups(groups, x, y, codes, resampling, _draw, METHOD)


def _draw(
    groups: Mapping[str, OneGroup], authors: int, resampling: Resampling
) -> dict[str, Floats]:
    """artanh(rho) of every group in every draw of authors; NaN where there is none."""
    drawn = {name: np.full(resampling.draws, np.nan) for name in groups}
    by_influence = {
        name: group
        for name, group in groups.items()
        if is_linear(group.codes) or group.codes.size > MOST_DRAWN
    }
    estimates, slopes = _influences(by_influence, authors)
    movers = {name: move_whole(group) for name, group in groups.items() if name not in by_influence}
    for now, times in draw_many(authors, resampling):
        moved = slopes @ times.T  # groups x draws
        for name, estimate, rho in zip(by_influence, estimates, moved, strict=True):
            drawn[name][now] = _artanh(estimate + rho)
        for name, move in movers.items():
            drawn[name][now] = move(times)
    return drawn


def _influences(
    groups: Mapping[str, OneGroup], authors: int
) -> tuple[list[float], NDArray[np.float64]]:
    """Correlations, and a sparse matrix of how each moves with authors, (groups, authors)."""
    sparse, rows, estimates = scipy("sparse"), [], []
    for group in groups.values():
        own, place = np.unique(group.codes, return_inverse=True)
        x, y = (RankedColumn.of(values) for values in (group.x, group.y))
        influence = influence_of(x, y, place.astype(np.int64), own.size)
        estimates.append(influence.estimate)
        moved = influence.slopes - influence.slopes.mean()
        rows.append(sparse.csr_array((moved, own, [0, own.size]), shape=(1, authors)))
    return estimates, sparse.vstack(rows).tocsr() if rows else np.zeros((0, authors))


def _artanh(rhos: Floats) -> Floats:
    return np.arctanh(np.where(np.abs(rhos) < _PERFECT, rhos, np.nan))


def compare_many_means(
    groups: Mapping[str, Integers], scores: Floats, codes: Integers, resampling: Resampling
) -> MeanComparison:
    """:func:`.compare_means` of very many models: nothing is held of authors without a card."""
    rows = comparable_groups(groups, scores, codes)
    if len(rows) < 2:
        return MeanComparison(tuple(rows), reason=NO_PAIR.format(len(rows)))
    place = np.concatenate(list(rows.values()))
    group = np.repeat(np.arange(len(rows)), [own.size for own in rows.values()])
    shape, sparse = (len(rows), int(codes.max()) + 1), scipy("sparse")
    sums, counts = (
        sparse.coo_array((values, (group, codes[place])), shape=shape).tocsr()
        for values in (scores[place], np.ones(place.size))
    )
    total, cards = sums.sum(axis=1), counts.sum(axis=1)
    mean = total / cards
    moved = counts.copy()  # what each mean is without each author, less what it is
    of = np.repeat(np.arange(len(rows)), np.diff(counts.indptr))
    moved.data = (mean[of] * counts.data - sums.data) / (cards[of] - counts.data)
    products = (moved @ moved.T).toarray()
    variance = np.diag(products)
    first, second = np.triu_indices(len(rows), 1)
    se = np.sqrt(np.maximum(0, variance[first] + variance[second] - 2 * products[first, second]))
    drawn = np.empty((resampling.draws, len(rows)))
    for now, times in draw_many(shape[1], resampling):
        with np.errstate(invalid="ignore", divide="ignore"):
            drawn[now] = ((sums @ times.T) / (counts @ times.T)).T
    free = np.array([degrees_of_freedom(codes[own]) for own in rows.values()])
    return tell_means_apart(MeanSpread(tuple(rows), mean, variance, se, free, drawn), resampling)
