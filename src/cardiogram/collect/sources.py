"""Cards that are on the disk already: JSON lines, Parquet dumps, folders and lists of ids."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import pyarrow as pa

from cardiogram.collect.bulk import list_files
from cardiogram.collect.row_values import (
    COLUMN_NAMES,
    first_tag,
    owner_of,
    read_count,
    read_date,
    read_text,
    read_texts,
)
from cardiogram.errors import ConfigError, DataError
from cardiogram.hub import HOSTS, HubFiles, base_models, read_address
from cardiogram.store import Row

Kind = Literal["hub", "jsonl", "parquet", "folder", "ids"]

_MAX_LINE = 64 << 20


_NO_PATH = (
    "Check the path. Models of the Hub: --author NAME; in Python Source(query=Query(author=NAME))"
)


def kind_of(path: Path) -> Kind:
    """Tell a source by its name.

    Raises
    ------
    ConfigError
        There is no such file, or cardiogram does not read its kind.
    """
    if HubFiles.of(str(path)):
        return "parquet"
    if not os.path.exists(path):  # Path.exists raises for a name too long
        raise ConfigError(f"no file or folder {str(path)!r}", hint=_NO_PATH)
    if path.is_dir():
        return "parquet" if _has_dump(path) else "folder"
    if path.name.endswith((".jsonl", ".jsonl.gz", ".ndjson")):
        return "jsonl"
    if path.suffix == ".parquet":
        return "parquet"
    if path.suffix == ".txt":
        return "ids"
    raise ConfigError(
        f"cannot tell what {str(path)!r} is",
        hint="Give a .jsonl, .jsonl.gz, .parquet or .txt (an id or address a line) file, or a "
        "folder.",
    )


def _has_dump(folder: Path) -> bool:
    """Whether a folder has Parquet files as a dataset has them, and is no folder of cards."""
    files = [*folder.glob("*.parquet"), *folder.glob("data/*.parquet")]
    return bool(files) and not any(folder.glob("*/README.md"))


def name_source(path: Path) -> str:
    """A source as it is written: a path, or an address on the Hub, which a path would shorten."""
    return str(HubFiles.of(str(path)) or path)


def files_of(path: Path) -> list[Path]:
    """The files of a source that :func:`read_source` reads."""
    return [path / "models.jsonl", *sorted(path.rglob("README.md"))] if path.is_dir() else [path]


def read_source(path: Path) -> Iterator[Row]:
    """Rows of a file or folder of cards, one model each, in a fixed order.

    Yields
    ------
    dict
        Columns of :data:`cardiogram.store.LISTING` and `data`: the README's text or bytes, None
        where the model has no card. A row that cannot be read has a named problem.
    """
    kind = kind_of(path)
    if kind == "folder":
        yield from _read_folder(path)
        return
    reader = _read_jsonl if kind == "jsonl" else _read_parquet
    for number, raw in enumerate(reader(path)):
        yield _row(raw, f"row-{number + 1}")


def no_card(path: Path) -> DataError:
    """The error to raise of a source in which there is nothing."""
    return DataError(
        f"no card in {str(path)!r}",
        hint="Give a file with one card a row, or a folder with README.md files.",
    )


def read_ids(path: Path) -> list[str]:
    """Model ids or pasted addresses, one a line; blank lines and `#` comments are skipped."""
    try:
        lines = path.read_bytes().decode("utf-8-sig", "replace").splitlines()
    except OSError as error:
        raise DataError(f"cannot read {str(path)!r}: {error.strerror}") from error
    written = (name for line in lines if (name := line.partition("#")[0].strip()))
    return list(dict.fromkeys(map(_id_of, written)))


def _id_of(name: str) -> str:
    address = read_address(name) if "://" in name or name.startswith(HOSTS) else None
    return address.id if address else name


def _read_jsonl(path: Path) -> Iterator[Mapping[str, object] | None]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            while line := file.readline(_MAX_LINE):
                if line.strip():
                    yield _parse_line(line)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"cannot read {str(path)!r}: {error}") from error


def _parse_line(line: bytes) -> Mapping[str, object] | None:
    try:
        row = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _read_parquet(path: Path) -> Iterator[Mapping[str, object]]:
    known = {name for ours in COLUMN_NAMES.values() for name in ours}
    for part in list_files(str(path), None):
        try:
            with part.open() as file:
                columns = [name for name in file.schema_arrow.names if name in known]
                for batch in file.iter_batches(batch_size=256, columns=columns):
                    yield from _plain(batch).to_pylist()
        except (OSError, ValueError, pa.ArrowException) as error:
            raise DataError(f"cannot read {str(part)!r}: {str(error).splitlines()[0]}") from error


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Columns that Python can hold: no nanoseconds, and texts as the bytes that they may be."""
    fields = []
    for column in batch.schema:
        kind = column.type
        if pa.types.is_timestamp(kind):
            kind = pa.timestamp("ms", tz=kind.tz)
        elif column.name in COLUMN_NAMES["text"] and kind in (pa.string(), pa.large_string()):
            kind = pa.large_binary()
        fields.append(column.with_type(kind))
    return pa.Table.from_batches([batch]).cast(pa.schema(fields), safe=False).combine_chunks()


