"""Cards of a shard are counted and rated together: read, parsed, counted and rated as columns."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, runtime_checkable

import pyarrow as pa

from cardiogram.cards import Card, collector_paused, parse_card, whole_text
from cardiogram.cards.features import (
    FEATURE_NAMES,
    CardFeatures,
    facets_of,
    fields_of,
    list_pieces,
    read_features,
    traits_of,
)
from cardiogram.engine import join_batches
from cardiogram.judge.expectations import name_missed
from cardiogram.judge.rate_shards import JudgeKey
from cardiogram.judge.rating import Judge, Rating
from cardiogram.names import CardType
from cardiogram.records import replace
from cardiogram.store import FEATURES, Row, ratings_schema

_AT_ONCE = 256
"""Cards that are counted together, which shares the work."""


@runtime_checkable
class ColumnJudge(Protocol):
    """A judge that rates by what is counted in a card, and gives its numbers as columns."""

    def rate_columns(self, cards: Sequence[CardFeatures]) -> Mapping[str, Sequence[float]]:
        """Columns of `ratings/`, of cards that are counted already."""


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
        return self._rate(
            [{**row, "body": "", "front_matter": None, "text_problems": ["poisoned"]}],
            is_poisoned=True,
        )

    def _rate(self, rows: Sequence[Row], *, is_poisoned: bool = False) -> pa.RecordBatch:
        cards = _parse(rows)
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


def _parse(rows: Sequence[Row]) -> list[Card]:
    """The cards of some rows; one text that many models have is parsed once."""
    parsed: dict[object, Card] = {}
    cards = []
    for row in rows:
        id, known = row["id"] or "", {}
        if row["front_matter"] is None:
            known = {name: row[name] for name in ("pipeline_tag", "library_name")}
            known["tags"] = tuple(row["tags"] or ())
        key = (row["card_sha256"], row["in_lfs"], *known.values())
        if key in parsed:
            card = replace(parsed[key], id=id)
        else:
            card = parsed[key] = parse_card(
                whole_text(row), id=id, sha=row["card_sha256"], in_lfs=row["in_lfs"], **known
            )
        problems = tuple(dict.fromkeys((*(row["text_problems"] or ()), *card.problems)))
        cards.append(card if problems == card.problems else replace(card, problems=problems))
    return cards


def _features(
    rows: Sequence[Row], reads: Mapping[int, CardFeatures], places: Sequence[int]
) -> pa.RecordBatch:
    """Rows of `features/`."""
    counted = [(rows[place], reads[place], tuple(rows[place]["tags"] or ())) for place in places]
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
        "pieces": list_pieces([read.card for _, read, _ in counted]),
        "fields": [fields_of(read.card, tags) for _, read, tags in counted],
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
    structs = batch.to_struct_array()
    if len(places) == count:
        return structs
    by_place = {place: number for number, place in enumerate(places)}
    return structs.take(pa.array([by_place.get(place) for place in range(count)], pa.int32()))
