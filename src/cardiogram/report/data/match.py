"""Poor and good cards of like models that many read, so that one compares documentation alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cardiogram.report.data.shown_models import ShownModel

POOR, GOOD = 2, 4
"""A card rated at most the one is poor, at least the other good."""

MOST_PAIRS = 6
_READ = 2_000
"""Poor and good cards that are looked at, the most downloaded."""


@dataclass(frozen=True, slots=True)
class CardPair:
    """A poor and a good card of similar downloads."""

    poor: ShownModel
    good: ShownModel


def select_pairs(models: Sequence[ShownModel], limit: int = MOST_PAIRS) -> list[CardPair]:
    """Pair poor cards with good ones of like models that many read.

    Pairs with downloads and with different authors go first; then those whose downloads are
    within five times of each other, of the same task and library, and within two times; then the
    most downloads, the widest gap of ratings, and the first ids. An author stands in one pair
    only, so that each pair is another example.

    Returns
    -------
    list of CardPair
        At most `limit`, the best first; empty where there is no poor or no good card with a
        count of downloads.
    """
    counted = [model for model in models if model.downloads is not None and model.overall]
    counted.sort(key=lambda model: (-(model.downloads or 0), model.id))
    poor = [model for model in counted if (model.overall or 0) <= POOR][:_READ]
    good = [model for model in counted if (model.overall or 0) >= GOOD][:_READ]
    pairs: list[CardPair] = []
    while poor and good and len(pairs) < limit:
        pair = _best(poor, good)
        pairs.append(pair)
        authors = {pair.poor.author, pair.good.author}
        poor = [model for model in poor if model.author not in authors]
        good = [model for model in good if model.author not in authors]
    return pairs


def _best(poor: Sequence[ShownModel], good: Sequence[ShownModel]) -> CardPair:
    """The best pair, by the best that each poor card has."""
    candidates = []
    columns = [np.array([_about(model)[i] for model in good]) for i in range(3)]
    downloads = np.array([max(model.downloads or 0, 0) for model in good])
    gaps = np.array([model.overall or 0 for model in good])
    for model in poor:
        own = max(model.downloads or 0, 0)
        author, task, library = (
            column == value for column, value in zip(columns, _about(model), strict=True)
        )
        far = np.abs(np.log1p(downloads) - np.log1p(own))
        keys = (
            author + ((downloads == 0) | (own == 0)).astype(int),
            far > np.log(5),
            2 - (task.astype(int) + library),
            far > np.log(2),
            -np.minimum(downloads, own),
            -gaps + (model.overall or 0),
        )
        place = int(np.lexsort(keys[::-1])[0])
        key = tuple(int(column[place]) for column in keys)
        candidates.append((key, model.id, good[place].id, CardPair(model, good[place])))
    return min(candidates, key=lambda row: row[:3])[3]


def _about(model: ShownModel) -> tuple[str, str, str]:
    return model.author, model.pipeline_tag or "", model.library_name or ""