def _read_folder(root: Path) -> Iterator[Row]:
    """README.md files below a folder; `models.jsonl` in it may add tags and counts.

    Cards whose folders name no owner are of one: the folder's, which has a sign that no name has.
    """
    listed = {}
    if (index := root / "models.jsonl").exists():
        listed = {str(row["id"]): row for row in _read_jsonl(index) if row and "id" in row}
    files = {file.parent.relative_to(root).as_posix(): file for file in files_of(root)[1:]}
    if "." in files:
        files[root.resolve().name] = files.pop(".")
    for name in [*listed, *(name for name in files if name not in listed)]:
        row = _row({"id": name, **listed.get(name, {})}, name)
        row["author"] = row["author"] or f"./{root.resolve().name}"
        try:
            row["data"] = files[name].read_bytes() if name in files else None
        except OSError as error:
            row["problems"].append(f"unreachable: {error.strerror}")
        yield row


def _row(raw: Mapping[str, object] | None, fallback: str) -> Row:
    """One of our rows from one of theirs, whatever it holds."""
    if raw is None:
        return {"id": read_text(fallback), "data": None, "problems": ["no_id: not a JSON object"]}
    values = {
        ours: next((raw[key] for key in theirs if raw.get(key) is not None), None)
        for ours, theirs in COLUMN_NAMES.items()
    }
    problems: list[str] = []
    name = read_text(values["id"])
    if name is None or not name.strip():
        problems.append("no_id")
    text = values["text"]
    row: Row = {
        "id": name if name and name.strip() else read_text(fallback),
        "data": text if isinstance(text, str | bytes) else None,
        "author": read_text(values["author"]) or owner_of(name or ""),
        "sha": read_text(values["sha"]),
        "pipeline_tag": read_text(values["pipeline_tag"]),
        "library_name": read_text(values["library_name"]),
        "gated": None if values["gated"] is None else read_text(str(values["gated"])[:40].lower()),
        "tags": tags if (tags := read_texts(values["tags"])) is not None else [],
    }
    for key in ("downloads", "downloads_all_time", "likes"):
        row[key] = read_count(values[key], problems)
    for key in ("created_at", "last_modified"):
        row[key] = read_date(values[key], problems)
    row["license"] = first_tag(row["tags"], "license:")
    row["base_model"] = base_models(row["tags"])
    weights, score = values["parameters"], values["trending_score"]
    row["parameters"] = read_count(
        weights.get("total") if isinstance(weights, Mapping) else weights, problems
    )
    row["trending_score"] = None if score is None else read_count(score, problems)
    if values["disabled"] is True:
        problems.append("disabled")
    return row | {"problems": problems}
