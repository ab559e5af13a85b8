"""What is counted in the cards of a study, in columns: traits, and problems of the texts."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.analysis.columns.model_columns import ModelColumns
from cardiogram.cards import problem_codes
from cardiogram.cards.features import TRAITS
from cardiogram.engine import Workers
from cardiogram.errors import DataError
from cardiogram.judge import count_cards
from cardiogram.store import Study


def read_traits(study: Study, models: ModelColumns, workers: Workers) -> NDArray[np.int8]:
    """Which traits each model has, shape (n, traits); cards that are not counted yet are counted.

    Returns
    -------
    numpy.ndarray
        1 where a model has a trait, 0 where not, -1 where it has no card.
    """
    with suppress(DataError):  # of cards whose text is gone nothing is known
        count_cards(study, workers)
    traits = np.full((len(models.ids), len(TRAITS)), -1, np.int8)
    for path in study.models.shards():
        table = study.features.read(["id", "card_sha256", "traits"], path.name)
        place = place_cards(table, path.stem, models)
        table = table.filter(pa.array(place >= 0)).combine_chunks()
        flat = pc.list_flatten(table["traits"].combine_chunks())
        values = flat.cast(pa.int8()).to_numpy(zero_copy_only=False)
        traits[place[place >= 0]] = values.reshape(-1, len(TRAITS))
    return traits


def place_cards(table: pa.Table, shard: str, models: ModelColumns) -> NDArray[np.int64]:
    """The model of each row of a shard that has `id` and `card_sha256`; -1 where it is none's."""
    rows = models.row_of[shard]
    rows = rows[rows >= 0]
    chosen = pa.array(rows)
    own = _keys(models.ids.take(chosen), models.shas.take(chosen))
    theirs = _keys(table["id"].combine_chunks(), table["card_sha256"].combine_chunks())
    place = pc.index_in(theirs, value_set=own).fill_null(-1).to_numpy(zero_copy_only=False)
    return np.where(place >= 0, np.append(rows, -1)[place], -1)


def _keys(ids: pa.Array, shas: pa.Array) -> pa.Array:
    """Id and hash as one text; null where there is no card."""
    return pc.binary_join_element_wise(ids, shas, "\n")


def read_problem_counts(study: Study, models: ModelColumns) -> dict[str, int]:
    """Rows of models, and texts, by the code of their problems, the commonest first.

    What the last `rate` or `map` read of a text stands in place of what the collection did.
    """
    of_texts: dict[str, list[str]] = {}
    for table in (study.cards, study.features):
        for path in table.shards():
            _set_problems(table.read(["card_sha256", "problems"], path.name), of_texts)
    problems = Counter(models.problems)
    for codes in of_texts.values():
        problems.update(problem_codes(codes))
    return dict(sorted(problems.items(), key=lambda pair: (-pair[1], pair[0])))


def _set_problems(table: pa.Table, known: dict[str, list[str]]) -> None:
    """Keep the problems of the texts that have some, and forget those that now have none."""
    if known:
        before = pa.array(list(known), pa.string())
        for sha in table.filter(pc.is_in(table["card_sha256"], before))["card_sha256"].to_pylist():
            known[sha] = []
    some = table.filter(pc.greater(pc.fill_null(pc.list_value_length(table["problems"]), 0), 0))
    known.update(zip(*(some[name].to_pylist() for name in some.column_names), strict=True))
