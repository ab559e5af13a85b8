"""Which models a page shows: all, or of very many the most downloaded and a random sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.store import Row, Study

MAX_MODELS = 100_000
"""Models of which a page shows all."""

MAX_OPENED = 5_000
"""Models whose evidence the page carries, and that a pair may be of: the most downloaded.

The built-in judge explains them from their texts, which takes 1-2 ms a card.
"""

SAMPLE = 50_000
"""Models that are drawn at random, where there are more than a page can show."""


class ChosenModel(NamedTuple):
    """A row of `models/`, the shard that it is in, and whether it is in the random sample."""

    row: Row
    shard: str
    is_sampled: bool


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """Models of a study by their places in its shards.

    Attributes
    ----------
    total
        Models of the study.
    shown
        Of each shard, the places of the models that are shown.
    sampled
        Of each shard, those of them that are in the random sample; None where all are shown.
    """

    total: int
    shown: Mapping[str, NDArray[np.int64]]
    sampled: Mapping[str, NDArray[np.int64]] | None = None

    def read(self, study: Study) -> Iterator[ChosenModel]:
        """The models that are shown."""
        for name, places in self.shown.items():
            rows = study.models.load(name).take(pa.array(places)).to_pylist()
            sampled = places if self.sampled is None else self.sampled[name]
            for row, is_sampled in zip(rows, np.isin(places, sampled).tolist(), strict=True):
                yield ChosenModel(row, name, is_sampled)


def choose_models(study: Study) -> ModelChoice:
    """Choose the models that a page shows; the same study gives the same ones."""
    counts = []
    for path in study.models.shards():
        table = study.models.load(path.stem, ["downloads", "likes"])
        counts.append(np.stack([pc.fill_null(c, 0).to_numpy() for c in table.columns]))
    ends = np.cumsum([0, *(column.shape[1] for column in counts)])
    total = int(ends[-1])
    if total <= MAX_MODELS:
        return ModelChoice(total, _by_shard(study, ends, np.arange(total)))
    downloads, likes = np.concatenate(counts, axis=1)
    popular = np.lexsort((-likes, -downloads))[:MAX_OPENED]
    drawn = np.random.default_rng(0).choice(total, SAMPLE, replace=False)
    shown, sampled = np.union1d(popular, drawn), np.sort(drawn)
    return ModelChoice(total, _by_shard(study, ends, shown), _by_shard(study, ends, sampled))


def _by_shard(
    study: Study, ends: NDArray[np.int64], places: NDArray[np.int64]
) -> dict[str, NDArray[np.int64]]:
    shards = study.models.shards()
    parts = np.split(places, np.searchsorted(places, ends[1:-1])) if shards else []
    pairs = zip(shards, parts, ends, strict=False)
    return {path.stem: part - first for path, part, first in pairs}
