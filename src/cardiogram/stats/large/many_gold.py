"""Draws of the parts of a study of very many models, some of which have gold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cardiogram.optional import scipy
from cardiogram.stats.large.author_draws import draw_many, sum_by
from cardiogram.stats.large.relations import RankedColumn, influence_of
from cardiogram.stats.ppi import CorrectedStatistic, GoldPart, measure_of, slope_from_moments
from cardiogram.stats.resampling import Floats, Resampling

MOST_DRAWN = 20_000
"""Rows of a part that are drawn whole; of a larger one the influences are."""

_Move = Callable[[NDArray[np.float32]], Floats]


def draw_many_parts(
    parts: dict[str, GoldPart],
    statistic: CorrectedStatistic,
    clusters: int,
    resampling: Resampling,
) -> dict[str, Floats]:
    """The statistic of every part in the sample (first) and in every draw of authors."""
    moves = {name: _mover(part, statistic, clusters) for name, part in parts.items()}
    answer = {name: np.empty(resampling.draws + 1) for name in parts}
    whole = np.ones((1, clusters), np.float32)
    for name, move in moves.items():
        answer[name][0] = move(whole)[0]
    for now, times in draw_many(clusters, resampling):
        for name, move in moves.items():
            answer[name][now.start + 1 : now.stop + 1] = move(times)
    return answer


def _mover(part: GoldPart, statistic: CorrectedStatistic, clusters: int) -> _Move:
    """From how often each author is drawn, (draws, authors), to the statistic."""
    if part.x.size <= MOST_DRAWN:
        measure = measure_of(part, statistic)
        return lambda times: measure(times[:, part.codes].astype(np.float64))
    own, place = np.unique(part.codes, return_inverse=True)
    place = place.astype(np.int64)
    if statistic == "slope":
        x, y = part.x, np.log1p(part.y)
        columns = (np.ones(x.size), x, y, x * y, x * x)
        sums = np.stack([sum_by(place, column) for column in columns])
        moments = _spread_out(sums, own, clusters)
        return lambda times: slope_from_moments(*(moments @ times.T))
    influence = influence_of(
        RankedColumn.of(np.round(part.x, 6)), RankedColumn.of(part.y), place, own.size
    )
    slopes = _spread_out((influence.slopes - influence.slopes.mean())[None], own, clusters)
    return lambda times: influence.estimate + (slopes @ times.T)[0]


def _spread_out(sums: Floats, own: np.ndarray, clusters: int) -> Floats:
    """Sums of a part's authors as a matrix over all authors."""
    whole = np.zeros((len(sums), clusters), np.float64)
    whole[:, own] = sums
    return scipy("sparse").csr_array(whole) if own.size < clusters // 4 else whole
