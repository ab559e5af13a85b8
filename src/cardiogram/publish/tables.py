"""The study's tables as they are published: typed Parquet, one folder a configuration."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cardiogram.cards import problem_code
from cardiogram.errors import DataError
from cardiogram.hub import is_repo_id
from cardiogram.names import DATA, SCORES
from cardiogram.store import MODELS, RATINGS, Row, Study

ROWS_PER_FILE = 100_000
_BATCH = 5_000
HUB = "https://huggingface.co"

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


_PUBLISHED = pa.schema(
    [
        *(field for field in MODELS if field.name != "fetched_at"),
        ("card_bytes", pa.int64()),
        ("card_url", pa.string()),
        ("card_included", pa.bool_()),
        MODELS.field("fetched_at"),
    ]
)
_RATINGS = pa.schema([field for field in RATINGS if field.name in describe_columns("ratings")])
_SAFE = ("criterion", "first_line", "last_line", "effect")
"""What is published of the evidence of a judge that may quote the card."""

_NAMED = ("id", "sha", "license", "gated", "card_sha256")
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


@dataclass(frozen=True, slots=True)
class TableFile:
    """One Parquet file: its path in the dataset, and where it lies until it is sent."""

    path: str
    local: Path
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Config:
    """One configuration of the dataset.

    Attributes
    ----------
    memory
        Bytes of its rows in memory, as the Hub's `dataset_size` counts them.
    """

    name: str
    what: str
    schema: pa.Schema
    files: tuple[TableFile, ...]
    memory: int

    @property
    def rows(self) -> int:
        """Rows of all its files."""
        return sum(file.rows for file in self.files)

    @property
    def bytes(self) -> int:
        """Bytes of all its files."""
        return sum(file.bytes for file in self.files)


def write_tables(study: Study, folder: Path, *, with_cards: bool) -> tuple[Config, ...]:
    """Write the tables of a study as they are published.

    Parameters
    ----------
    folder
        Where to write; one folder a configuration.
    with_cards
        Whether to write the card texts whose licence allows it.

    Raises
    ------
    DataError
        The study has no models or no ratings.
    """
    if not any(row["id"] for row in study.models.rows(["id"])) or not study.ratings.shards():
        raise DataError(
            f"{str(study.root)!r} has nothing to publish yet",
            hint=f"cardiogram rate {study.root}, then cardiogram analyze {study.root}",
        )
    endpoint = _endpoint(study)
    named = (row for row in study.models.rows(_NAMED) if row["id"])
    texts = shareable(named) if with_cards else {}
    sizes = _CardSizes(study)
    rows = (_model(row, sizes, texts, endpoint) for row in study.models.rows() if row["id"])
    ratings = map(_rating, study.ratings.rows(_RATINGS.names))
    configs = [
        _write(folder, "models", "one row a model", _PUBLISHED, rows),
        _write(folder, "ratings", "one row a model and judge", _RATINGS, ratings),
    ]
    if places := _map(study):
        what = "one row a model: its place and segment"
        batches = (batch.to_pylist() for batch in places.to_batches(_BATCH))
        configs.append(_write(folder, "map", what, places.schema, chain.from_iterable(batches)))
    if texts:
        cards = (_card(row, texts, endpoint) for row in _each_text(study, texts))
        configs.append(_write(folder, "cards", "one row a card text", _CARDS, cards))
    return tuple(configs)


def _each_text(study: Study, wanted: Container[str]) -> Iterator[Row]:
    """Rows of `cards/`, each text once: a study of dumps has it in each bucket with its models."""
    met = set()
    for row in study.cards.rows():
        if (sha := row["card_sha256"]) in wanted and sha not in met:
            met.add(sha)
            yield row


def _write(
    folder: Path, name: str, what: str, schema: pa.Schema, rows: Iterator[dict[str, Any]]
) -> Config:
    """Write one configuration, a file at a time, with few rows in memory."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    files: list[TableFile] = []
    memory = 0
    while True:
        path = f"{name}/train-{len(files):05d}.parquet"
        count = 0
        with pq.ParquetWriter(folder / path, schema, compression="zstd") as writer:
            while batch := list(islice(rows, min(_BATCH, ROWS_PER_FILE - count))):
                table = pa.Table.from_pylist(batch, schema=schema)
                writer.write_table(table)
                memory += table.nbytes
                count += len(batch)
        if files and not count:
            (folder / path).unlink()
            break
        files.append(TableFile(path, folder / path, count, (folder / path).stat().st_size))
        if count < ROWS_PER_FILE:
            break
    return Config(name, what, schema, tuple(files), memory)


