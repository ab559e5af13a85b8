"""Good cards of a study, and their good parts: what a map shows to others."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from cardiogram.cards import has_card, stored_cards
from cardiogram.maps.examples import GOOD, Examples, good_parts
from cardiogram.names import SCORES
from cardiogram.store import Study


def find_examples(study: Study, judge: str, ids: Sequence[str]) -> Examples:
    """Good parts of the good cards of a study, by their row.

    Parameters
    ----------
    judge
        Whose ratings say what is good.
    ids
        The models of a map, in its order.
    """
    columns = {name: f"{name}_expected" for name in SCORES}
    rows, good = {id: row for row, id in enumerate(ids)}, dict[str, dict[str, float]]()
    on_map = pa.array(ids, pa.string())
    for path in study.ratings.shards():
        table = study.ratings.load(path.stem, ["id", "judge", "status", *columns.values()])
        by_judge = pc.and_(pc.equal(table["judge"], judge), pc.equal(table["status"], "rated"))
        is_good = pc.greater_equal(table["overall_expected"], GOOD)
        chosen = pc.and_(pc.and_(by_judge, is_good), pc.is_in(table["id"], on_map))
        for rating in table.filter(chosen).to_pylist():
            if all(rating[column] is not None for column in columns.values()):
                good[rating["id"]] = {name: rating[column] for name, column in columns.items()}
    wanted = pa.array(good, pa.string())
    shards = (study.models.load(path.stem) for path in study.models.shards())
    models = (
        row
        for shard in shards
        for row in shard.filter(pc.is_in(shard["id"], wanted)).to_pylist()
        if has_card(row)
    )
    by_row = {
        rows[card.id]: good_parts(card, good[card.id]) for _, card in stored_cards(study, models)
    }
    return {row: parts for row, parts in sorted(by_row.items()) if parts}
