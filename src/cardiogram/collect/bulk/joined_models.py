"""One bucket: rows of all sources by id, as models and the texts that they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cardiogram.collect.bulk.arrow_values import TEXTS
from cardiogram.collect.bulk.dump_rows import DUMP_ROWS, TEXT_PARTS
from cardiogram.engine import join_batches
from cardiogram.hub import base_models
from cardiogram.store import CARDS, MODELS

INCOMING = pa.schema(
    [
        ("source", pa.int32()),
        *DUMP_ROWS,
        ("stratum", pa.string()),
        ("weight", pa.float64()),
        ("text", pa.struct(list(TEXT_PARTS))),
    ]
)
"""A row of a source on its way into a bucket; `source` is its place among those asked for."""


@dataclass(frozen=True, slots=True)
class Join:
    """How the rows of several sources become models.

    Attributes
    ----------
    texts
        Places of the sources that have the cards: these say which models there are.
    needed
        Places of the others that a model must be in, since a filter asks for their columns.
    fetched_at
        When this was asked.
    """

    texts: tuple[int, ...]
    needed: tuple[int, ...]
    fetched_at: datetime


class Bucket(NamedTuple):
    """A bucket of a study, and how many rows were left out since their id had come before."""

    models: pa.RecordBatch
    cards: pa.RecordBatch
    doubled: int


def join_bucket(
    how: Join,
    incoming: pa.RecordBatch,
    models_before: pa.RecordBatch | None = None,
    cards_before: pa.RecordBatch | None = None,
) -> Bucket:
    """Join the rows of a bucket by id; of rows with one id in one source the first counts.

    Parameters
    ----------
    incoming
        :data:`INCOMING`, in the order of the sources.
    models_before, cards_before
        What the bucket held: models with the ids of new rows are replaced where they stand, other
        new ones come after them.
    """
    light = incoming.select([name for name in INCOMING.names if name != "text"])
    rows = light.filter(pc.is_in(light["source"], value_set=pa.array(how.texts, pa.int32())))
    first = first_places(rows["id"])
    doubled = rows.num_rows - len(first)
    rows = rows.take(first)
    parts: list[pa.RecordBatch] = []
    there = pa.array(np.ones(rows.num_rows, bool))
    for place in _places(how, incoming):
        part = rows
        if place not in how.texts:
            listed = light.filter(pc.equal(light["source"], place))
            first = first_places(listed["id"])
            doubled += listed.num_rows - len(first)
            listed = listed.take(first)
            part = listed.take(pc.index_in(rows["id"], value_set=listed["id"]))
        if place in how.needed:
            there = pc.and_(there, pc.is_valid(part["id"]))
        parts.append(part)
    joined = _coalesce(rows, parts).filter(there)
    models = _finish(joined, how.fetched_at)
    models = models if models_before is None else _upsert(models_before, models)
    texts = [_texts_of(incoming), *([] if cards_before is None else [cards_before])]
    return Bucket(models, _needed_texts(models, texts), doubled)


def _places(how: Join, incoming: pa.RecordBatch) -> list[int]:
    """Places of the parts of a join, in their order."""
    every = {*pc.unique(incoming["source"]).to_pylist(), how.texts[0], *how.needed}
    return sorted(every - {*how.texts[1:]})


def first_places(ids: pa.Array) -> pa.Array:
    """Where each id stands first."""
    codes = ids.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    return pa.array(np.sort(np.unique(codes, return_index=True)[1]))


def _coalesce(rows: pa.RecordBatch, parts: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Columns of the first source that says anything; problems of all."""
    if len(parts) == 1:
        return rows
    columns = {name: rows[name] for name in rows.schema.names}
    for name in DUMP_ROWS.names:
        if name not in ("id", "problems", "card_sha256"):
            columns[name] = pc.coalesce(*(part[name] for part in parts))
    told = zip(*(part["problems"].to_pylist() for part in parts), strict=True)
    problems = [list(dict.fromkeys(p for some in each for p in some or ())) for each in told]
    columns["problems"] = pa.array(problems, TEXTS)
    return pa.RecordBatch.from_pydict(columns, schema=rows.schema)