class _CardSizes:
    """Sizes of the card texts of a study, in 16 bytes each: there may be millions."""

    def __init__(self, study: Study) -> None:
        table = study.cards.read(["card_sha256", "bytes"])
        hashes = np.fromiter(map(hash, table["card_sha256"].to_pylist()), np.int64, len(table))
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._bytes = table["bytes"].take(pa.array(order))

    def get(self, sha: str | None) -> int | None:
        """Bytes of a text; None where it is not there."""
        after = int(np.searchsorted(self._hashes, hash(sha), "right"))
        if not after or self._hashes[after - 1] != hash(sha):
            return None
        size: int | None = self._bytes[after - 1].as_py()
        return size


def _model(
    row: Mapping[str, Any], sizes: _CardSizes, texts: Mapping[str, Any], endpoint: str
) -> dict[str, Any]:
    sha = row["card_sha256"]
    return {
        **row,
        "problems": [problem_code(problem) for problem in row["problems"] or ()],
        "card_bytes": sizes.get(sha),
        "card_url": _url(row, endpoint) if sha else None,
        "card_included": sha in texts,
    }


def _rating(row: Mapping[str, Any]) -> dict[str, Any]:
    published = dict(row)
    published["problems"] = [problem_code(problem) for problem in row["problems"] or ()]
    if row["judge"] not in OWN_WORDS:
        published["evidence"] = [
            {name: part[name] for name in _SAFE} for part in row["evidence"] or ()
        ]
    return published


def _card(
    row: Mapping[str, Any], texts: Mapping[str, Sequence[Mapping[str, Any]]], endpoint: str
) -> dict[str, Any]:
    models = texts[row["card_sha256"]]
    front = row["front_matter"]
    return {
        "card_sha256": row["card_sha256"],
        "ids": [model["id"] for model in models],
        "license": models[0]["license"],
        "url": _url(models[0], endpoint),
        "text": row["body"] if front is None else f"---\n{front}---\n{row['body']}",
        "bytes": row["bytes"],
    }


def _url(row: Mapping[str, Any], endpoint: str) -> str | None:
    """Address of a model's card on the Hub; None where the id is none of the Hub's."""
    if not is_repo_id(row["id"]):
        return None
    revision = quote(row["sha"] or "main", safe="")
    return f"{endpoint}/{quote(row['id'])}/blob/{revision}/README.md"


def _endpoint(study: Study) -> str:
    """The public Hub, unless the study was collected from another one."""
    endpoint = study.manifest().get("source", {}).get("endpoint")
    safe = (
        isinstance(endpoint, str)
        and endpoint.startswith(("http://", "https://"))
        and "@" not in endpoint
    )
    return endpoint.rstrip("/") if safe and endpoint else HUB


def _map(study: Study) -> pa.Table | None:
    """Columns of `map/` that are known here; None where there is no map."""
    tables = []
    for path in sorted((study.root / "map").glob("*.parquet")):
        try:
            file = pq.ParquetFile(path)
            columns = [name for name in describe_columns("map") if name in file.schema_arrow.names]
            if {"id", "x", "y"} <= set(columns):
                tables.append(file.read(columns=columns).select(columns))
        except (OSError, pa.ArrowException) as error:
            raise DataError(
                f"cannot read {str(path)!r}: {str(error).splitlines()[0]}",
                hint=f"Make the map again: cardiogram map {study.root}",
            ) from error
    if not tables:
        return None
    return pa.concat_tables(tables, promote_options="permissive").replace_schema_metadata(None)


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


@cache
def permissive_licenses() -> Mapping[str, str]:
    """Ids of licences that allow passing a text on, and what they ask for; the file says why."""
    file = DATA / "licenses.json"
    licenses: dict[str, str] = json.loads(file.read_text("utf-8"))["permissive"]
    return licenses


def shareable(models: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Hashes of the card texts that may be passed on, with the models that carry each.

    A text goes only where every model that carries it states a permissive licence and none is
    gated: of a text that several models share, nobody can tell whose it was first.

    Parameters
    ----------
    models
        Rows of `models/`.
    """
    by_text, refused = dict[str, list[Mapping[str, Any]]](), set[str]()
    allowed = permissive_licenses()
    for row in models:
        sha = row["card_sha256"]
        if not sha or sha in refused:
            continue
        if row["license"] in allowed and str(row["gated"] or "false").lower() == "false":
            by_text.setdefault(sha, []).append(row)
        else:
            refused.add(sha)
            by_text.pop(sha, None)
    return by_text
