"""Cards that are on the disk already: JSON lines, Parquet dumps, folders and lists of ids."""

from __future__ import annotations

import gzip
import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from cardiogram.errors import ConfigError, DataError

Kind = Literal["jsonl", "parquet", "folder", "ids"]

_NAMES = {
    "id": ("id", "modelId", "model_id", "repo_id"),
    "text": ("text", "card", "readme", "content"),
    "downloads": ("downloads",),
    "downloads_all_time": ("downloads_all_time", "downloadsAllTime"),
    "likes": ("likes",),
    "tags": ("tags",),
    "pipeline_tag": ("pipeline_tag", "task"),
    "library_name": ("library_name", "library"),
    "created_at": ("created_at", "createdAt"),
    "last_modified": ("last_modified", "lastModified"),
    "author": ("author",),
    "sha": ("sha",),
    "gated": ("gated",),
}
"""Our columns, and what the public dumps call them."""

_ABSURD = 1e15
_MAX_LINE = 64 << 20


def kind_of(path: Path) -> Kind:
    """Tell a source by its name.

    Raises
    ------
    ConfigError
        There is no such file, or cardiogram does not read its kind.
    """
    if not path.exists():
        raise ConfigError(f"no file or folder {str(path)!r}", hint="Check the path after --from.")
    if path.is_dir():
        return "folder"
    if path.name.endswith((".jsonl", ".jsonl.gz", ".ndjson")):
        return "jsonl"
    if path.suffix == ".parquet":
        return "parquet"
    if path.suffix == ".txt":
        return "ids"
    raise ConfigError(
        f"cannot tell what {str(path)!r} is",
        hint="Give a .jsonl, .jsonl.gz, .parquet or .txt (one id a line) file, or a folder.",
    )


def read_source(path: Path) -> Iterator[dict[str, Any]]:
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


def read_ids(path: Path) -> list[str]:
    """Model ids, one a line; blank lines and `#` comments are skipped."""
    lines = path.read_text("utf-8", "replace").splitlines()
    return list(dict.fromkeys(s for line in lines if (s := line.partition("#")[0].strip())))


def _read_jsonl(path: Path) -> Iterator[Mapping[str, Any] | None]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            while line := file.readline(_MAX_LINE):
                if line.strip():
                    yield _parse_line(line)
    except (OSError, EOFError) as error:
        raise DataError(f"cannot read {str(path)!r}: {error}") from error


def _parse_line(line: bytes) -> Mapping[str, Any] | None:
    try:
        row = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _read_parquet(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        file = pq.ParquetFile(path)
        names = {name for ours in _NAMES.values() for name in ours}
        columns = [name for name in file.schema_arrow.names if name in names]
        for batch in file.iter_batches(batch_size=256, columns=columns):
            yield from batch.to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"cannot read {str(path)!r}: {str(error).splitlines()[0]}") from error


def _read_folder(root: Path) -> Iterator[dict[str, Any]]:
    """README.md files below a folder; `models.jsonl` in it may add tags and counts."""
    listed = {}
    if (index := root / "models.jsonl").exists():
        listed = {str(row["id"]): row for row in _read_jsonl(index) if row and "id" in row}
    files = {str(file.parent.relative_to(root)): file for file in sorted(root.rglob("README.md"))}
    if "." in files:
        files[root.resolve().name] = files.pop(".")
    for name in [*listed, *(name for name in files if name not in listed)]:
        row = _row({"id": name, **listed.get(name, {})}, name)
        try:
            row["data"] = files[name].read_bytes() if name in files else None
        except OSError as error:
            row["problems"].append(f"unreachable: {error.strerror}")
        yield row


def _row(raw: Mapping[str, Any] | None, fallback: str) -> dict[str, Any]:
    """One of our rows from one of theirs, whatever it holds."""
    if raw is None:
        return {"id": fallback, "data": None, "problems": ["no_id: not a JSON object"]}
    found = {ours: next((raw[n] for n in names if raw.get(n) is not None), None)
             for ours, names in _NAMES.items()}  # fmt: skip
    problems: list[str] = []
    name = found["id"] if isinstance(found["id"], str) and found["id"].strip() else None
    if name is None:
        problems.append("no_id")
    text = found["text"]
    row: dict[str, Any] = {
        "id": name or fallback,
        "data": text if isinstance(text, str | bytes) else None,
        "author": _text(found["author"]) or (name or "").partition("/")[0] or None,
        "sha": _text(found["sha"]),
        "pipeline_tag": _text(found["pipeline_tag"]),
        "library_name": _text(found["library_name"]),
        "gated": _gated(found["gated"]),
        "tags": tags if (tags := _texts(found["tags"])) is not None else [],
    }
    for key in ("downloads", "downloads_all_time", "likes"):
        row[key] = _count(found[key], problems)
    for key in ("created_at", "last_modified"):
        row[key] = _date(found[key], problems)
    row["license"] = _tag_value(row["tags"], "license:")
    base = _tag_value(row["tags"], "base_model:")
    row["base_model"] = [base] if base else []
    return row | {"problems": problems}


def _gated(value: object) -> str | None:
    return None if value is None else str(value).lower()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> list[str] | None:
    """A list of texts; some dumps write it as the text of a Python list."""
    if isinstance(value, str):
        value = re.findall(r"'([^']*)'|\"([^\"]*)\"", value) or value.split(",")
        value = [item if isinstance(item, str) else item[0] or item[1] for item in value]
    if isinstance(value, list | tuple):
        return [item.strip() for item in value if isinstance(item, str) and item.strip()]
    return None


def _count(value: object, problems: list[str]) -> int | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _ABSURD:
        if not (isinstance(value, float) and math.isnan(value)):
            problems.append(f"bad_count: {str(value)[:40]}")
        return None
    return int(value)


def _date(value: object, problems: list[str]) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value if value is None or value.tzinfo else value.replace(tzinfo=timezone.utc)
    try:
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        problems.append(f"bad_date: {str(value)[:40]}")
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _tag_value(tags: list[str], prefix: str) -> str | None:
    return next((tag[len(prefix) :] for tag in tags if tag.startswith(prefix)), None)
