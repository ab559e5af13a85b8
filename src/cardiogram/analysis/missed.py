"""Which expectations the cards of a study miss, without reading a card twice.

The built-in judge writes into the evidence of a rating which expectations are met and which are
missing. A card that it has not rated, or rated in other words than today's, is read here; and the
few are that are to be mended first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.cards import StoredTexts, has_card, stored_cards
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
from cardiogram.stats.resampling import Floats
from cardiogram.store import Row, Study

_BY_WORDS = "embedded"
"""What the shards of ratings begin with whose evidence is in the words of the expectations."""

_COLUMNS = ["id", "card_sha256", "evidence"]
_UNKNOWN = -2
_AT_ONCE = 128

Key = tuple[str, str]


def read_missed(study: Study, rows: Sequence[Row]) -> Floats:
    """Which expectations each card misses for certain.

    Parameters
    ----------
    rows
        Of `models/`, with all that a card is parsed from.

    Returns
    -------
    numpy.ndarray
        Shape (rows, expectations): 1 where one is missing; 0 where it is met, is not asked of such
        a model, or cannot be decided; NaN in the rows without a card.
    """
    missed = np.full((len(rows), len(EXPECTATIONS)), np.nan)
    places = {
        (row["id"], row["card_sha256"]): place for place, row in enumerate(rows) if has_card(row)
    }
    for path in study.ratings.shards(f"{_BY_WORDS}-"):
        _read_evidence(study.ratings.read(_COLUMNS, path.name), places, missed)
    left = [rows[place] for place in places.values() if np.isnan(missed[place, 0])]
    cards = StoredTexts(study).cards(left)
    while pairs := list(islice(cards, _AT_ONCE)):
        reads = read_features([card for _, card in pairs])
        for (row, _), read in zip(pairs, reads, strict=True):
            verdicts = decide_expectations(read)
            gone = [PLACE_OF[verdict.expectation.key] for verdict in verdicts if not verdict.is_met]
            place = places[row["id"], row["card_sha256"]]
            missed[place] = 0
            missed[place, gone] = 1
    return missed


def _read_evidence(table: pa.Table, places: dict[Key, int], missed: Floats) -> None:
    """Set the rows of the cards whose evidence is in the words of today's expectations."""
    evidence = table["evidence"].combine_chunks()
    keys = zip(table["id"].to_pylist(), table["card_sha256"].to_pylist(), strict=True)
    row_of = np.array([places.get(key, -1) for key in keys], dtype=np.int64)
    of_fact = row_of[_integers(pc.list_parent_indices(evidence))]
    facts = pc.struct_field(pc.list_flatten(evidence), "fact").dictionary_encode()
    read = [read_fact(fact or "") for fact in facts.dictionary.to_pylist()]
    codes = np.array([_UNKNOWN if code is None else code for code in read], dtype=np.int64)
    code = codes[_integers(facts.indices.fill_null(0))] if codes.size else codes
    known = np.setdiff1d(of_fact, [*of_fact[code == _UNKNOWN], -1])
    missed[known] = 0
    counts = np.isin(of_fact, known) & (code > MET)
    missed[of_fact[counts], code[counts]] = 1


def _integers(column: pa.Array) -> NDArray[np.int64]:
    return np.asarray(column.to_numpy(zero_copy_only=False), np.int64)


def read_lacks(study: Study, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """What a few cards lack first, as `check` says it of each: these cards are read."""
    table, judge = study.models.read(), embedded_judge()
    chosen = table.filter(pc.is_in(table["id"], pa.array(list(ids), pa.string())))
    return {
        row["id"]: name_lacks(find_gaps(CardFeatures.of(card), judge.expect, judge.respond))
        for row, card in stored_cards(study, chosen.to_pylist())
    }