def _finish(rows: pa.RecordBatch, fetched_at: datetime) -> pa.RecordBatch:
    """Joined rows as rows of `models/`."""
    empty = pa.scalar([], TEXTS)
    owner = pc.struct_field(pc.extract_regex(rows["id"], r"^(?P<owner>[^/]+)/"), "owner")
    tags = pc.if_else(pc.is_valid(rows["tags"]), rows["tags"], empty)
    lonely = pc.and_(
        pc.is_null(rows["card_sha256"]), pc.equal(pc.list_value_length(rows["problems"]), 0)
    )
    columns = {name: rows[name] for name in MODELS.names if name in rows.schema.names}
    columns |= {
        "author": pc.coalesce(rows["author"], owner),
        "tags": tags,
        "license": _first_tag(tags, "license:"),
        "base_model": _base_models(tags),
        "stratum": pc.fill_null(rows["stratum"], "all"),
        "weight": pc.fill_null(rows["weight"], 1.0),
        "problems": pc.if_else(lonely, pa.scalar(["no_readme"], TEXTS), rows["problems"]),
        "fetched_at": pa.array([fetched_at] * rows.num_rows, MODELS.field("fetched_at").type),
    }
    return pa.RecordBatch.from_pydict({name: columns[name] for name in MODELS.names}, schema=MODELS)


def _first_tag(tags: pa.Array, prefix: str) -> pa.Array:
    """What follows a prefix in the first tag of each row that has it."""
    places, values = _tags_with(tags, prefix)
    first, at = np.unique(places, return_index=True)
    indices = np.full(len(tags), -1)
    indices[first] = at
    wanted = pa.array(indices, mask=indices < 0)
    return pc.utf8_slice_codeunits(values.take(wanted), len(prefix))


def _base_models(tags: pa.Array) -> pa.Array:
    places, values = _tags_with(tags, "base_model:")
    named: list[list[str]] = [[] for _ in range(len(tags))]
    for place, tag in zip(places.tolist(), values.to_pylist(), strict=True):
        named[place].append(tag)
    return pa.array([base_models(some) if some else some for some in named], TEXTS)


def _tags_with(tags: pa.Array, prefix: str) -> tuple[np.ndarray, pa.Array]:
    """The rows of all tags that start so, and the tags."""
    flat = pc.list_flatten(tags)
    marks = pc.starts_with(flat, prefix)
    places = pc.list_parent_indices(tags).filter(marks).to_numpy(zero_copy_only=False)
    return places, flat.filter(marks)


def _upsert(before: pa.RecordBatch, models: pa.RecordBatch) -> pa.RecordBatch:
    """Models before, those with new rows replaced where they stand, and the new ones after."""
    replaced = pc.index_in(before["id"], value_set=models["id"])
    size = models.num_rows
    kept = pa.array(np.arange(size, size + before.num_rows))
    added = np.flatnonzero(
        pc.invert(pc.is_in(models["id"], value_set=before["id"])).to_numpy(zero_copy_only=False)
    )
    places = pa.concat_arrays([pc.coalesce(replaced.cast(pa.int64()), kept), pa.array(added)])
    return join_batches([models, before.cast(models.schema)]).take(places)


def _texts_of(incoming: pa.RecordBatch) -> pa.RecordBatch:
    """The texts that come with rows, as rows of `cards/`."""
    some = incoming.filter(pc.is_valid(incoming["text"]))
    parts = [some["text"].field(name) for name in TEXT_PARTS.names]
    return pa.RecordBatch.from_arrays([some["card_sha256"], *parts], schema=CARDS)


def _needed_texts(models: pa.RecordBatch, texts: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Each text that the models have, once, in the order of the models."""
    wanted = pc.unique(models["card_sha256"].drop_null())
    whole = join_batches([some.cast(CARDS) for some in texts])
    return whole.take(pc.index_in(wanted, value_set=whole["card_sha256"]))
