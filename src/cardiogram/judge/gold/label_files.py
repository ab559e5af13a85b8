"""Files of ratings, row by row."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Mapping
from pathlib import Path

from cardiogram.errors import DataError

Row = Mapping[str, object]
"""A row of a file, before anything in it is checked."""


def read_rows(path: Path) -> list[Row]:
    """Rows of a .parquet, .csv, .jsonl or .jsonl.gz file.

    Raises
    ------
    DataError
        It cannot be read.
    """
    try:
        if path.suffix == ".parquet":
            return _read_parquet(path)
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                return list(csv.DictReader(file, restkey=""))
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"cannot read {str(path)!r}: {error}") from error
    return read_jsonl(path)


def _read_parquet(path: Path) -> list[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows: list[Row] = pq.read_table(path).to_pylist()
    except pa.ArrowException as error:
        raise ValueError(error) from error
    return rows


def read_jsonl(path: Path) -> list[Row]:
    """Rows of a `.jsonl` or `.jsonl.gz` file.

    Raises
    ------
    DataError
        The file cannot be read, or a line is not a JSON object.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            rows = [json.loads(line) for line in file if line.strip()]
    except (OSError, EOFError, ValueError) as error:
        raise DataError(f"cannot read {str(path)!r}: {error}") from error
    if not all(isinstance(row, dict) for row in rows):
        raise DataError(f"cannot read {str(path)!r}: a line is not a JSON object")
    return rows
