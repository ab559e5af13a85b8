"""A shard of a study is rated by one worker: read, counted, rated and written there.

A shard of `features/` and of `ratings/` belongs to the shard of `models/` of its name. Its note
says what it was made from: where that is the same, nothing is read but notes.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol, TypeAlias, TypeVar, runtime_checkable

import pyarrow as pa

from cardiogram.cards import (
    Card,
    StoredTexts,
    collector_paused,
    counting_key,
    counting_version,
    has_card,
    parse_card,
    whole_text,
)
from cardiogram.cards.features import (
    FEATURE_NAMES,
    CardFeatures,
    facets_of,
    read_features,
    terms_of,
    traits_of,
)
from cardiogram.engine import Shard, join_batches
from cardiogram.errors import DataError
from cardiogram.judge.expectations import name_missed
from cardiogram.judge.llm.transport import file_name
from cardiogram.judge.rated_counts import COUNTED, RatedCounts
from cardiogram.judge.rating import Judge, Rating
from cardiogram.names import CardType
from cardiogram.store import FEATURES, Row, Study, Table, ratings_schema

_AT_ONCE = 128
"""Cards that are counted together, which shares the work."""

_MODEL = ["id", "card_sha256", "tags", "pipeline_tag", "library_name", "problems"]
RATED_AS = ("id", "input_sha256", "judge", "judge_version", "rubric_version", "status", "problems")

OnlySome: TypeAlias = "Callable[[Study, str], frozenset[str]]"
"""`input_sha256` of the cards of a shard that are to be rated, by the shard's name."""

K = TypeVar("K")

Key: TypeAlias = tuple[str, str]
"""Id of a model and `input_sha256` of its card."""


@runtime_checkable
class ColumnJudge(Protocol):
    """A judge that rates by what is counted in a card, and gives its numbers as columns."""

    def rate_columns(self, cards: Sequence[CardFeatures]) -> Mapping[str, Sequence[float]]:
        """Columns of `ratings/`, of cards that are counted already."""


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
        texts = _read_texts(self.study, self.name, [row["card_sha256"] for row in rows])
        if gone := sum(row["card_sha256"] not in texts for row in rows):
            raise DataError(
                f"the texts of {gone} cards are not in {str(self.study.root)!r}",
                hint=f"They are read again by: cardiogram collect {self.study.root}",
            )
        return pa.RecordBatch.from_pylist(
            [{**row, **texts[row["card_sha256"]]} for row in rows], schema=_CARDS_TO_RATE
        )


