"""Facts of Trackio's SQLite files and of their parquet copies: settings and last values by run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from cardiogram.errors import DataError
from cardiogram.repository.fact import Fact
from cardiogram.repository.facts.training.tracked import TrackedRun, run_facts
from cardiogram.repository.formats import read_json

if TYPE_CHECKING:
    import sqlite3

    from cardiogram.repository.facts.repository_files import Files

LARGEST, MOST_ROWS, LONGEST = 32 << 20, 5_000, 64 << 10
OPERATIONS, PATIENCE = 10_000, 500
"""SQLite's machine is asked every so many operations, so often, and then stopped."""


def sqlite_facts(files: Files) -> Iterator[Fact]:
    """Runs of every SQLite file that has Trackio's tables, where Python can read SQLite."""
    for path in files.paths("*.db")[:4]:
        size = files.repository.files[path].size
        if (
            512 <= size <= LARGEST
            and files.repository.read_part(path, 0, 16) == b"SQLite format 3\0"
        ):
            try:
                runs = read_database(files, path)
            except ImportError:  # some builds of Python have none
                return
            yield from run_facts(runs)


def read_database(files: Files, path: str) -> list[TrackedRun]:
    """The runs of a database.

    Raises
    ------
    DataError
        It is broken, or asks for more work than an honest one.
    """
    import sqlite3

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        copy.write_bytes(files.repository.read(path, LARGEST))
        try:
            with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro&immutable=1", uri=True)) as base:
                return _runs(files, path, base)
        except (sqlite3.Error, ValueError, OverflowError) as error:
            raise DataError(f"{path} cannot be read: {error}") from None


def _runs(files: Files, path: str, base: sqlite3.Connection) -> list[TrackedRun]:
    left = iter(range(PATIENCE))
    base.set_progress_handler(lambda: next(left, None) is None, OPERATIONS)
    base.execute("PRAGMA trusted_schema = OFF")
    base.execute("PRAGMA query_only = ON")
    tables = {
        name
        for name, sql in base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        if isinstance(sql, str) and sql.lstrip()[:13].upper() == "CREATE TABLE "
    }
    runs: dict[str, TrackedRun] = {}
    for table, column in (("configs", "config"), ("metrics", "metrics")):
        if table not in tables:
            continue
        columns = {row[1] for row in base.execute(f"PRAGMA table_info({table})")}
        if not {"run_name", column} <= columns:
            continue
        rows = base.execute(
            f"SELECT run_name, {column} FROM {table} WHERE length({column}) < {LONGEST} "
            f"ORDER BY rowid DESC LIMIT {MOST_ROWS}"
        )
        for name, text in rows:
            run = runs.setdefault(str(name)[:100], TrackedRun(str(name)[:100]))
            _take(files, path, run, table, text)
    return list(runs.values())


def _take(files: Files, path: str, run: TrackedRun, table: str, text: object) -> None:
    """Keep the values of a row; those of later steps came first."""
    value = read_json(text.encode() if isinstance(text, str) else bytes(text or b""))  # type: ignore[call-overload]
    for key, entry in value.items() if isinstance(value, dict) else ():
        if not key.startswith("_"):  # Trackio's own: the user, the group
            kept = run.settings if table == "configs" else run.last
            source = files.header(path, f"{table}/{run.name}/{key}", entry)
            kept.setdefault(key, (entry, source))


def parquet_facts(files: Files) -> Iterator[Fact]:
    """Runs of parquet copies, where pyarrow is installed: a column for each metric."""
    paths = [
        path
        for path in files.paths("trackio/*.parquet", "*/trackio/*.parquet", "*.parquet")
        if not path.startswith("data/") and 12 <= files.repository.files[path].size <= LARGEST
    ]
    for path in paths[:4]:
        try:
            table = import_module("pyarrow.parquet").read_table(
                BytesIO(files.repository.read(path, LARGEST))
            )
        except ImportError:
            return
        except (OSError, ValueError) as error:  # pyarrow's own errors are among these
            raise DataError(f"{path} cannot be read: {error}") from None
        if "run_name" not in table.column_names or table.num_rows > 1_000_000:
            continue
        yield from run_facts(_table_runs(files, path, table))


def _table_runs(files: Files, path: str, table: object) -> list[TrackedRun]:
    runs: dict[str, TrackedRun] = {}
    rows = table.slice(max(0, table.num_rows - MOST_ROWS)).to_pylist()  # type: ignore[attr-defined]
    for row in reversed(rows):
        run = runs.setdefault(str(row["run_name"])[:100], TrackedRun(str(row["run_name"])[:100]))
        for key, value in row.items():
            if isinstance(value, int | float) and key not in ("id", "step"):
                source = files.header(path, f"metrics/{run.name}/{key}", value)
                run.last.setdefault(key, (value, source))
    return list(runs.values())


TRACKIO_FACTS = (sqlite_facts, parquet_facts)
