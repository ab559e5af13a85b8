"""The models of a study in columns."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.cards import metadata_from_tags, problem_codes
from cardiogram.cards.features import is_machine_made
from cardiogram.errors import DataError
from cardiogram.stats.ranks import Labels
from cardiogram.stats.resampling import Floats
from cardiogram.store import Study

NONE = "(none)"
"""Group of the models that name no library, or no task."""

COUNTS = ("downloads", "likes", "downloads_all_time")

Value = TypeVar("Value", bound=np.generic)

_AFTER_FLOOR = int(datetime(2022, 3, 3, tzinfo=timezone.utc).timestamp()) * 1000
"""The Hub gives the day before to every model made before it."""
_COLUMNS = [
    "id",
    "author",
    "card_sha256",
    "problems",
    "created_at",
    "tags",
    "pipeline_tag",
    "library_name",
    "parameters",
    "fetched_at",
    *COUNTS,
]


@dataclass(frozen=True, slots=True)
class ModelColumns:
    """Different models, a row each: where one stands in several rows, the last counts.

    Attributes
    ----------
    row_of
        By shard of `models/`: the row here of each of its rows, -1 where it is not studied or a
        later row is of the same model.
    shas
        Hash of each card; null where there is none.
    without_card
        Whether a model has none on the Hub.
    problems
        Rows by the code of their problems, those that are not studied, too.
    repeated
        Rows that are of a model that has a later one.
    """

    ids: pa.Array
    row_of: dict[str, NDArray[np.int64]]
    authors: Labels
    shas: pa.Array
    without_card: NDArray[np.bool_]
    created: Floats
    at_floor: NDArray[np.bool_]
    size: Floats
    machine_made: NDArray[np.bool_]
    libraries: Labels
    tasks: Labels
    counts: dict[str, Floats]
    day: str
    problems: Counter[str]
    repeated: int


def read_models(study: Study) -> ModelColumns:
    """Read `models/` shard by shard.

    Raises
    ------
    DataError
        There is no model.
    """
    reader = _Reader()
    paths = study.models.shards()
    parts = [reader.read(study.models.read(_COLUMNS, path.name)) for path in paths]
    usable = [part.studied for part in parts]
    ids = pa.concat_arrays([part.ids for part in parts]) if parts else pa.array([], pa.string())
    if not len(ids):
        raise DataError(
            f"no models in {str(study.root)!r}", hint=f"cardiogram collect {study.root}"
        )
    last, row = _last_rows(ids)
    ends = np.cumsum([mask.sum() for mask in usable]).tolist()
    row_of = {}
    for path, mask, end in zip(paths, usable, ends, strict=True):
        rows = np.full(mask.size, -1, np.int64)
        rows[mask] = row[end - int(mask.sum()) : end]
        row_of[path.stem] = rows
    repeated = len(ids) - last.size
    shas = pa.concat_arrays([part.shas for part in parts])
    if repeated:
        ids, shas = ids.take(pa.array(last)), shas.take(pa.array(last))
    return ModelColumns(
        ids=ids,
        row_of=row_of,
        authors=Labels(_join([p.authors for p in parts], last), reader.authors.labels),
        shas=shas,
        without_card=_join([p.without_card for p in parts], last),
        created=_join([p.created for p in parts], last),
        at_floor=_join([p.at_floor for p in parts], last),
        size=_join([p.size for p in parts], last),
        machine_made=_join([p.machine_made for p in parts], last),
        libraries=Labels(_join([p.libraries for p in parts], last), reader.libraries.labels),
        tasks=Labels(_join([p.tasks for p in parts], last), reader.tasks.labels),
        counts={name: _join([p.counts[name] for p in parts], last) for name in COUNTS},
        day=_day_of(_join([p.fetched for p in parts], last)),
        problems=reader.problems,
        repeated=repeated,
    )


def _join(parts: Sequence[NDArray[Value]], rows: NDArray[np.int64]) -> NDArray[Value]:
    """Some rows of parts below each other."""
    whole = np.concatenate(parts)
    return whole if rows.size == whole.size else whole[rows]


def _last_rows(ids: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The last row of each different id, by where it was first; and the reverse, -1 if not last."""
    places = np.arange(len(ids))
    encoded = ids.dictionary_encode()
    if len(encoded.dictionary) == len(ids):
        return places, places
    code = encoded.indices.to_numpy()
    last = np.zeros(len(encoded.dictionary), np.int64)
    last[code] = places
    return last, np.where(last[code] == places, code, -1)


def _day_of(fetched: Floats) -> str:
    """The last day on which a card was read, ISO; "" where none is known."""
    known = fetched[np.isfinite(fetched)]
    if not known.size:
        return ""
    return datetime.fromtimestamp(float(known.max()) / 1000, timezone.utc).date().isoformat()


@dataclass(frozen=True, slots=True)
class _Part:
    """Studied rows of one shard; `studied` is a mask over all of its rows."""

    studied: NDArray[np.bool_]
    ids: pa.Array
    authors: NDArray[np.int32]
    shas: pa.Array
    without_card: NDArray[np.bool_]
    created: Floats
    at_floor: NDArray[np.bool_]
    size: Floats
    machine_made: NDArray[np.bool_]
    libraries: NDArray[np.int32]
    tasks: NDArray[np.int32]
    counts: dict[str, Floats]
    fetched: Floats


