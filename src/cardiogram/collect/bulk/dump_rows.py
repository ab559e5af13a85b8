"""Rows of a dump as ours, a batch at a time: columns, and the texts of the cards."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cardiogram.collect.bulk.arrow_values import (
    MOMENT,
    TEXTS,
    Converted,
    convert_cards,
    convert_counts,
    convert_lists,
    convert_moments,
    convert_sizes,
    convert_texts,
    convert_words,
    first_given,
    is_blank,
    put_in,
)
from cardiogram.collect.row_values import COLUMN_NAMES
from cardiogram.lazy import regex
from cardiogram.store import CARDS
from cardiogram.text import MAX_CARD_BYTES, decode, split_front_matter

_CONVERT: dict[str, Callable[[pa.Array], Converted]] = {
    "id": convert_texts,
    "author": convert_texts,
    "sha": convert_texts,
    "pipeline_tag": convert_texts,
    "library_name": convert_texts,
    "gated": convert_words,
    "tags": convert_lists,
    "downloads": convert_counts,
    "downloads_all_time": convert_counts,
    "likes": convert_counts,
    "created_at": convert_moments,
    "last_modified": convert_moments,
    "parameters": convert_sizes,
    "trending_score": convert_counts,
}
"""Our columns, in the order in which their problems are told."""

_TYPES = {
    **dict.fromkeys(("id", "author", "sha", "pipeline_tag", "library_name", "gated"), pa.string()),
    **dict.fromkeys(("downloads", "downloads_all_time", "likes", "parameters"), pa.int64()),
    **dict.fromkeys(("created_at", "last_modified"), MOMENT),
    "tags": TEXTS,
    "trending_score": pa.float64(),
}
_CLOSING = regex(rb"^---(?:\n|\Z)", re.MULTILINE)
_USUAL_STARTS = frozenset(range(0x21, 0x7F)) - {ord("-")}
"""Bytes of a card's first character that is no white space and opens no front matter."""
_LFS = b"version "
NUMBER = "row number"
"""A column of which row of the source each is, from 0."""

DUMP_ROWS = pa.schema(
    [
        *((name, _TYPES[name]) for name in _CONVERT),
        ("problems", TEXTS),
        ("card_sha256", pa.string()),
    ]
)
"""What is known of a model by one source: columns of `listing/`, null where nothing is said."""

TEXT_PARTS = pa.schema(list(CARDS)[1:])
"""The columns of `cards/` but the hash."""


def dump_columns(present: Sequence[str]) -> list[str]:
    """Those of a file's columns that are read."""
    known = {name for theirs in COLUMN_NAMES.values() for name in theirs}
    return [name for name in present if name in known]


def is_text(name: str) -> bool:
    """Whether a column of a dump holds the cards."""
    return name in COLUMN_NAMES["text"]


def convert_rows(raw: pa.RecordBatch) -> pa.RecordBatch:
    """Rows as :data:`DUMP_ROWS`, without the hashes of the cards.

    Parameters
    ----------
    raw
        Columns as the dump calls them, and :data:`NUMBER`: a row without an id is named by it.
    """
    columns: dict[str, pa.Array] = {}
    problems: list[pa.Array] = []
    for ours, convert in _CONVERT.items():
        theirs = [raw[name] for name in COLUMN_NAMES[ours] if name in raw.schema.names]
        if not theirs:
            columns[ours] = pa.nulls(raw.num_rows, _TYPES[ours])
        else:
            converted = first_given([convert(_in_milliseconds(column)) for column in theirs])
            columns[ours] = converted.values.cast(_TYPES[ours])
            if converted.problems is not None:
                problems.append(converted.problems)
    nameless = is_blank(columns["id"])
    if nameless.true_count:
        marks = nameless.to_numpy(zero_copy_only=False)
        numbers = raw[NUMBER].filter(nameless).to_pylist()
        fallback = pa.array([f"row-{number + 1}" for number in numbers], pa.string())
        columns["id"] = put_in(columns["id"], marks, fallback)
        problems.insert(0, pc.if_else(nameless, "no_id", None))
    if "disabled" in raw.schema.names and pa.types.is_boolean(raw["disabled"].type):
        problems.append(pc.if_else(raw["disabled"], "disabled", None))
    columns["problems"] = _lists(problems, raw.num_rows)
    columns["card_sha256"] = pa.nulls(raw.num_rows, pa.string())
    return pa.RecordBatch.from_pydict(columns, schema=DUMP_ROWS)


