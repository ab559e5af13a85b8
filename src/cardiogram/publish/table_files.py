"""A file of a published table is made by one worker, from some shards of a study's table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cardiogram.cards import problem_code, whole_text
from cardiogram.engine import Shard
from cardiogram.hub import is_repo_id
from cardiogram.publish.licensed_texts import LicensedTexts, licensed_texts
from cardiogram.publish.published_columns import OWN_WORDS, SCHEMAS, TableName
from cardiogram.store import Study

ROWS_PER_FILE = 25_000
_ROWS_PER_GROUP = 5_000

_SAFE = ("criterion", "first_line", "last_line", "effect")
"""What is published of the evidence of a judge that may quote the card."""


@dataclass(frozen=True, slots=True)
class TablePart:
    """Shards of a study that one file of a published table is made from.

    Attributes
    ----------
    endpoint
        The Hub that addresses of cards are of.
    with_cards
        Whether texts of cards are published.
    """

    study: Study
    table: TableName
    number: int
    shards: tuple[str, ...]
    rows: int
    endpoint: str
    with_cards: bool

    @property
    def name(self) -> str:
        """Path of the file in the dataset."""
        return f"{self.table}/train-{self.number:05d}.parquet"

    def read(self) -> pa.RecordBatch:
        """What the study has of it; the schema says which table it is of."""
        table = pa.concat_tables(map(self._read, self.shards))
        columns = [column.combine_chunks() for column in table.columns]
        schema = table.schema.with_metadata({"table": self.table, "endpoint": self.endpoint})
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def _read(self, shard: str) -> pa.Table:
        if self.table == "cards":
            return self._read_cards(shard)
        if self.table == "models":
            return self._read_models(shard)
        stored = self.study.ratings if self.table == "ratings" else self.study.map
        return stored.load(shard, SCHEMAS[self.table].names)

    def _read_models(self, shard: str) -> pa.Table:
        models = self.study.models.load(shard)
        named = pc.fill_null(pc.greater(pc.utf8_length(models["id"]), 0), False)
        models = models.filter(named)
        hashes = models["card_sha256"].to_pylist()
        sizes = _read_sizes(self.study, shard, hashes)
        bytes_ = pa.array([sizes.get(sha) for sha in hashes], pa.int64())
        included = self._texts().allow(hashes) if self.with_cards else np.zeros(len(hashes), bool)
        return models.append_column("card_bytes", bytes_).append_column(
            "card_included", pa.array(included)
        )

    def _read_cards(self, shard: str) -> pa.Table:
        rows = [
            {
                "card_sha256": model["card_sha256"],
                "ids": model["ids"],
                "license": model["license"],
                "url": _url(model["id"], model["sha"], self.endpoint),
                "text": whole_text(model["text"]),
                "bytes": model["text"]["bytes"],
            }
            for model in self._texts().first_in(shard)
        ]
        return pa.Table.from_pylist(rows, SCHEMAS["cards"])

    def _texts(self) -> LicensedTexts:
        return licensed_texts(self.study, self.study.models.folder.stat().st_mtime_ns)


def parts_of(
    study: Study, table: TableName, shards: Sequence[Path], endpoint: str, *, with_cards: bool
) -> Iterator[TablePart]:
    """The files that a table is published as: equally many shards in each."""
    stored = {"models": study.models, "cards": study.models, "ratings": study.ratings}
    rows = [stored.get(table, study.map).count_rows(path.stem) for path in shards]
    files = max(1, -(-sum(rows) // ROWS_PER_FILE))
    each = max(1, -(-len(shards) // files))
    for number, first in enumerate(range(0, len(shards), each)):
        chosen = tuple(path.stem for path in shards[first : first + each])
        size = sum(rows[first : first + each])
        yield TablePart(study, table, number, chosen, size, endpoint, with_cards)


def _read_sizes(study: Study, shard: str, hashes: Sequence[str | None]) -> dict[str, int]:
    """Bytes of texts: most lie in the shard of the models' name."""
    wanted = {sha for sha in hashes if sha}
    columns = ("card_sha256", "bytes")
    sizes = dict(zip(*_lists(study.cards.load(shard, columns)), strict=True))
    if wanted - sizes.keys():
        return _all_sizes(study, study.cards.folder.stat().st_mtime_ns)
    return sizes


