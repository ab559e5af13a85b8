"""Ratings that are made from other ratings of a study; no judge is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from cardiogram.errors import DataError
from cardiogram.judge.llm.transport import file_name
from cardiogram.judge.rating import Score
from cardiogram.judge.validation import load_calibration
from cardiogram.store import Study

Row = Mapping[str, Any]
Key = tuple[str, str]


def rows_by_judge(
    study: Study, judges: Sequence[str], statuses: Literal["rated", "all"] = "rated"
) -> dict[str, dict[Key, Row]]:
    """Rows of the cards that each judge has rated, or has been asked about, by id and text."""
    by_judge: dict[str, dict[Key, Row]] = {judge: {} for judge in judges}
    for row in study.ratings.rows():
        if row["judge"] in by_judge and (statuses == "all" or row["status"] == "rated"):
            by_judge[row["judge"]][row["id"], row["card_sha256"]] = row
    return by_judge


def need_rows(study: Study, judges: Sequence[str]) -> dict[str, dict[Key, Row]]:
    """Rows of the cards that each judge has rated.

    Raises
    ------
    DataError
        One of them has rated nothing.
    """
    by_judge = rows_by_judge(study, judges)
    for judge, rows in by_judge.items():
        if not rows:
            raise DataError(
                f"no ratings by {judge!r} in {str(study.root)!r}",
                hint=f"cardiogram rate {study.root} --judge {judge}",
            )
    return by_judge


def write_derived(study: Study, judge: str, rows: Mapping[Key, Row]) -> None:
    """Write rows of a judge that was made from others, in the shards of the models."""
    written: set[Key] = set()
    for path in study.models.shards():
        shard = study.models.read_shard(path.stem, ["id", "card_sha256"])
        keys = dict.fromkeys((model["id"], model["card_sha256"]) for model in shard)
        chosen = [rows[key] for key in keys if key in rows and key not in written]
        written.update(keys)
        study.ratings.write(f"{file_name(judge)}-{path.stem}", chosen)


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
    saved = load_calibration(path)
    rows = need_rows(study, [saved.judge])[saved.judge]
    name = f"{saved.judge}-calibrated"
    made: dict[Key, Row] = {}
    for key, row in rows.items():
        mapped = dict(row)
        mapped["judge"] = name
        mapped["judge_version"] = f"{row['judge_version']}+cal.{saved.digest}"
        for score, level_map in saved.maps.items():
            if row[f"{score}_expected"] is not None:
                levels = level_map.levels(np.array([row[f"{score}_expected"]]))[0]
                mapped |= Score.from_levels(levels).columns(score)
                mapped[f"{score}_levels"] = levels.tolist()
        made[key] = mapped
    write_derived(study, name, made)
    return len(made)
