"""Poor and good cards of similar popularity, so that a reader compares documentation alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

POOR, GOOD = 2, 4
"""A card rated at most the one is poor, at least the other good."""

MOST_PAIRS = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """What matching looks at; `overall` and `downloads` are None where unknown."""

    id: str
    author: str
    overall: int | None
    downloads: int | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A poor and a good card of similar downloads: indices into the models."""

    poor: int
    good: int


def select_pairs(models: Sequence[Candidate], most: int = MOST_PAIRS) -> list[Pair]:
    """Pair poor cards with good ones of the most similar downloads.

    Pairs with downloads and with different authors go first; then the smallest difference of
    log1p downloads, the most downloads, the widest gap of ratings, and the first ids. An author
    stands in one pair only, so that each pair is another example.

    Returns
    -------
    list of Pair
        At most `most`, the closest first; empty where there is no poor or no good card with a
        count of downloads.
    """
    counted = [i for i, m in enumerate(models) if m.downloads is not None and m.overall is not None]
    poor = [i for i in counted if (models[i].overall or 0) <= POOR]
    good = [i for i in counted if (models[i].overall or 0) >= GOOD]
    found: list[Pair] = []
    while poor and good and len(found) < most:
        pair = _closest(models, poor, good)
        found.append(pair)
        seen = {models[pair.poor].author, models[pair.good].author}
        poor = [i for i in poor if models[i].author not in seen]
        good = [i for i in good if models[i].author not in seen]
    return found


def _closest(models: Sequence[Candidate], poor: Sequence[int], good: Sequence[int]) -> Pair:
    downloads = np.array([max(models[i].downloads or 0, 0) for i in good])
    levels = np.log1p(downloads)
    codes = {author: code for code, author in enumerate({m.author: None for m in models})}
    authors = np.array([codes[models[i].author] for i in good])
    best: tuple[Any, ...] | None = None
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
    return Pair(poor=best[-2], good=best[-1])


def _key(
    models: Sequence[Candidate], poor: int, good: int, unmet: int, distance: float
) -> tuple[Any, ...]:
    gap = (models[good].overall or 0) - (models[poor].overall or 0)
    ids = (models[poor].id, models[good].id)
    return (unmet, distance, -(models[poor].downloads or 0), -gap, *ids, poor, good)