@lru_cache(maxsize=1)
def _all_sizes(study: Study, changed: int) -> dict[str, int]:
    """Of a study whose models share texts, as long as it does not change."""
    return dict(zip(*_lists(study.cards.read(("card_sha256", "bytes"))), strict=True))


def _lists(table: pa.Table) -> list[list[object]]:
    return [column.to_pylist() for column in table.columns]


@dataclass(frozen=True, slots=True)
class PublishRows:
    """Makes what is published of rows of a table; pure."""

    def __call__(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """The rows in the columns of the published table."""
        about = rows.schema.metadata
        table: TableName = about[b"table"].decode()
        schema = SCHEMAS[table]
        columns = {name: rows[name] for name in rows.schema.names}
        if table in ("models", "ratings"):
            columns["problems"] = _codes(columns["problems"])
        if table == "models":
            columns["card_url"] = _urls(rows, about[b"endpoint"].decode())
        if table == "ratings":
            columns["evidence"] = _safe_evidence(columns["judge"], columns["evidence"])
        arrays = [columns[field.name].cast(field.type) for field in schema]
        return pa.RecordBatch.from_arrays(arrays, schema=schema.with_metadata(about))

    def poisoned(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """A row that no worker survives is left out."""
        return self(rows.slice(0, 0))


def _codes(problems: pa.ListArray) -> pa.ListArray:
    """Problems by their codes alone; none where it is not known."""
    lists = pc.fill_null(problems, pa.scalar([], problems.type))
    said = lists.flatten().dictionary_encode()
    codes = pa.array([problem_code(words) for words in said.dictionary.to_pylist()], pa.string())
    counts = pc.list_value_length(lists).to_numpy(zero_copy_only=False)
    starts = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())
    return pa.ListArray.from_arrays(starts, codes.take(said.indices))


def _safe_evidence(judges: pa.StringArray, evidence: pa.ListArray) -> pa.ListArray:
    """Evidence without the words of judges that may quote a card."""
    quotes = ~np.asarray(pc.is_in(judges, pa.array(OWN_WORDS)).to_pylist(), bool)
    if not quotes.any():
        return evidence
    lists = pc.if_else(
        pa.array(quotes), pc.fill_null(evidence, pa.scalar([], evidence.type)), evidence
    )
    counts = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()
    parts, hidden = lists.flatten(), pa.array(np.repeat(quotes, counts))
    fields = [
        parts.field(field.name)
        if field.name in _SAFE
        else pc.if_else(hidden, pa.scalar(None, field.type), parts.field(field.name))
        for field in parts.type
    ]
    starts = pa.array(np.concatenate([[0], np.cumsum(counts)]), pa.int32())
    made = pa.StructArray.from_arrays(fields, fields=list(parts.type))
    return pa.ListArray.from_arrays(starts, made, mask=lists.is_null())


def _urls(rows: pa.RecordBatch, endpoint: str) -> pa.StringArray:
    columns = (rows[name].to_pylist() for name in ("id", "sha", "card_sha256"))
    return pa.array(
        [_url(id, sha, endpoint) if card else None for id, sha, card in zip(*columns, strict=True)],
        pa.string(),
    )


def _url(id: str, sha: str | None, endpoint: str) -> str | None:
    """Address of a model's card on the Hub; None where the id is none of the Hub's."""
    if not is_repo_id(id):
        return None
    revision = quote(sha or "main", safe="")
    return f"{endpoint}/{quote(id)}/blob/{revision}/README.md"


@dataclass(frozen=True, slots=True)
class TableFile:
    """One Parquet file.

    Attributes
    ----------
    path, local
        In the dataset, and where it lies until it is sent.
    memory
        Bytes of its rows in memory.
    """

    path: str
    local: Path
    rows: int
    bytes: int
    memory: int


@dataclass(frozen=True, slots=True)
class PublishedFiles:
    """Where published files are written."""

    folder: Path

    def find(self, shard: Shard) -> TableFile | None:
        """None: they are all made anew."""

    def write(self, shard: Shard, rows: pa.RecordBatch) -> TableFile:
        """Write one, and say what is in it."""
        place = self.folder / shard.name
        place.parent.mkdir(parents=True, exist_ok=True)
        table = pa.Table.from_batches([rows]).replace_schema_metadata(None)
        pq.write_table(table, place, compression="zstd", row_group_size=_ROWS_PER_GROUP)
        size = place.stat().st_size
        return TableFile(shard.name, place, table.num_rows, size, table.nbytes)
