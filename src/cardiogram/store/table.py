"""A folder of Parquet shards that are either whole or absent.

A shard's name says which part of the study it holds, so a step that was killed sees at once what
is finished: the shards that exist.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cardiogram.store.damage import read_error
from cardiogram.store.files import write_atomically

Row: TypeAlias = dict[str, Any]
"""A row of a table by the names of its columns."""

_DIGEST = "rows_sha256"
"""Key of a file's metadata: hash of all that lies before them."""

_TAIL = 8
"""Bytes at the end of a Parquet file: the size of its metadata, and the format's mark."""


@dataclass(frozen=True, slots=True)
class Table:
    """A folder of Parquet shards with one schema.

    Parameters
    ----------
    folder
        Where the shards are; it need not exist yet.
    schema
        Every shard is written with this schema and read back as it.
    later
        Columns that older shards lack: they are read as null.
    """

    folder: Path
    schema: pa.Schema
    later: frozenset[str] = frozenset()

    def shards(self, prefix: str = "") -> list[Path]:
        """Finished shards whose names start with `prefix`, in the order of their names."""
        return sorted(p for p in self.folder.glob("*.parquet") if p.name.startswith(prefix))

    def has(self, name: str) -> bool:
        """Whether the shard `name` is finished."""
        return (self.folder / f"{name}.parquet").exists()

    def write(
        self,
        name: str,
        rows: Sequence[Mapping[str, object]] | pa.Table,
        note: Mapping[str, str] | None = None,
    ) -> None:
        """Write one shard whole or not at all.

        Parameters
        ----------
        rows
            One mapping a row; a column left out is null. Or a table.
        note
            Text kept in the shard's own metadata, for :meth:`note`.
        """
        write_atomically(self.folder / f"{name}.parquet", self.encode(rows, note))

    def encode(
        self,
        rows: Sequence[Mapping[str, object]] | pa.Table,
        note: Mapping[str, str] | None = None,
    ) -> bytes:
        """The file that :meth:`write` writes."""
        table = rows if isinstance(rows, pa.Table) else self.as_table(rows)
        table = table.cast(self.schema).replace_schema_metadata(None)
        sink = BytesIO()
        with pq.ParquetWriter(
            sink, self.schema, compression="zstd", write_page_checksum=True
        ) as writer:
            writer.write_table(table)
            digest = hashlib.sha256(sink.getbuffer()).hexdigest()
            writer.add_key_value_metadata({**(note or {}), _DIGEST: digest})
        return sink.getvalue()

    def as_table(self, rows: Sequence[Mapping[str, object]]) -> pa.Table:
        """Rows with this table's columns and types; a column left out is null."""
        return pa.Table.from_pylist([dict(row) for row in rows], schema=self.schema)

    def note(self, name: str) -> dict[str, str]:
        """The text that was kept beside the shard's rows; empty where there is no such shard."""
        path = self.folder / f"{name}.parquet"
        try:
            metadata = pq.read_metadata(path).metadata or {}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, pa.ArrowException) as error:
            raise read_error(path, error) from error
        own = {k.decode(): v.decode() for k, v in metadata.items() if k != b"ARROW:schema"}
        own.pop(_DIGEST, None)
        return own

    def digest(self, name: str) -> str:
        """Hash of the rows of a shard as they lie in its file; "" where there is no such shard.

        Raises
        ------
        DamagedFile
            The file is not as it was written.
        """
        path = self.folder / f"{name}.parquet"
        try:
            data = memoryview(path.read_bytes())
            kept = (pq.read_metadata(pa.BufferReader(data)).metadata or {}).get(_DIGEST.encode())
        except FileNotFoundError:
            return ""
        except (OSError, ValueError, pa.ArrowException) as error:
            raise read_error(path, error) from error
        if kept is None:  # of an earlier version
            return hashlib.sha256(data).hexdigest()
        rows = data[: -_TAIL - int.from_bytes(data[-_TAIL : -_TAIL + 4], "little")]
        digest = hashlib.sha256(rows).hexdigest()
        if digest.encode() != kept:
            raise read_error(path, ValueError("its rows are not those that were written"))
        return digest

    def load(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Columns of one shard; no rows where it does not exist."""
        path = self.folder / f"{name}.parquet"
        if not path.exists():
            return self._wanted(columns).empty_table()
        return self._load(path, columns)

    def count_rows(self, name: str) -> int:
        """How many rows a shard has, without reading them."""
        path = self.folder / f"{name}.parquet"
        try:
            return int(pq.read_metadata(path).num_rows)
        except (OSError, ValueError, pa.ArrowException) as error:
            raise read_error(path, error) from error

    def read_shard(self, name: str, columns: Sequence[str] | None = None) -> list[Row]:
        """Rows of one shard; none where it does not exist."""
        rows: list[Row] = self.load(name, columns).to_pylist()
        return rows

    def read(self, columns: Sequence[str] | None = None, prefix: str = "") -> pa.Table:
        """All shards as one Arrow table, in the order of their names."""
        tables = [self.load(path.stem, columns) for path in self.shards(prefix)]
        return pa.concat_tables(tables) if tables else self._wanted(columns).empty_table()

    def check(self) -> None:
        """Read every shard whole.

        Raises
        ------
        DamagedFile
            One cannot be read.
        """
        for path in self.shards():
            self._load(path, None)

    def rows(self, columns: Sequence[str] | None = None) -> Iterator[Row]:
        """Rows one by one, with one shard in memory at a time."""
        for path in self.shards():
            yield from self._load(path, columns).to_pylist()

    def rows_with(
        self,
        column: str,
        values: Iterable[str],
        columns: Sequence[str] | None = None,
        paths: Iterable[Path] | None = None,
    ) -> Iterator[Row]:
        """Rows whose text in a column is one of some, with one shard in memory at a time.

        Parameters
        ----------
        paths
            Shards to look in; all of them unless given.
        """
        wanted = pa.array(values, pa.string())
        for path in self.shards() if paths is None else paths:
            table = self._load(path, columns)
            yield from table.filter(pc.is_in(table[column], wanted)).to_pylist()

    def _wanted(self, columns: Sequence[str] | None) -> pa.Schema:
        return self.schema if columns is None else pa.schema(map(self.schema.field, columns))

    def _load(self, path: Path, columns: Sequence[str] | None) -> pa.Table:
        """One shard, with the columns and types that this table has now."""
        wanted = self._wanted(columns)
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                table = file.read(columns=wanted.names)
            for place, field in enumerate(wanted):
                if field.name in self.later and field.name not in table.column_names:
                    nothing = pa.nulls(table.num_rows, field.type)
                    table = table.add_column(place, field, nothing)
            return table.cast(wanted)
        except (OSError, ValueError, pa.ArrowException) as error:
            raise read_error(path, error) from error
