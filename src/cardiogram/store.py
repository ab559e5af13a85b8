"""The study folder: Parquet shards that are either whole or absent, a manifest and a lock.

A shard's name says which part of the study it holds, so a step that was killed sees at once what
is finished: the shards that exist. Every write goes to a temporary file, is flushed to the disk
and renamed into place.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w

from cardiogram.errors import DataError, StudyBusy

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib

FORMAT = 1
"""Version of the study folder's layout; a folder of a later one is refused, never guessed at."""

CRITERIA = (
    "identity",
    "usage",
    "data",
    "training",
    "evaluation",
    "limitations",
    "metadata",
    "structure",
)
SCORES = ("overall", *CRITERIA)
"""The nine numbers of a rating, overall first."""

CardType = Literal["model", "dataset"]
"""Whose card it is; a study is of one type."""

SCORES_OF: dict[CardType, tuple[str, ...]] = {
    "model": SCORES,
    "dataset": (
        "overall",
        "identity",
        "composition",
        "collection",
        "usage",
        "rights",
        "limitations",
        "metadata",
        "structure",
    ),
}
"""The nine numbers by type of card, as its rubric names them."""

_UTC = pa.timestamp("ms", tz="UTC")
_TEMPORARY = re.compile(r"\..+\.(?:parquet|toml|json|html|npz)\.\d+\.tmp")

LISTING = pa.schema(
    [
        ("id", pa.string()),
        ("author", pa.string()),
        ("sha", pa.string()),
        ("created_at", _UTC),
        ("last_modified", _UTC),
        ("downloads", pa.int64()),
        ("downloads_all_time", pa.int64()),
        ("likes", pa.int64()),
        ("trending_score", pa.float64()),
        ("tags", pa.list_(pa.string())),
        ("pipeline_tag", pa.string()),
        ("library_name", pa.string()),
        ("license", pa.string()),
        ("base_model", pa.list_(pa.string())),
        ("gated", pa.string()),
        ("parameters", pa.int64()),
        ("stratum", pa.string()),
        ("weight", pa.float64()),
        ("problems", pa.list_(pa.string())),
    ]
)
"""One row a model as it was listed, before its card is read."""

MODELS = pa.schema([*LISTING, ("card_sha256", pa.string()), ("fetched_at", _UTC)])
"""One row a model. `downloads` are those of the last 30 days, `weight` models it stands for."""

CARDS = pa.schema(
    [
        ("card_sha256", pa.string()),
        ("front_matter", pa.string()),
        ("body", pa.large_string()),
        ("body_line", pa.int32()),
        ("bytes", pa.int64()),
        ("problems", pa.list_(pa.string())),
    ]
)
"""One row a card text; `bytes` is the size of README.md as it came."""

EVIDENCE = pa.struct(
    [
        ("criterion", pa.string()),
        ("fact", pa.string()),
        ("first_line", pa.int32()),
        ("last_line", pa.int32()),
        ("effect", pa.float64()),
    ]
)

QUOTE = pa.struct(
    [
        ("criterion", pa.string()),
        ("text", pa.string()),
        ("found", pa.bool_()),
        ("first_line", pa.int32()),
        ("last_line", pa.int32()),
    ]
)
ANSWER = pa.struct(
    [
        ("repeat", pa.int16()),
        ("order", pa.list_(pa.string())),
        ("status", pa.string()),
        ("scores", pa.list_(pa.int8())),
    ]
)

RATINGS = pa.schema(
    [
        ("id", pa.string()),
        ("card_sha256", pa.string()),
        ("input_sha256", pa.string()),
        ("judge", pa.string()),
        ("judge_version", pa.string()),
        ("rubric_version", pa.string()),
        ("status", pa.string()),
        *(
            field
            for name in SCORES
            for field in (
                (name, pa.int8()),
                (f"{name}_expected", pa.float64()),
                (f"{name}_low", pa.float64()),
                (f"{name}_high", pa.float64()),
            )
        ),
        ("evidence", pa.list_(EVIDENCE)),
        ("cost_usd", pa.float64()),
        ("problems", pa.list_(pa.string())),
        ("reason", pa.string()),
        ("quotes", pa.list_(QUOTE)),
        *((f"{name}_levels", pa.list_(pa.float64())) for name in SCORES),
        ("answers", pa.list_(ANSWER)),
        ("model", pa.string()),
        ("calls", pa.int32()),
        ("input_tokens", pa.int64()),
        ("cached_tokens", pa.int64()),
        ("output_tokens", pa.int64()),
        ("seconds", pa.float64()),
        ("answered_by", pa.string()),
    ]
)
"""One row a model and judge: for each of the nine numbers the score, its expectation, interval."""

