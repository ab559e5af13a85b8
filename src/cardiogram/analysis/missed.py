"""Which expectations the cards of a study miss, without reading a card twice.

The built-in judge writes beside a rating which expectations are missed. A card that it has not
rated, or that an earlier release rated, is read here; and the few are that are to be mended first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.analysis.columns import IdIndex, ModelColumns, each_shard
from cardiogram.cards import StoredTexts, stored_cards
from cardiogram.cards.features import CardFeatures, read_features
from cardiogram.engine import Workers
from cardiogram.judge.embedded import embedded_judge
from cardiogram.judge.expectations import find_gaps, name_lacks, name_missed
from cardiogram.store import Study

_BY_RULES = "embedded"
"""What the shards of ratings begin with that say which expectations are missed."""

_COLUMNS = ["id", "card_sha256", "missed"]
_AT_ONCE = 128


@dataclass(slots=True)
class MissedCounts:
    """How many cards miss each expectation for certain.

    Attributes
    ----------
    cards
        Cards that were looked at.
    by_key
        Those that miss an expectation, by its key.
    """

    cards: int = 0
    by_key: Counter[str] = field(default_factory=Counter)


def read_missed(
    study: Study, models: ModelColumns, places: IdIndex, workers: Workers
) -> MissedCounts:
    """Count in how many cards each expectation is missed.

    Parameters
    ----------
    places
        Of the models' ids.
    """
    missed, left = MissedCounts(), np.array(pc.is_valid(models.shas), dtype=bool)
    for path in study.ratings.shards(f"{_BY_RULES}-"):
        table = study.ratings.read(_COLUMNS, path.name)
        table = table.filter(pc.is_valid(table["missed"])).combine_chunks()
        row, place = np.unique(places.find(table["id"].combine_chunks()), return_index=True)
        table = table.take(pa.array(place))
        own = models.shas.take(pa.array(np.maximum(row, 0)))
        same = pc.fill_null(pc.equal(table["card_sha256"].combine_chunks(), own), False)
        chosen = same.to_numpy(zero_copy_only=False) & (row >= 0) & left[row]
        left[row[chosen]] = False
        missed.cards += int(chosen.sum())
        keys = pc.list_flatten(table["missed"].filter(pa.array(chosen)))
        for pair in pc.value_counts(keys).to_pylist():
            missed.by_key[pair["values"]] += pair["counts"]
    unread = {
        shard: np.flatnonzero((row_of >= 0) & left[row_of])
        for shard, row_of in models.row_of.items()
    }
    unread = {shard: rows for shard, rows in unread.items() if rows.size}
    for _, counted in each_shard(count_shard, study, unread, workers):
        missed.cards += counted.cards
        missed.by_key += counted.by_key
    return missed


def count_shard(root: Path, shard: str, rows: NDArray[np.int64]) -> MissedCounts:
    """Count some cards of a shard by their texts."""
    study, missed = Study(root), MissedCounts()
    models = study.models.read(None, f"{shard}.parquet").take(pa.array(rows))
    cards = StoredTexts(study, shard).cards(models.to_pylist())
    while pairs := list(islice(cards, _AT_ONCE)):
        missed.cards += len(pairs)
        for read in read_features([card for _, card in pairs]):
            missed.by_key.update(name_missed(read))
    return missed


def read_lacks(study: Study, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """What a few cards lack first, as `check` says it of each: these cards are read."""
    judge, wanted = embedded_judge(), pa.array(list(ids), pa.string())
    rows = []
    for path in study.models.shards():
        is_it = pc.is_in(study.models.read(["id"], path.name)["id"], wanted)
        if pc.any(is_it).as_py():
            rows += study.models.read(None, path.name).filter(is_it).to_pylist()
    return {
        row["id"]: name_lacks(find_gaps(CardFeatures.of(card), judge.expect, judge.respond))
        for row, card in stored_cards(study, rows)
    }
