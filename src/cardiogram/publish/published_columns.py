"""Which columns of a study's tables are published, and what each of them means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple, TypeAlias

import pyarrow as pa

from cardiogram.names import DATA, SCORES
from cardiogram.store import MAP, MODELS, RATINGS

TableName: TypeAlias = Literal["models", "ratings", "map", "cards"]

OWN_WORDS = frozenset({"embedded", "dataset-rules"})
"""Judges whose evidence is written by us; that of others may quote the card."""


class Field(NamedTuple):
    """A column in words; `unit` is a unit, a range or a form, "" where there is none."""

    meaning: str
    unit: str = ""


@cache
def describe_columns(table: str) -> Mapping[str, Field]:
    """Columns of `models`, `ratings`, `map` or `cards` that are published, in their order.

    `kept_back` are columns of the ratings that are not published, and why.

    Examples
    --------
    >>> describe_columns("ratings")["usage_low"].unit
    '1 to 5'
    """
    columns = json.loads((DATA / "published-columns.json").read_text("utf-8"))[table]
    return {
        name.replace("{score}", score): Field(*words)
        for name, words in columns.items()
        for score in (SCORES if "{score}" in name else ("",))
    }


_MODELS = pa.schema(
    [
        *(field for field in MODELS if field.name != "fetched_at"),
        ("card_bytes", pa.int64()),
        ("card_url", pa.string()),
        ("card_included", pa.bool_()),
        MODELS.field("fetched_at"),
    ]
)
_RATINGS = pa.schema([field for field in RATINGS if field.name in describe_columns("ratings")])
_CARDS = pa.schema(
    [
        ("card_sha256", pa.string()),
        ("ids", pa.list_(pa.string())),
        ("license", pa.string()),
        ("url", pa.string()),
        ("text", pa.large_string()),
        ("bytes", pa.int64()),
    ]
)

SCHEMAS: Mapping[TableName, pa.Schema] = {
    "models": _MODELS,
    "ratings": _RATINGS,
    "map": pa.schema([MAP.field(name) for name in describe_columns("map")]),
    "cards": _CARDS,
}
"""The published tables."""


def features(schema: Iterable[pa.Field]) -> list[dict[str, Any]]:
    """Columns as the `features` of a dataset's metadata.

    Examples
    --------
    >>> features([pa.field("likes", pa.int64()), pa.field("tags", pa.list_(pa.string()))])
    [{'name': 'likes', 'dtype': 'int64'}, {'name': 'tags', 'list': 'string'}]
    """
    return [{"name": field.name, **_feature(field.type)} for field in schema]


def _feature(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        inner = _feature(kind.value_type)
        return {"list": inner.get("dtype", inner.get("struct"))}
    if pa.types.is_struct(kind):
        return {"struct": features([kind.field(i) for i in range(kind.num_fields)])}
    if pa.types.is_dictionary(kind):
        return _feature(kind.value_type)
    return {"dtype": _NAMES.get(str(kind), str(kind))}


_NAMES = {"double": "float64", "float": "float32", "timestamp[ms, tz=UTC]": "timestamp[ms, tz=UTC]"}
