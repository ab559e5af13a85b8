"""One judge's ratings of the models of a study, in columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.analysis.columns.id_index import IdIndex
from cardiogram.analysis.columns.model_columns import ModelColumns
from cardiogram.names import SCORES
from cardiogram.stats.resampling import Floats
from cardiogram.store import Study

_VERSIONS = ("judge_version", "rubric_version")


@dataclass(frozen=True, slots=True)
class RatingColumns:
    """The last rating of each model, NaN where there is none of the text that its card has now.

    Attributes
    ----------
    expected, whole
        The nine numbers by name, shape (n,) each.
    versions
        Of the judge and of the rubric, by "judge" and "rubric".
    rated
        Models with an overall rating.
    outdated
        Models whose rating is of an older text.
    any
        Whether there is a rating at all.
    """

    expected: dict[str, Floats]
    whole: dict[str, NDArray[np.float32]]
    versions: dict[str, str]
    rated: int
    outdated: int
    any: bool


def read_ratings(study: Study, judge: str, models: ModelColumns, places: IdIndex) -> RatingColumns:
    """Read `ratings/` shard by shard; what the judge refused or failed at is no rating.

    Parameters
    ----------
    places
        Of the models' ids.
    """
    n = len(models.ids)
    read = _Read.of(n)
    for path in study.ratings.shards():
        table = study.ratings.read(_COLUMNS, path.name)
        is_it = pc.and_(pc.equal(table["judge"], judge), pc.equal(table["status"], "rated"))
        read.add(table.filter(pc.fill_null(is_it, False)).combine_chunks(), models, places)
    known = np.isfinite(read.whole["overall"])
    return RatingColumns(
        read.expected,
        read.whole,
        {kind: read.words(f"{kind}_version", known) for kind in ("judge", "rubric")},
        int(known.sum()),
        int((read.state == _OUTDATED).sum()),
        read.any,
    )


_COLUMNS = [
    "id",
    "card_sha256",
    "judge",
    "status",
    *_VERSIONS,
    *(column for name in SCORES for column in (name, f"{name}_expected")),
]
_NONE, _OUTDATED, _CURRENT = range(3)


@dataclass(slots=True)
class _Read:
    """What was read so far: of rows of one model the last."""

    expected: dict[str, Floats]
    whole: dict[str, NDArray[np.float32]]
    state: NDArray[np.int8]
    version: NDArray[np.int32]
    versions: dict[tuple[str, ...], int]
    any: bool = False

    @classmethod
    def of(cls, n: int) -> _Read:
        columns = [f"{name}_expected" for name in SCORES]
        return cls(
            {name: np.full(n, np.nan) for name in columns},
            {name: np.full(n, np.nan, np.float32) for name in SCORES},
            np.zeros(n, np.int8),
            np.zeros(n, np.int32),
            {},
        )

    def add(self, table: pa.Table, models: ModelColumns, places: IdIndex) -> None:
        """Set the rows of the models that a shard rates."""
        self.any = self.any or table.num_rows > 0
        row = places.find(table["id"].combine_chunks())
        table, row = table.filter(pa.array(row >= 0)), row[row >= 0]
        sha = table["card_sha256"].combine_chunks()
        own = models.shas.take(pa.array(row))
        same = pc.or_(pc.is_null(sha), pc.fill_null(pc.equal(sha, own), False))
        is_current = same.to_numpy(zero_copy_only=False)
        self.state[row] = np.where(is_current, _CURRENT, _OUTDATED)
        for columns, kind in ((self.expected, np.float64), (self.whole, np.float32)):
            for name, column in columns.items():
                values = np.asarray(table[name].to_numpy(), kind)
                column[row] = np.where(is_current, values, np.nan)
        pairs = zip(*(table[name].to_pylist() for name in _VERSIONS), strict=True)
        self.version[row] = [
            self.versions.setdefault((str(judge or ""), str(rubric or "")), len(self.versions))
            for judge, rubric in pairs
        ]

    def words(self, column: str, known: NDArray[np.bool_]) -> str:
        """The versions of the ratings that are known."""
        there = np.unique(self.version[known]).tolist()
        pairs = [pair for pair, number in self.versions.items() if number in there]
        return ", ".join(sorted({pair[_VERSIONS.index(column)] for pair in pairs}))
