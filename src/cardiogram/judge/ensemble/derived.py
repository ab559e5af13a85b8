"""Ratings that are made from other ratings of a study; no judge is called.

They are made shard by shard: no more of a study than one shard's ratings is in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cardiogram.errors import DataError
from cardiogram.judge import validation
from cardiogram.judge.llm.transport import file_name
from cardiogram.judge.rating import Score
from cardiogram.store import Study

Row = Mapping[str, Any]
Key = tuple[str, str]


def ratings_in(
    study: Study, judge: str, shard: str, columns: Sequence[str] | None = None
) -> pa.Table:
    """A judge's ratings of the models of a shard."""
    wanted = None if columns is None else list(dict.fromkeys(("judge", *columns)))
    table = study.ratings.load(f"{file_name(judge)}-{shard}", wanted)
    return table.filter(pc.equal(table["judge"], judge))


def keys_of(ratings: pa.Table) -> list[Key]:
    """Id and text of each."""
    return list(zip(*(ratings[name].to_pylist() for name in ("id", "card_sha256")), strict=True))


def rated_rows(
    study: Study, judge: str, shard: str, columns: Sequence[str] | None = None
) -> dict[Key, Row]:
    """The cards of a shard that a judge has rated."""
    wanted = None if columns is None else ["id", "card_sha256", "status", *columns]
    table = ratings_in(study, judge, shard, wanted)
    table = table.filter(pc.equal(table["status"], "rated"))
    return dict(zip(keys_of(table), table.to_pylist(), strict=True))


def check_rated(study: Study, judges: Iterable[str]) -> None:
    """Refuse judges without ratings.

    Raises
    ------
    DataError
        One of them has rated nothing.
    """
    shards = [path.stem for path in study.models.shards()]
    for judge in judges:
        if not any(rated_rows(study, judge, shard, ()) for shard in shards):
            raise DataError(
                f"no ratings by {judge!r} in {str(study.root)!r}",
                hint=f"cardiogram rate {study.root} --judge {judge}",
            )


def write_derived(
    study: Study, judge: str, make: Callable[[str], Sequence[Row] | pa.Table]
) -> None:
    """Write the rows of a judge that is made from others.

    Parameters
    ----------
    make
        Gives the rows of a shard by its name, a card once.
    """
    for path in study.models.shards():
        study.ratings.write(f"{file_name(judge)}-{path.stem}", make(path.stem))


def apply_calibration(study: Study, path: Path) -> int:
    """Map the ratings of a study by a saved calibration, as a judge of its own.

    Returns
    -------
    int
        Number of ratings mapped. They stand beside the judge's own, as `JUDGE-calibrated`.

    Raises
    ------
    DataError
        The study has no ratings by the judge that was calibrated.
    """
    saved, count = validation.load_calibration(path), 0
    check_rated(study, [saved.judge])
    name = f"{saved.judge}-calibrated"

    def map_shard(shard: str) -> Sequence[Row]:
        nonlocal count
        made = []
        for row in rated_rows(study, saved.judge, shard).values():
            version = f"{row['judge_version']}+cal.{saved.digest}"
            mapped = {**row, "judge": name, "judge_version": version}
            for score, level_map in saved.maps.items():
                if row[f"{score}_expected"] is not None:
                    levels = level_map.levels(np.array([row[f"{score}_expected"]]))[0]
                    mapped |= Score.from_levels(levels).columns(score)
                    mapped[f"{score}_levels"] = levels.tolist()
            made.append(mapped)
        count += len(made)
        return made

    write_derived(study, name, map_shard)
    return count