MAP = pa.schema(
    [
        ("id", pa.string()),
        ("card_sha256", pa.string()),
        ("x", pa.float64()),
        ("y", pa.float64()),
        ("cluster", pa.int32()),
        ("segment", pa.string()),
        ("strength", pa.float64()),
        ("outlier", pa.bool_()),
        ("known", pa.list_(pa.string())),
    ]
)
"""One row a model with a card: its place, and its segment (null and cluster -1: an outlier)."""

_LATER = frozenset(RATINGS.names[RATINGS.get_field_index("reason") :])
"""Columns that shards of the first release lack: they are read as null."""


def ratings_schema(of: CardType) -> pa.Schema:
    """Columns of `ratings/`, with the nine numbers named as the rubric of that type of card does.

    Examples
    --------
    >>> "rights_low" in ratings_schema("dataset").names
    True
    """
    names = dict(zip(SCORES, SCORES_OF[of], strict=True))
    renamed = []
    for field in RATINGS:
        name, mark, rest = field.name.partition("_")
        renamed.append(field.with_name(f"{names[name]}{mark}{rest}") if name in names else field)
    return pa.schema(renamed)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file whole: temporary file, fsync, rename, fsync of the folder.

    Raises
    ------
    DataError
        The disk is full or the folder cannot be written; the old file is untouched.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise _write_error(path, error) from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_error(path: Path, error: OSError) -> DataError:
    return DataError(
        f"cannot write {str(path)!r}: {error.strerror or error}",
        hint="Free some space or choose another folder, then run the same command again: "
        "finished shards are kept.",
    )


