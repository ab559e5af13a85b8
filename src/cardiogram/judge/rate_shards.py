"""A shard of a study as a worker reads it, and the tables that it writes.

A shard of `features/` and of `ratings/` belongs to the shard of `models/` of its name. Its note
says what it was made from: where that is the same, nothing is read but notes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from cardiogram.cards import StoredTexts, counting_key, counting_version, has_card
from cardiogram.engine import Shard
from cardiogram.errors import DataError
from cardiogram.judge.llm.transport import file_name
from cardiogram.judge.rated_counts import COUNTED, RatedCounts
from cardiogram.judge.rating import Judge
from cardiogram.store import Row, Study, Table

_MODEL = ["id", "card_sha256", "tags", "pipeline_tag", "library_name", "problems"]
RATED_AS = ("id", "input_sha256", "judge", "judge_version", "rubric_version", "status", "problems")

OnlySome: TypeAlias = "Callable[[Study, str], frozenset[str]]"
"""`input_sha256` of the cards of a shard that are to be rated, by the shard's name."""

K = TypeVar("K")

Key: TypeAlias = tuple[str, str]
"""Id of a model and `input_sha256` of its card."""


@dataclass(frozen=True, slots=True)
class JudgeKey:
    """What of a judge decides whether a rating still holds."""

    id: str
    version: str
    rubric_version: str

    @classmethod
    def of(cls, judge: Judge) -> JudgeKey:
        """Of a judge."""
        return cls(judge.id, judge.version, judge.rubric_version)

    def covers(self, row: Row) -> bool:
        """Whether a kept rating is by this judge as it is now; what failed is tried again."""
        made_by = row["judge"], row["judge_version"], row["rubric_version"]
        stays = row["status"] != "failed" or "poisoned" in (row["problems"] or ())
        return bool(stays and made_by == (self.id, self.version, self.rubric_version))

    def hash(self, made_from: str) -> str:
        """Hash of all that its ratings depend on, of that of the cards."""
        return _hash(made_from, self.id, self.version, self.rubric_version)

    def shard(self, name: str) -> str:
        """Name of its shard of `ratings/` for a shard of `models/`."""
        return f"{file_name(self.id)}-{name}"


@dataclass(frozen=True, slots=True)
class StudyShard:
    """The cards of a shard of `models/` that are not counted yet, or not rated by some judge."""

    study: Study
    name: str
    rows: int
    judges: tuple[JudgeKey, ...] = ()
    only: OnlySome | None = None

    def read(self) -> pa.RecordBatch:
        """One row a card: what the Hub says of the model, its text, and what is to be done.

        Raises
        ------
        DataError
            The text of a card is not in the study.
        """
        counted = self.study.features.load(self.name, ["key", "input_sha256"])
        known = dict(zip(*(column.to_pylist() for column in counted.columns), strict=True))
        rated = [self._rated(judge) for judge in self.judges]
        only = None if self.only is None else self.only(self.study, self.name)
        todo = []
        for row in _models(self.study, self.name):
            seen = known.get(row["key"])
            chosen = only is None or seen in only
            wanted = [chosen and (row["id"], seen) not in keys for keys in rated]
            if seen is None or any(wanted):
                todo.append({**row, "is_counted": seen is not None, "wanted": wanted})
        return self._with_texts(todo)

    def _rated(self, judge: JudgeKey) -> set[Key]:
        rows = self.study.ratings.load(judge.shard(self.name), RATED_AS).to_pylist()
        return {(row["id"], row["input_sha256"]) for row in rows if judge.covers(row)}

    def _with_texts(self, rows: Sequence[Row]) -> pa.RecordBatch:
        known = pa.Table.from_pylist(list(rows), schema=_MODELS_TO_RATE)
        texts = _read_texts(self.study, self.name, known["card_sha256"].combine_chunks())
        if gone := texts["card_sha256"].null_count:
            raise DataError(
                f"the texts of {gone} cards are not in {str(self.study.root)!r}",
                hint=f"They are read again by: cardiogram collect {self.study.root}",
            )
        columns = {name: texts[ours] for ours, name in _TEXT.items()}
        columns |= {name: known[name] for name in known.column_names}
        arrays = {name: column.combine_chunks() for name, column in columns.items()}
        return pa.RecordBatch.from_pydict(arrays)


