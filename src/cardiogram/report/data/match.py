"""Poor and good cards of similar popularity, so that a reader compares documentation alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cardiogram.report.data.shown_models import ShownModel

POOR, GOOD = 2, 4
"""A card rated at most the one is poor, at least the other good."""

MOST_PAIRS = 6


@dataclass(frozen=True, slots=True)
class CardPair:
    """A poor and a good card of similar downloads."""

    poor: ShownModel
    good: ShownModel


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
    counted = [model for model in models if model.downloads is not None and model.overall]
    poor = [model for model in counted if (model.overall or 0) <= POOR]
    good = [model for model in counted if (model.overall or 0) >= GOOD]
    pairs: list[CardPair] = []
    while poor and good and len(pairs) < limit:
        pair = _closest(poor, good)
        pairs.append(pair)
        authors = {pair.poor.author, pair.good.author}
        poor = [model for model in poor if model.author not in authors]
        good = [model for model in good if model.author not in authors]
    return pairs


def _closest(poor: Sequence[ShownModel], good: Sequence[ShownModel]) -> CardPair:
    downloads = np.array([max(model.downloads or 0, 0) for model in good])
    levels = np.log1p(downloads)
    owners = dict.fromkeys(model.author for model in (*poor, *good))
    codes = {author: code for code, author in enumerate(owners)}
    authors = np.array([codes[model.author] for model in good])
    closest: list[CardPair] = []
    for model in poor:
        own = max(model.downloads or 0, 0)
        distance = np.abs(levels - np.log1p(own))
        unmet = (authors == codes[model.author]) + ((downloads == 0) | (own == 0)).astype(int)
        least = unmet == unmet.min()
        nearest = np.flatnonzero(least & (distance == distance[least].min()))
        closest += [CardPair(model, good[int(place)]) for place in nearest]
    return min(closest, key=_key)


def _key(pair: CardPair) -> tuple[int, float, int, int, str, str]:
    """What makes a pair a good one, the first number first."""
    poor, good = max(pair.poor.downloads or 0, 0), max(pair.good.downloads or 0, 0)
    unmet = (pair.poor.author == pair.good.author) + (poor == 0 or good == 0)
    gap = (pair.good.overall or 0) - (pair.poor.overall or 0)
    distance = float(abs(np.log1p(good) - np.log1p(poor)))
    return unmet, distance, -(pair.poor.downloads or 0), -gap, pair.poor.id, pair.good.id
