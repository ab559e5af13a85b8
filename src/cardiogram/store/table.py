"""A folder of Parquet shards that are either whole or absent.

A shard's name says which part of the study it holds, so a step that was killed sees at once what
is finished: the shards that exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from cardiogram.store.damage import read_error
from cardiogram.store.files import write_atomically

Row: TypeAlias = dict[str, Any]
"""A row of a table by the names of its columns."""


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
        self, name: str, rows: Sequence[Mapping[str, object]], note: Mapping[str, str] | None = None
    ) -> None:
        """Write one shard whole or not at all.

        Parameters
        ----------
        rows
            One mapping a row; a column left out is null.
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
        table = table.cast(self.schema).replace_schema_metadata(dict(note) if note else None)
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
        data: bytes = sink.getvalue().to_pybytes()
        return data

    def as_table(self, rows: Sequence[Mapping[str, object]]) -> pa.Table:
        """Rows with this table's columns and types; a column left out is null."""
        return pa.Table.from_pylist([dict(row) for row in rows], schema=self.schema)

    def note(self, name: str) -> dict[str, str]:
        """The text that was kept beside the shard's rows."""
        metadata = self._load(self.folder / f"{name}.parquet", ()).schema.metadata or {}
        return {k.decode(): v.decode() for k, v in metadata.items() if k != b"ARROW:schema"}

    def read_shard(self, name: str, columns: Sequence[str] | None = None) -> list[Row]:
        """Rows of one shard; none where it does not exist."""
        path = self.folder / f"{name}.parquet"
        if not path.exists():
            return []
        rows: list[Row] = self._load(path, columns).to_pylist()
        return rows

    def read(self, columns: Sequence[str] | None = None, prefix: str = "") -> pa.Table:
        """All shards as one Arrow table, in the order of their names."""
        tables = [self._load(path, columns) for path in self.shards(prefix)]
        tables = [table.replace_schema_metadata(None) for table in tables]
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
            return table.cast(wanted.with_metadata(table.schema.metadata))
        except (OSError, ValueError, pa.ArrowException) as error:
            raise read_error(path, error) from error
