"""Which expectations the cards of a study miss, without reading a card twice.

The built-in judge writes into the evidence of a rating which expectations are met and which are
missing. A card that it has not rated, or rated in other words than today's, is read here; and the
few are that are to be mended first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.analysis.columns import IdIndex, ModelColumns
from cardiogram.cards import StoredTexts, stored_cards
from cardiogram.cards.features import CardFeatures, read_features
from cardiogram.judge.embedded import embedded_judge
from cardiogram.judge.expectations import (
    EXPECTATIONS,
    MET,
    PLACE_OF,
    decide_expectations,
    find_gaps,
    name_lacks,
    read_fact,
)
from cardiogram.store import Row, Study

_BY_WORDS = "embedded"
"""What the shards of ratings begin with whose evidence is in the words of the expectations."""

_COLUMNS = ["id", "card_sha256", "evidence"]
_UNKNOWN = -2
_AT_ONCE = 128
_PLACE = "place"


def read_missed(study: Study, models: ModelColumns, places: IdIndex) -> NDArray[np.int8]:
    """Which expectations each card misses for certain.

    Parameters
    ----------
    places
        Of the models' ids.

    Returns
    -------
    numpy.ndarray
        Shape (n, expectations): 1 where one is missing; 0 where it is met, is not asked of such a
        model, or cannot be decided; -1 in the rows without a card.
    """
    missed = np.full((len(models.ids), len(EXPECTATIONS)), -1, np.int8)
    for path in study.ratings.shards(f"{_BY_WORDS}-"):
        _read_evidence(study.ratings.read(_COLUMNS, path.name), models, places, missed)
    has_card = pc.is_valid(models.shas).to_numpy(zero_copy_only=False)
    left = has_card & (missed[:, 0] < 0)
    if left.any():
        _read_cards(study, models, left, missed)
    return missed


def _read_cards(
    study: Study, models: ModelColumns, left: NDArray[np.bool_], missed: NDArray[np.int8]
) -> None:
    """Set some of the rows from the cards."""

    def rows() -> Iterator[Row]:
        for shard, row_of in models.row_of.items():
            chosen = (row_of >= 0) & left[row_of]
            if chosen.any():
                table = study.models.read(None, f"{shard}.parquet").filter(pa.array(chosen))
                for row, place in zip(table.to_pylist(), row_of[chosen].tolist(), strict=True):
                    yield {**row, _PLACE: place}

    cards = StoredTexts(study).cards(rows())
    while pairs := list(islice(cards, _AT_ONCE)):
        reads = read_features([card for _, card in pairs])
        for (row, _), read in zip(pairs, reads, strict=True):
            verdicts = decide_expectations(read)
            gone = [PLACE_OF[verdict.expectation.key] for verdict in verdicts if not verdict.is_met]
            missed[row[_PLACE]] = 0
            missed[row[_PLACE], gone] = 1


def _read_evidence(
    table: pa.Table, models: ModelColumns, places: IdIndex, missed: NDArray[np.int8]
) -> None:
    """Set the rows of the cards whose evidence is in the words of today's expectations."""
    row_of = places.find(table["id"].combine_chunks())
    own = models.shas.take(pa.array(np.maximum(row_of, 0)))
    same = pc.fill_null(pc.equal(table["card_sha256"].combine_chunks(), own), False)
    row_of = np.where(same.to_numpy(zero_copy_only=False), row_of, -1)
    evidence = table["evidence"].combine_chunks()
    of_fact = row_of[_integers(pc.list_parent_indices(evidence))]
    facts = pc.struct_field(pc.list_flatten(evidence), "fact").dictionary_encode()
    read = [read_fact(fact or "") for fact in facts.dictionary.to_pylist()]
    codes = np.array([_UNKNOWN if code is None else code for code in read], dtype=np.int64)
    code = codes[_integers(facts.indices.fill_null(0))] if codes.size else codes
    known = np.zeros(len(missed) + 1, dtype=bool)  # the last row stands for no model
    known[of_fact] = True
    known[of_fact[code == _UNKNOWN]] = False
    known[-1] = False
    missed[known[:-1]] = 0
    counts = known[of_fact] & (code > MET)
    missed[of_fact[counts], code[counts]] = 1


def _integers(column: pa.Array) -> NDArray[np.int64]:
    return np.asarray(column.to_numpy(zero_copy_only=False), np.int64)


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