@dataclass(frozen=True, slots=True)
class Table:
    """A folder of Parquet shards with one schema.

    Parameters
    ----------
    folder
        Where the shards are; it need not exist yet.
    schema
        Every shard is written with this schema and read back as it.
    """

    folder: Path
    schema: pa.Schema

    def shards(self, prefix: str = "") -> list[Path]:
        """Finished shards whose names start with `prefix`, in the order of their names."""
        return sorted(p for p in self.folder.glob("*.parquet") if p.name.startswith(prefix))

    def has(self, name: str) -> bool:
        """Whether the shard `name` is finished."""
        return (self.folder / f"{name}.parquet").exists()

    def write(
        self, name: str, rows: Sequence[Mapping[str, Any]], note: Mapping[str, str] | None = None
    ) -> None:
        """Write one shard whole or not at all.

        Parameters
        ----------
        rows
            One mapping a row; a column left out is null.
        note
            Text kept in the shard's own metadata, for :meth:`note`.
        """
        table = self.as_table(rows).replace_schema_metadata(dict(note) if note else None)
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd")
        write_atomically(self.folder / f"{name}.parquet", sink.getvalue().to_pybytes())

    def as_table(self, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
        """Rows with this table's columns and types; a column left out is null."""
        return pa.Table.from_pylist([dict(row) for row in rows], schema=self.schema)

    def note(self, name: str) -> dict[str, str]:
        """The text that was kept beside the shard's rows."""
        found = self._load(self.folder / f"{name}.parquet", ()).schema.metadata or {}
        return {k.decode(): v.decode() for k, v in found.items() if k != b"ARROW:schema"}

    def read_shard(self, name: str, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Rows of one shard; none where it does not exist."""
        path = self.folder / f"{name}.parquet"
        if not path.exists():
            return []
        rows: list[dict[str, Any]] = self._load(path, columns).to_pylist()
        return rows

    def read(self, columns: Sequence[str] | None = None, prefix: str = "") -> pa.Table:
        """All shards as one Arrow table, in the order of their names."""
        tables = [self._load(path, columns) for path in self.shards(prefix)]
        tables = [table.replace_schema_metadata(None) for table in tables]
        return pa.concat_tables(tables) if tables else self._wanted(columns).empty_table()

    def rows(self, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """Rows one by one, with one shard in memory at a time."""
        for path in self.shards():
            yield from self._load(path, columns).to_pylist()

    def _wanted(self, columns: Sequence[str] | None) -> pa.Schema:
        return self.schema if columns is None else pa.schema(map(self.schema.field, columns))

    def _load(self, path: Path, columns: Sequence[str] | None) -> pa.Table:
        """One shard, with the columns and types that this table has now."""
        wanted = self._wanted(columns)
        try:
            with pq.ParquetFile(path) as file:
                found = file.read(columns=wanted.names)
            for place, field in enumerate(wanted):  # a column that came after the shard was written
                if field.name in _LATER and field.name not in found.column_names:
                    nothing = pa.nulls(found.num_rows, field.type)
                    found = found.add_column(place, field, nothing)
            return found.cast(wanted.with_metadata(found.schema.metadata))
        except (OSError, ValueError, pa.ArrowException) as error:
            raise DataError(
                f"cannot read {str(path)!r}: {str(error).splitlines()[0]}",
                hint=f"Delete that file and run the step again: rm {str(path)!r}",
            ) from error


@dataclass(frozen=True, slots=True)
class Study:
    """A study folder (see docs/explanation/study-folder.md for what each file holds).

    Examples
    --------
    >>> study = Study.open("my-study")  # doctest: +SKIP
    >>> study.models.read(["id", "likes"]).to_pandas()  # doctest: +SKIP
    """

    root: Path

    @classmethod
    def open(cls, root: str | os.PathLike[str]) -> Study:
        """Open a folder that holds a study.

        Raises
        ------
        DataError
            There is no study, or one that a later version of cardiogram wrote.
        """
        study = cls(Path(root))
        if not study.manifest_path.exists():
            raise DataError(
                f"no study in {str(root)!r}", hint=f"Start one: cardiogram study {root} --limit 100"
            )
        study.manifest()
        return study

    @property
    def manifest_path(self) -> Path:
        """`study.toml`."""
        return self.root / "study.toml"

    @property
    def results_path(self) -> Path:
        """`results.json`."""
        return self.root / "results.json"

    @property
    def report_path(self) -> Path:
        """`report.html`."""
        return self.root / "report.html"

    @property
    def listing(self) -> Table:
        """What the Hub's list gave, page by page; the work list of `collect`."""
        return Table(self.root / "listing", LISTING)

    @property
    def models(self) -> Table:
        """One row a model."""
        return Table(self.root / "models", MODELS)

    @property
    def cards(self) -> Table:
        """One row a card text."""
        return Table(self.root / "cards", CARDS)

    @property
    def ratings(self) -> Table:
        """One row a model and judge."""
        return Table(self.root / "ratings", ratings_schema(self.type))

    @property
    def type(self) -> CardType:
        """Whose cards the study is of; `type` in `study.toml`, models where it does not say."""
        return "dataset" if self.manifest().get("type") == "dataset" else "model"

    @property
    def map(self) -> Table:
        """One row a model with a card: its place and its segment."""
        return Table(self.root / "map", MAP)

    @property
    def segments_path(self) -> Path:
        """`map/segments.json`: a list, one object a segment, the largest first."""
        return self.root / "map" / "segments.json"

    @property
    def map_path(self) -> Path:
        """`map/map.json`: how the map was made, and how far to trust it."""
        return self.root / "map" / "map.json"

    def manifest(self) -> dict[str, Any]:
        """What was asked, from `study.toml`; empty where the folder is new."""
        try:
            found: dict[str, Any] = tomllib.loads(self.manifest_path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise DataError(
                f"cannot read {str(self.manifest_path)!r}: {error}",
                hint="Mend the file, or start again in a new folder.",
            ) from error
        version = found.get("format", FORMAT)
        if not isinstance(version, int) or version > FORMAT:
            raise DataError(
                f"{str(self.root)!r} was written by a newer cardiogram (format {version}, "
                f"this one reads up to {FORMAT})",
                hint="pip install --upgrade cardiogram",
            )
        return found

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Replace `study.toml`."""
        body = {"format": FORMAT, **manifest}
        write_atomically(self.manifest_path, tomli_w.dumps(body).encode())

    def results(self) -> dict[str, Any]:
        """What `analyze` found, from `results.json`; empty before it ran."""
        try:
            found: dict[str, Any] = json.loads(self.results_path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise DataError(
                f"cannot read {str(self.results_path)!r}: {error}",
                hint=f"Make it again: cardiogram analyze {self.root}",
            ) from error
        return found

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for one process; the operating system frees it when that one dies.

        Raises
        ------
        StudyBusy
            Another process holds it; the message says which.
        """
        path = self.root / ".lock"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            file = path.open("a+b", buffering=0)
        except OSError as error:
            raise _write_error(path, error) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.seek(0)
                holder = file.read().decode("utf-8", "replace").strip() or "another process"
                raise StudyBusy(
                    f"{str(self.root)!r} is in use by {holder}",
                    hint="Wait until it ends, or give this study a folder of its own.",
                ) from error
            with contextlib.suppress(OSError):  # a full disk: the name is only a courtesy
                file.truncate(0)
                file.write(f"process {os.getpid()} on {socket.gethostname()}".encode())
            self._sweep()
            yield

    def _sweep(self) -> None:
        """Remove the halves of files that a killed process was writing."""
        tables = (self.listing, self.models, self.cards, self.ratings, self.map)
        others = (self.root / "vectors", self.root / "snapshots")
        for folder in (self.root, *others, *(table.folder for table in tables)):
            for path in folder.glob(".*.tmp"):
                if _TEMPORARY.fullmatch(path.name):
                    path.unlink(missing_ok=True)