_MODELS_TO_RATE = pa.schema(
    [
        ("key", pa.string()),
        ("id", pa.string()),
        ("card_sha256", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("pipeline_tag", pa.string()),
        ("library_name", pa.string()),
        ("in_lfs", pa.bool_()),
        ("is_counted", pa.bool_()),
        ("wanted", pa.list_(pa.bool_())),
    ]
)
"""What a worker is given of a card beside its text; `wanted` by the judges, in their order."""

_TEXT = {
    "front_matter": "front_matter",
    "body": "body",
    "body_line": "body_line",
    "problems": "text_problems",
}
"""Columns of a text, and what they are called beside those of its card."""


def _models(study: Study, name: str) -> list[Row]:
    """The models of a shard that have a card, each with the key of its row of `features/`."""
    rows = filter(has_card, study.models.read_shard(name, _MODEL))
    return [
        {**row, "key": counting_key(row), "in_lfs": "in_lfs" in (row["problems"] or ())}
        for row in rows
    ]


def _read_texts(study: Study, shard: str, hashes: pa.Array) -> pa.Table:
    """Texts by their hashes: they lie in the shard of the same name, or in an earlier one."""
    if not len(hashes):
        return study.cards.schema.empty_table()
    texts = study.cards.load(shard)
    elsewhere = hashes.filter(pc.invert(pc.is_in(hashes, texts["card_sha256"])))
    if len(elsewhere):
        stored = _stored_texts(study, study.cards.folder.stat().st_mtime_ns)
        rows = [row for _, row in stored.find(sorted(set(elsewhere.to_pylist())))]
        texts = pa.concat_tables([texts, study.cards.as_table(rows)])
    return texts.take(pc.index_in(hashes, texts["card_sha256"]))


@lru_cache(maxsize=1)
def _stored_texts(study: Study, changed: int) -> StoredTexts:
    """Where the texts of a study are, as long as its folder of them does not change."""
    return StoredTexts(study)


@dataclass(frozen=True, slots=True)
class StudyTables:
    """`features/` and `ratings/` of a study, where what is new joins what is kept."""

    study: Study
    judges: tuple[JudgeKey, ...] = ()
    only: OnlySome | None = None

    def find(self, shard: Shard) -> tuple[RatedCounts, ...] | None:
        """Counts by judge, where all was made from what is there now and nothing is to be tried."""
        features, ratings = self.study.features, self.study.ratings
        note = {} if self.only is not None else features.note(shard.name)
        if not note or note.get("made_from") != (made_from := _made_from(self.study, shard.name)):
            return None
        features.digest(shard.name)
        every = []
        for judge in self.judges:
            name = judge.shard(shard.name)
            note = ratings.note(name)
            if note.get("made_from") != judge.hash(made_from):
                return None
            ratings.digest(name)
            counts = RatedCounts.of_note(note["counts"])
            counts = counts or RatedCounts.of(ratings.load(name, COUNTED))
            if counts.to_try:
                return None
            every.append(counts)
        return tuple(every)

    def write(self, shard: Shard, rows: pa.RecordBatch) -> tuple[RatedCounts, ...]:
        """Write the tables of a shard where something has changed; its counts by judge."""
        made_from = _made_from(self.study, shard.name)
        models = _models(self.study, shard.name)
        features = _choose(
            [self.study.features.load(shard.name), _rows_of(rows.column(0))],
            lambda counted: counted["key"].to_pylist(),
            [row["key"] for row in models],
        )
        self._write(self.study.features, shard.name, features, {"made_from": made_from})
        keys = _keys(features)
        return tuple(
            self._write_ratings(judge, shard.name, _rows_of(rows.column(number)), keys, made_from)
            for number, judge in enumerate(self.judges, 1)
        )

    def _write_ratings(
        self, judge: JudgeKey, shard: str, new: pa.Table, keys: Sequence[Key], made_from: str
    ) -> RatedCounts:
        name = judge.shard(shard)
        kept = self.study.ratings.load(name)
        covered = [judge.covers(row) for row in kept.select(RATED_AS).to_pylist()]
        ratings = _choose([kept.filter(pa.array(covered, pa.bool_())), new], _keys, keys)
        counts = RatedCounts.of(ratings)
        note = {"made_from": judge.hash(made_from), "counts": counts.as_note()}
        self._write(self.study.ratings, name, ratings, note)
        return counts

    def _write(self, table: Table, name: str, rows: pa.Table, note: Mapping[str, str]) -> None:
        """Write a shard, unless it is there with these rows; its note where it is of all cards."""
        note = {} if self.only is not None else note
        if not table.has(name) or table.note(name) != note or not rows.equals(table.load(name)):
            table.write(name, rows, note)


def _rows_of(column: pa.Array) -> pa.Table:
    """Structs as rows; null is none."""
    structs = column.filter(column.is_valid()) if column.null_count else column
    return pa.Table.from_batches([pa.RecordBatch.from_struct_array(structs)])


def _keys(rows: pa.Table) -> list[Key]:
    return list(zip(*(rows[name].to_pylist() for name in ("id", "input_sha256")), strict=True))


def _choose(
    tables: Sequence[pa.Table], keys_of: Callable[[pa.Table], list[K]], wanted: Sequence[K]
) -> pa.Table:
    """The rows with the keys that are wanted, in their order; of several, the last."""
    table = pa.concat_tables(tables)
    keys = keys_of(table)
    if keys == wanted:
        return table.combine_chunks()
    places = {key: place for place, key in enumerate(keys)}
    chosen = [places[key] for key in wanted if key in places]
    return table.take(pa.array(chosen, pa.int64())).combine_chunks()


def _made_from(study: Study, shard: str) -> str:
    """Hash of all that a shard of `features/` depends on: not of counters, which change daily."""
    rows, sink = study.models.load(shard, _MODEL).combine_chunks(), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return _hash(hashlib.sha256(sink.getvalue()).hexdigest(), counting_version())


def _hash(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
