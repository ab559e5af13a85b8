"""Poor and good cards of similar popularity, so that a reader compares documentation alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from cardiogram.report.data.shown_models import ShownModel

POOR, GOOD = 2, 4
"""A card rated at most the one is poor, at least the other good."""

MOST_PAIRS = 6

_Closeness: TypeAlias = "tuple[int, float, int, int, str, str, int, int]"
"""What makes a pair a good one, the first number first; at its end both places."""


@dataclass(frozen=True, slots=True)
class CardPair:
    """A poor and a good card of similar downloads: indices into the models."""

    poor: int
    good: int


def select_pairs(models: Sequence[ShownModel], limit: int = MOST_PAIRS) -> list[CardPair]:
    """Pair poor cards with good ones of the most similar downloads.

    Pairs with downloads and with different authors go first; then the smallest difference of
    log1p downloads, the most downloads, the widest gap of ratings, and the first ids. An author
    stands in one pair only, so that each pair is another example.

    Returns
    -------
    list of CardPair
        At most `limit`, the closest first; empty where there is no poor or no good card with a
        count of downloads.
    """
    counted = [i for i, m in enumerate(models) if m.downloads is not None and m.overall is not None]
    poor = [i for i in counted if (models[i].overall or 0) <= POOR]
    good = [i for i in counted if (models[i].overall or 0) >= GOOD]
    pairs: list[CardPair] = []
    while poor and good and len(pairs) < limit:
        pair = _closest(models, poor, good)
        pairs.append(pair)
        authors = {models[pair.poor].author, models[pair.good].author}
        poor = [i for i in poor if models[i].author not in authors]
        good = [i for i in good if models[i].author not in authors]
    return pairs


def _closest(models: Sequence[ShownModel], poor: Sequence[int], good: Sequence[int]) -> CardPair:
    downloads = np.array([max(models[i].downloads or 0, 0) for i in good])
    levels = np.log1p(downloads)
    codes = {author: code for code, author in enumerate({m.author: None for m in models})}
    authors = np.array([codes[models[i].author] for i in good])
    best: _Closeness | None = None
    for i in poor:
        own = max(models[i].downloads or 0, 0)
        distance = np.abs(levels - np.log1p(own))
        unmet = (authors == codes[models[i].author]) + ((downloads == 0) | (own == 0)).astype(int)
        least = unmet == unmet.min()
        nearest = least & (distance == distance[least].min())
        for k in np.flatnonzero(nearest):
            key = _key(models, i, good[int(k)], int(unmet[k]), float(distance[k]))
            best = key if best is None else min(best, key)
    assert best is not None
    return CardPair(poor=best[-2], good=best[-1])


def _key(
    models: Sequence[ShownModel], poor: int, good: int, unmet: int, distance: float
) -> _Closeness:
    gap = (models[good].overall or 0) - (models[poor].overall or 0)
    downloads = models[poor].downloads or 0
    return unmet, distance, -downloads, -gap, models[poor].id, models[good].id, poor, good
