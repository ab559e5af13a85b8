"""Histories of cards in a ledger: `events/*.parquet`, one file a repository, one row a change."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from cardiogram.errors import DamagedFile, DataError
from cardiogram.store import Row, Table, from_json, to_json
from cardiogram.text import sha256
from cardiogram.track.history.card_event import CardEvent, CardHistory

EVENTS = "events"
_NOTE = "history"
_SCORES = pa.map_(pa.string(), pa.float64())
_SCHEMA = pa.schema(
    {
        "repo": pa.string(),
        "commit": pa.string(),
        "at": pa.timestamp("us", tz="UTC"),
        "title": pa.string(),
        "kind": pa.string(),
        "files": pa.list_(pa.string()),
        "before": pa.string(),
        "after": pa.string(),
        "settled": pa.string(),
        "reasons": pa.list_(pa.string()),
        "scores_before": _SCORES,
        "scores_after": _SCORES,
        "scores_settled": _SCORES,
        "others": pa.list_(
            pa.struct({"kind": pa.string(), "days": pa.int64(), "what": pa.string()})
        ),
        "pull_request": pa.int64(),
    }
)


def write_events(ledger: Path, history: CardHistory) -> Path:
    """Keep a card's history in a ledger, in the place of what was kept of it before."""
    rows = [to_json(event) | {"at": event.at} for event in history.events]
    note = to_json(replace(history, events=()))
    path = _path(ledger, history.repo)
    Table(path.parent, _SCHEMA).write(path.stem, rows, {_NOTE: json.dumps(note)})
    return path


def kept_history(ledger: Path, repo: str) -> CardHistory | None:
    """The history of one card that a ledger keeps, if it does.

    Raises
    ------
    DataError
        The file is damaged.
    """
    path = _path(ledger, repo)
    return read_events(path)[0] if path.is_file() else None


def _path(ledger: Path, repo: str) -> Path:
    name = repo.replace("/", "--")
    if not re.fullmatch(r"\w[\w.-]{0,150}", name):
        name = sha256(name)[:16]
    return ledger / EVENTS / f"{name}.parquet"


def read_events(path: Path) -> tuple[CardHistory, ...]:
    """The histories that a ledger keeps, or one of its files.

    Raises
    ------
    DataError
        A file is damaged, or holds no history.
    """
    if path.is_file() and path.suffix != ".parquet":
        raise DataError(f"{str(path)!r} holds no history of a card")
    folder = path.parent if path.is_file() else path / EVENTS
    table = Table(folder, _SCHEMA)
    files = [path] if path.is_file() else table.shards()
    return tuple(_read(table, file.stem) for file in files)


def _read(table: Table, name: str) -> CardHistory:
    try:
        note = json.loads(table.note(name)[_NOTE])
        rows = table.read_shard(name)
    except DamagedFile as error:
        raise DamagedFile(error.message, hint=_again(table, name), path=error.path) from error
    except (KeyError, ValueError):
        path = str(table.folder / f"{name}.parquet")
        raise DataError(f"{path!r} holds no history of a card") from None
    history = from_json(CardHistory, note, name)
    return replace(history, events=tuple(from_json(CardEvent, _plain(row), name) for row in rows))


def _again(table: Table, name: str) -> str:
    """How a file is written again: without it a changed model would pass for an unchanged one."""
    target = shlex.quote(name.replace("--", "/", 1)) if "--" in name else "TARGET"
    ledger = shlex.quote(str(table.folder.parent))
    return f"It is written again by: cardiogram track history {target} --ledger {ledger}"


def _plain(row: Row) -> dict[str, Any]:
    scores = {key: dict(row[key]) for key in row if key.startswith("scores_") and row[key]}
    return {**row, **scores, "at": row["at"].isoformat()}