def _in_milliseconds(column: pa.Array) -> pa.Array:
    """A column of moments as finely as a study keeps them."""
    kind = column.type
    if not pa.types.is_timestamp(kind):
        return column
    return column.cast(pa.timestamp("ms", tz=kind.tz), safe=False)


def _lists(columns: Sequence[pa.Array], length: int) -> pa.Array:
    """What is told of each row, as one list."""
    told: list[list[str]] = [[] for _ in range(length)]
    for column in columns:
        places = np.flatnonzero(pc.is_valid(column).to_numpy(zero_copy_only=False))
        for place, problem in zip(places.tolist(), column.drop_null().to_pylist(), strict=True):
            told[place].append(problem)
    return pa.array(told, TEXTS)


def find_texts(raw: pa.RecordBatch) -> pa.Array | None:
    """The cards as bytes; None where the file has no column of them."""
    theirs = [raw[name] for name in COLUMN_NAMES["text"] if name in raw.schema.names]
    return first_given([convert_cards(column) for column in theirs]).values if theirs else None


def split_texts(texts: pa.Array) -> tuple[pa.Array, pa.Array, pa.RecordBatch]:
    """Hash cards, and split each different one as `cards/` keeps it.

    Returns
    -------
    hashes
        Null where there is no card.
    places
        Of each card in the third; null where there is none.
    parts
        Columns :data:`TEXT_PARTS`, one row a different card.
    """
    hashes: list[str | None] = []
    different: list[tuple[bytes, int]] = []
    met: dict[str | None, int | None] = {None: None}
    sizes = pc.binary_length(texts).to_pylist()
    beginnings = pc.binary_slice(texts, 0, MAX_CARD_BYTES + 1)
    for place, (size, data) in enumerate(zip(sizes, beginnings.to_pylist(), strict=True)):
        if data is None:
            hashes.append(None)
            continue
        whole = data if size == len(data) else texts[place].as_buffer()
        sha = hashlib.sha256(whole).hexdigest()
        hashes.append(sha)
        if sha not in met:
            met[sha] = len(different)
            different.append((data, size))
    places = pa.array(map(met.__getitem__, hashes), pa.int64())
    return pa.array(hashes, pa.string()), places, _split_all(different)


def _split_all(cards: Sequence[tuple[bytes, int]]) -> pa.RecordBatch:
    """Cards as their parts; usual ones without making texts of their bytes."""
    parts = [_split_usual(data, size) or _split(data, size) for data, size in cards]
    try:
        return _as_columns(parts)
    except pa.ArrowInvalid:  # a card of bytes that are no UTF-8
        return _as_columns([_split(data, size) for data, size in cards])


def _as_columns(parts: Sequence[tuple[object, ...]]) -> pa.RecordBatch:
    columns = list(zip(*parts, strict=True)) if parts else [()] * len(TEXT_PARTS)
    arrays = [
        pa.array(column, pa.large_binary()).cast(pa.large_string()).cast(field.type)
        if field.name in ("front_matter", "body")
        else pa.array(column, field.type)
        for column, field in zip(columns, TEXT_PARTS, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=TEXT_PARTS)


def _split(data: bytes, size: int) -> tuple[object, ...]:
    decoded = decode(data)
    front, body, body_line, problems = split_front_matter(decoded.text)
    return front, body, body_line, size, [*decoded.problems, *problems]


def _split_usual(data: bytes, size: int) -> tuple[object, ...] | None:
    """The same for UTF-8 without anything that :func:`decode` mends; None for other cards."""
    if not data or size > MAX_CARD_BYTES or b"\r" in data or b"\0" in data:
        return None
    if data.startswith(b"---\n"):
        closing = _CLOSING.search(data, 4)
        if closing is None:
            return None
        end = closing.start()
        return data[4:end], data[closing.end() :], data.count(b"\n", 0, end) + 1, size, []
    if data[0] in _USUAL_STARTS and not data.startswith(_LFS):
        return None, data, 0, size, []
    return None
