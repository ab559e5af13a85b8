"""The models of a study that a map shows, by the shard in which they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from cardiogram.cards import has_card
from cardiogram.errors import DataError
from cardiogram.store import Study

KEYS = ("id", "card_sha256")
"""What a row of `models/`, `features/` and `map/` is known by."""

_ON_MAP = [*KEYS, "problems"]


@dataclass(frozen=True, slots=True)
class MapShard:
    """The models of one shard that have a card, each once: where it comes last.

    Attributes
    ----------
    root
        Of the study.
    rows
        How many models these are.
    later
        Models that a later shard has, too; they are left to that.
    """

    root: Path
    name: str
    rows: int = 0
    later: frozenset[str] = frozenset()

    def models(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Columns of their rows of `models/`."""
        models = Study(self.root).models
        last = {
            row["id"]: place
            for place, row in enumerate(models.read_shard(self.name, _ON_MAP))
            if has_card(row) and row["id"] not in self.later
        }
        return models.load(self.name, columns).take(pa.array(last.values(), pa.int64()))

    def features(self, models: pa.Table, columns: Sequence[str]) -> pa.Table:
        """What is counted in the cards of some of them, in their order.

        Raises
        ------
        DataError
            A card is not counted.
        """
        counted = Study(self.root).features.load(self.name, [*KEYS, *columns])
        places = {key: place for place, key in enumerate(_keys(counted))}
        chosen = [places.get(key) for key in _keys(models)]
        if gone := chosen.count(None):
            raise DataError(
                f"the texts of {gone} cards are not in {str(self.root)!r}",
                hint=f"They are read again by: cardiogram collect {self.root}",
            )
        return counted.take(pa.array(chosen, pa.int64()))

    def read(self) -> pa.RecordBatch:
        """What places a card: its key, its words, and what rules know."""
        counted = self.features(self.models(KEYS), ["pieces", "fields", "facets"])
        columns = [column.combine_chunks() for column in counted.columns]
        return pa.RecordBatch.from_arrays(columns, counted.column_names)


def _keys(table: pa.Table) -> list[tuple[str, str]]:
    return list(zip(*(table[name].to_pylist() for name in KEYS), strict=True))


def shards_on_map(study: Study) -> list[MapShard]:
    """The shards of a study with the models in each that a map shows.

    Ids are kept as 8 bytes: only those that come twice are looked at.
    """
    shards, hashes = [], []
    for path in study.models.shards():
        rows = study.models.read_shard(path.stem, _ON_MAP)
        ids = {row["id"] for row in rows if has_card(row)}
        shards.append(MapShard(study.root, path.stem, len(ids)))
        hashes.append(np.fromiter(map(hash, ids), np.int64, len(ids)))
    every, counts = np.unique(np.concatenate([*hashes, np.empty(0, np.int64)]), return_counts=True)
    doubled = set(every[counts > 1].tolist())
    if not doubled:
        return shards
    twice = [
        {id for id in shard.models(["id"])["id"].to_pylist() if hash(id) in doubled}
        for shard in shards
    ]
    last = {id: place for place, ids in enumerate(twice) for id in ids}
    later = [frozenset(id for id in ids if last[id] > place) for place, ids in enumerate(twice)]
    return [
        replace(shard, rows=shard.rows - len(ids), later=ids)
        for shard, ids in zip(shards, later, strict=True)
    ]
