"""Places the cards of a shard on a fitted map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cardiogram.cards import terms_of_row
from cardiogram.engine import Shard
from cardiogram.errors import DataError
from cardiogram.maps.embedding import StudyVectors, Vectors
from cardiogram.maps.fitted import FittedMap, rows_of
from cardiogram.maps.map_file import NOWHERE
from cardiogram.maps.shards import KEYS, MapShard
from cardiogram.optional import one_thread
from cardiogram.store import MAP, Study

_BATCH = 512


@dataclass(frozen=True, slots=True)
class VectorShard:
    """A shard whose cards are placed by the vectors that a model made of them."""

    shard: MapShard
    vectors: StudyVectors

    @property
    def name(self) -> str:
        """That of the models."""
        return self.shard.name

    @property
    def rows(self) -> int:
        """All its cards."""
        return self.shard.rows

    def read(self) -> pa.RecordBatch:
        """What places a card: its key, its vector, and what rules know."""
        counted = self.shard.features(self.shard.models(KEYS), ["key", "facets"])
        made = self.vectors.of_cards(self.name, counted["key"].to_pylist())
        vectors = pa.FixedSizeListArray.from_arrays(pa.array(made.ravel()), made.shape[1])
        columns = [counted[name].combine_chunks() for name in (*KEYS, "facets")]
        return pa.RecordBatch.from_arrays([*columns, vectors], [*KEYS, "facets", "vector"])


def _as_matrix(vectors: pa.FixedSizeListArray) -> Vectors:
    made: Vectors = vectors.flatten().to_numpy().reshape(len(vectors), -1)
    return made


@dataclass(frozen=True, slots=True)
class PlaceCards:
    """Places what :meth:`.MapShard.read` or :meth:`.VectorShard.read` gives.

    Attributes
    ----------
    path, map
        File of the map, and its id.
    """

    path: Path
    map: str

    def __call__(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Rows of `map/`."""
        fitted = _load(self.path, self.map)

        def embed(chosen: NDArray[np.int64]) -> Vectors:
            if "vector" in rows.schema.names:
                return _as_matrix(rows["vector"].take(pa.array(chosen)))
            assert fitted.terms is not None
            cards = rows.select(["pieces", "fields"]).take(pa.array(chosen)).to_pylist()
            return fitted.terms.embed([terms_of_row(card) for card in cards])

        with one_thread():
            return place_rows(fitted, rows, embed)

    def poisoned(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """A card that cannot be placed is an outlier at the lower edge."""
        count = rows.num_rows
        return _made(rows, (), np.tile(NOWHERE, (count, 1)), np.full(count, -1), np.zeros(count))


@dataclass(frozen=True, slots=True)
class PlacedShards:
    """Where rows of `map/` go.

    Attributes
    ----------
    root
        Of the study.
    map
        The map's id, which each shard keeps.
    """

    root: Path
    map: str

    def find(self, shard: Shard) -> int | None:
        """None: shards that need not be done are not given out."""

    def write(self, shard: Shard, rows: pa.RecordBatch) -> int:
        """Write a shard, and say how many cards it places."""
        table = pa.Table.from_batches([rows])
        Study(self.root).map.write(shard.name, table, {"map": self.map})
        return int(rows.num_rows)


@lru_cache(maxsize=1)
def _load(path: Path, map: str) -> FittedMap:
    fitted = FittedMap.load(path)
    if fitted is None or fitted.id != map:
        raise DataError(f"the map {str(path)!r} is another now", hint="Draw it again.")
    return fitted


def place_rows(
    fitted: FittedMap, rows: pa.RecordBatch, embed: Callable[[NDArray[np.int64]], Vectors]
) -> pa.RecordBatch:
    """Rows of `map/`: a card that the map was fitted on has its place, others are placed.

    Parameters
    ----------
    rows
        What :meth:`.MapShard.read` gives.
    embed
        Vectors of some of them.
    """
    own = rows_of(fitted)
    keys = zip(rows["id"].to_pylist(), rows["card_sha256"].to_pylist(), strict=True)
    at = np.fromiter((own.get(key, -1) for key in keys), np.int64, rows.num_rows)
    count, kept = len(at), at >= 0
    places, cluster, strength = np.empty((count, 2)), np.empty(count, np.int64), np.empty(count)
    places[kept], cluster[kept] = fitted.places[at[kept]], fitted.cluster[at[kept]]
    strength[kept] = fitted.strength[at[kept]]
    for first in range(0, len(at), _BATCH):
        new = first + np.flatnonzero(at[first : first + _BATCH] < 0)
        if len(new):
            placed = fitted.place(embed(new))
            places[new], cluster[new], strength[new] = placed[:3]
    segments = [profile["segment"] for profile in fitted.profiles]
    return _made(rows, segments, places, cluster, strength)


def _made(
    rows: pa.RecordBatch,
    segments: Sequence[str],
    places: NDArray[np.float64],
    cluster: NDArray[np.int64],
    strength: NDArray[np.float64],
) -> pa.RecordBatch:
    outlier = cluster < 0
    columns = (
        rows["id"],
        rows["card_sha256"],
        pa.array(places[:, 0]),
        pa.array(places[:, 1]),
        pa.array(cluster.astype(np.int32)),
        pa.array(segments, pa.string()).take(pa.array(cluster, mask=outlier)),
        pa.array(strength),
        pa.array(outlier),
        rows["facets"].field("known"),
    )
    return pa.RecordBatch.from_arrays(list(columns), schema=MAP)