@dataclass(slots=True)
class _Coder:
    """Numbers texts as they come."""

    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.numbers)

    def code(self, texts: pa.Array) -> NDArray[np.int32]:
        """The number of each text; none of them is null."""
        encoded = texts.dictionary_encode()
        known = self.numbers
        numbers = [known.setdefault(text, len(known)) for text in encoded.dictionary.to_pylist()]
        codes: NDArray[np.int32] = np.array(numbers, np.int32)[encoded.indices.to_numpy()]
        return codes


@dataclass(slots=True)
class _Reader:
    """Reads shards one by one, and keeps what they share."""

    authors: _Coder = field(default_factory=_Coder)
    libraries: _Coder = field(default_factory=_Coder)
    tasks: _Coder = field(default_factory=_Coder)
    problems: Counter[str] = field(default_factory=Counter)
    tags: dict[str, tuple[str, str, bool]] = field(default_factory=dict)

    def read(self, table: pa.Table) -> _Part:
        """The studied rows of a shard."""
        codes = [set[str]()] * table.num_rows
        several = pc.greater(pc.fill_null(pc.list_value_length(table["problems"]), 0), 0)
        places = np.flatnonzero(several.to_numpy())
        for place, texts in zip(
            places.tolist(), table["problems"].filter(several).to_pylist(), strict=True
        ):
            codes[place] = problem_codes(texts)
            self.problems.update(codes[place])
        named = pc.fill_null(pc.not_equal(table["id"], ""), False).to_numpy()
        studied = named & np.array(["renamed" not in own for own in codes], dtype=bool)
        lacks = np.array(["no_readme" in own for own in codes], dtype=bool)[studied]
        table = table.filter(pa.array(studied)).combine_chunks()
        ids, shas = _whole(table["id"]), _whole(table["card_sha256"])
        created = _floats(table["created_at"].cast(pa.int64()))
        with np.errstate(invalid="ignore"):
            at_floor = created < _AFTER_FLOOR
        days = created / 1000 / 86_400.0
        days[at_floor] = np.nan
        libraries, tasks, copies = self._from_tags(table)
        return _Part(
            studied,
            ids,
            self.authors.code(_authors(table)),
            shas,
            lacks & ~pc.is_valid(shas).to_numpy(zero_copy_only=False),
            days,
            at_floor,
            _log_sizes(_floats(table["parameters"])),
            copies | np.array([is_machine_made(id, ()) for id in ids.to_pylist()], dtype=bool),
            self.libraries.code(libraries),
            self.tasks.code(tasks),
            {name: _floats(table[name]) for name in COUNTS},
            _floats(table["fetched_at"].cast(pa.int64())),
        )

    def _from_tags(self, table: pa.Table) -> tuple[pa.Array, pa.Array, NDArray[np.bool_]]:
        """Library and task, and whether a tag says that the model is a copy.

        The dumps that name neither library nor task still have them as tags.
        """
        tags = _whole(table["tags"])
        owner = np.asarray(pc.list_parent_indices(tags), np.int64)
        encoded = pc.list_flatten(tags).dictionary_encode()
        said = [self._read_tag(tag) for tag in encoded.dictionary.to_pylist()]
        code = np.asarray(encoded.indices.fill_null(0), np.int64)
        copies = np.zeros(table.num_rows, dtype=bool)
        columns = []
        for place, column in enumerate(("library_name", "pipeline_tag")):
            own = _whole(table[column])
            words = np.array([tag[place] for tag in said], dtype=object)
            telling = np.flatnonzero(words[code] != "") if code.size else code
            rows, first = np.unique(owner[telling], return_index=True)
            from_tags = np.full(table.num_rows, NONE, dtype=object)
            from_tags[rows] = words[code[telling[first]]]
            is_own = pc.fill_null(pc.not_equal(own, ""), False)
            columns.append(pc.if_else(is_own, own, pa.array(from_tags, pa.string())))
        if code.size:
            made = np.array([tag[2] for tag in said], dtype=bool)[code]
            copies[owner[made]] = True
        return columns[0], columns[1], copies

    def _read_tag(self, tag: str | None) -> tuple[str, str, bool]:
        """The library and the task that a tag names, "" for none, and whether it says copy."""
        tag = tag or ""
        if (known := self.tags.get(tag)) is None:
            values = metadata_from_tags([tag]).values
            library, task = values.get("library_name"), values.get("pipeline_tag")
            texts = [value if isinstance(value, str) else "" for value in (library, task)]
            known = (texts[0], texts[1], is_machine_made("", [tag]))
            if ":" not in tag:  # of the others there are as many as models
                self.tags[tag] = known
        return known


def _authors(table: pa.Table) -> pa.Array:
    """Who made each model: the Hub's word, or what its id begins with."""
    author, ids = _whole(table["author"]), _whole(table["id"])
    known = pc.fill_null(pc.not_equal(author, ""), False)
    begun = pc.struct_field(pc.extract_regex(ids, r"^(?P<author>[^/]*)"), "author")
    return pc.if_else(known, author, begun)


def _log_sizes(parameters: Floats) -> Floats:
    """log10 of numbers above 0; by `math`, whose last bit is not numpy's."""
    size = np.full(parameters.size, np.nan)
    known = np.flatnonzero(np.isfinite(parameters) & (parameters > 0))
    size[known] = [math.log10(number) for number in parameters[known].tolist()]
    return size


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.array(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    return column.combine_chunks()