_CARDS_TO_RATE = pa.schema(
    [
        ("key", pa.string()),
        ("id", pa.string()),
        ("card_sha256", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("pipeline_tag", pa.string()),
        ("library_name", pa.string()),
        ("in_lfs", pa.bool_()),
        ("text", pa.large_string()),
        ("has_front_matter", pa.bool_()),
        ("text_problems", pa.list_(pa.string())),
        ("is_counted", pa.bool_()),
        ("wanted", pa.list_(pa.bool_())),
    ]
)
"""What a worker is given of a card; `wanted` by the judges, in their order."""


def _models(study: Study, name: str) -> list[Row]:
    """The models of a shard that have a card, each with the key of its row of `features/`."""
    rows = filter(has_card, study.models.read_shard(name, _MODEL))
    return [
        {**row, "key": counting_key(row), "in_lfs": "in_lfs" in (row["problems"] or ())}
        for row in rows
    ]


def _read_texts(study: Study, shard: str, hashes: Sequence[str]) -> dict[str, Row]:
    """Texts by their hashes: they lie in the shard of the same name, or in an earlier one."""
    if not hashes:
        return {}
    wanted = set(hashes)
    texts = {
        row["card_sha256"]: _text(row)
        for row in study.cards.read_shard(shard)
        if row["card_sha256"] in wanted
    }
    if elsewhere := wanted - texts.keys():
        stored = _stored_texts(study, study.cards.folder.stat().st_mtime_ns)
        texts |= {sha: _text(row) for sha, row in stored.find(sorted(elsewhere))}
    return texts


@lru_cache(maxsize=1)
def _stored_texts(study: Study, changed: int) -> StoredTexts:
    """Where the texts of a study are, as long as its folder of them does not change."""
    return StoredTexts(study)


def _text(row: Row) -> Row:
    return {
        "text": whole_text(row),
        "has_front_matter": row["front_matter"] is not None,
        "text_problems": row["problems"],
    }


@dataclass(frozen=True, slots=True)
class RateBatch:
    """Counts cards, and rates them by judges; pure.

    Parameters
    ----------
    type
        Whose cards they are.
    """

    judges: tuple[Judge, ...] = ()
    type: CardType = "model"

    def __reduce__(self) -> tuple[Callable[[bytes], RateBatch], tuple[bytes]]:
        """Travel so that a process loads the judges once, however many shards it is given."""
        return _load_batch, (pickle.dumps((self.judges, self.type)),)

    def __call__(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """A column a table, a row a row: what to keep in `features/`, and in `ratings/` by judge.

        A row is null where nothing was to be done for it.
        """
        with collector_paused():
            return join_batches(
                [
                    self._rate(rows.slice(first, _AT_ONCE).to_pylist())
                    for first in range(0, max(1, rows.num_rows), _AT_ONCE)
                ]
            )

    def poisoned(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """The card as one without a text, which nobody has rated."""
        (row,) = rows.to_pylist()
        return self._rate([{**row, "text": "", "text_problems": ["poisoned"]}], is_poisoned=True)

    def _rate(self, rows: Sequence[Row], *, is_poisoned: bool = False) -> pa.RecordBatch:
        cards = [_parse(row) for row in rows]
        reads = self._count(rows, cards)
        new = [place for place, row in enumerate(rows) if not row["is_counted"]]
        columns = [_spread(_features(rows, reads, new), new, len(rows))]
        for number, judge in enumerate(self.judges):
            judge_key = JudgeKey.of(judge)
            chosen = [place for place, row in enumerate(rows) if row["wanted"][number]]
            if is_poisoned:
                table = self._as_table([cards[place] for place in chosen], _refuse(judge))
            elif isinstance(judge, ColumnJudge):
                table = self._by_columns(judge, judge_key, [reads[place] for place in chosen])
            else:
                table = self._as_table([cards[place] for place in chosen], judge.rate)
            columns.append(_spread(table, chosen, len(rows)))
        return pa.RecordBatch.from_arrays(columns, list(map(str, range(len(columns)))))

    def _count(self, rows: Sequence[Row], cards: Sequence[Card]) -> dict[int, CardFeatures]:
        """What is counted in the cards in which anything is to be counted, by their places."""
        by_columns = [isinstance(judge, ColumnJudge) for judge in self.judges]
        places = [
            place
            for place, row in enumerate(rows)
            if not row["is_counted"]
            or any(wanted and by for wanted, by in zip(row["wanted"], by_columns, strict=True))
        ]
        return dict(zip(places, read_features([cards[place] for place in places]), strict=True))

    def _by_columns(
        self, judge: ColumnJudge, made_by: JudgeKey, reads: Sequence[CardFeatures]
    ) -> pa.RecordBatch:
        columns: dict[str, Sequence[object]] = {
            "id": [read.card.id for read in reads],
            "card_sha256": [read.card.sha256 for read in reads],
            "input_sha256": [read.card.input_sha256 for read in reads],
            "judge": [made_by.id] * len(reads),
            "judge_version": [made_by.version] * len(reads),
            "rubric_version": [made_by.rubric_version] * len(reads),
            "status": ["rated"] * len(reads),
            "cost_usd": [0.0] * len(reads),
            "problems": [read.card.problems for read in reads],
            "missed": [name_missed(read) for read in reads],
            **(judge.rate_columns(reads) if reads else {}),
        }
        return _as_batch(columns, len(reads), ratings_schema(self.type))

    def _as_table(
        self, cards: Sequence[Card], rate: Callable[[Sequence[Card]], Sequence[Rating]]
    ) -> pa.RecordBatch:
        ratings = rate(cards) if cards else ()
        rows = [
            rating.row(card.id, card.sha256) for card, rating in zip(cards, ratings, strict=True)
        ]
        return pa.RecordBatch.from_pylist(rows, schema=ratings_schema(self.type))


@lru_cache(maxsize=1)
def _load_batch(pickled: bytes) -> RateBatch:
    return RateBatch(*pickle.loads(pickled))


def _refuse(judge: Judge) -> Callable[[Sequence[Card]], list[Rating]]:
    """What rates nothing in a judge's place."""

    def rate(cards: Sequence[Card]) -> list[Rating]:
        key = judge.id, judge.version, judge.rubric_version
        return [
            Rating(*key, card.input_sha256, "failed", cost_usd=None, problems=card.problems)
            for card in cards
        ]

    return rate


def _parse(row: Row) -> Card:
    """The card of a row; one text that many models have is parsed once."""
    said = (tuple(row["tags"] or ()), row["pipeline_tag"], row["library_name"])
    known = ((), None, None) if row["has_front_matter"] else said
    card = _parse_text(row["text"], row["card_sha256"], row["in_lfs"], *known)
    problems = dict.fromkeys((*(row["text_problems"] or ()), *card.problems))
    return replace(card, id=row["id"] or "", problems=tuple(problems))


@lru_cache(maxsize=64)
def _parse_text(
    text: str,
    sha: str,
    in_lfs: bool,
    tags: tuple[str, ...],
    pipeline_tag: str | None,
    library_name: str | None,
) -> Card:
    known = {"tags": tags, "pipeline_tag": pipeline_tag, "library_name": library_name}
    return parse_card(text, **known, sha=sha, in_lfs=in_lfs)  # type: ignore[arg-type]


def _features(
    rows: Sequence[Row], reads: Mapping[int, CardFeatures], places: Sequence[int]
) -> pa.RecordBatch:
    """Rows of `features/`."""
    counted = [(rows[place], reads[place], tuple(rows[place]["tags"] or ())) for place in places]
    terms = [terms_of(read.card, tags) for _, read, tags in counted]
    width = len(FEATURE_NAMES)
    numbers = b"".join(read.vector for _, read, _ in counted)
    vectors = pa.Array.from_buffers(
        pa.float32(), len(counted) * width, [None, pa.py_buffer(numbers)]
    )
    starts = pa.array(range(0, len(counted) * width + 1, width), pa.int32())
    columns: dict[str, object] = {
        "id": [read.card.id for _, read, _ in counted],
        "card_sha256": [read.card.sha256 for _, read, _ in counted],
        "input_sha256": [read.card.input_sha256 for _, read, _ in counted],
        "key": [row["key"] for row, _, _ in counted],
        "problems": [read.card.problems for _, read, _ in counted],
        "vector": pa.ListArray.from_arrays(starts, vectors),
        "traits": [traits_of(read.card, read.features, tags) for _, read, tags in counted],
        "pieces": [term.pieces_as_text() for term in terms],
        "fields": [term.fields for term in terms],
        "facets": [
            facets_of(read.card, tags, read.features.makers).row() for _, read, tags in counted
        ],
    }
    return _as_batch(columns, len(counted), FEATURES)


def _as_batch(columns: Mapping[str, object], rows: int, schema: pa.Schema) -> pa.RecordBatch:
    """Columns in the order and types of a schema; one left out is null."""
    arrays = []
    for field in schema:
        values = columns.get(field.name) if rows else None
        if values is None:
            arrays.append(pa.nulls(rows, field.type))
        elif isinstance(values, list | tuple):
            arrays.append(pa.array(values, field.type))
        else:
            arrays.append(pa.array(values).cast(field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _spread(batch: pa.RecordBatch, places: Sequence[int], count: int) -> pa.Array:
    """Rows as structs at their places among so many; null elsewhere."""
    by_place = {place: number for number, place in enumerate(places)}
    return batch.to_struct_array().take(
        pa.array([by_place.get(place) for place in range(count)], pa.int32())
    )


@dataclass(frozen=True, slots=True)
class StudyTables:
    """`features/` and `ratings/` of a study, where what is new joins what is kept."""

    study: Study
    judges: tuple[JudgeKey, ...] = ()
    only: OnlySome | None = None

    def find(self, shard: Shard) -> tuple[RatedCounts, ...] | None:
        """Counts by judge, where all was made from what is there now and nothing is to be tried."""
        features, ratings = self.study.features, self.study.ratings
        made_from = _made_from(self.study, shard.name)
        if self.only is not None or features.note(shard.name).get("made_from") != made_from:
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
    structs = column.filter(column.is_valid())
    return pa.Table.from_batches([pa.RecordBatch.from_struct_array(structs)])


def _keys(rows: pa.Table) -> list[Key]:
    return list(zip(*(rows[name].to_pylist() for name in ("id", "input_sha256")), strict=True))


def _choose(
    tables: Sequence[pa.Table], keys_of: Callable[[pa.Table], list[K]], wanted: Sequence[K]
) -> pa.Table:
    """The rows with the keys that are wanted, in their order; of several, the last."""
    table = pa.concat_tables(tables)
    places = {key: place for place, key in enumerate(keys_of(table))}
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
