"""Answers that were paid for: appended the moment they come, never written over.

One line of JSON an answer. A line is written with one system call, so it outlives a kill of the
process at once, and is flushed to the disk within a fraction of a second, so it outlives a crash
of the machine. Half a line at the end, from a crash, is set aside when the file is opened.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from cardiogram.errors import DataError
from cardiogram.judge.llm.transport import Reply, Token
from cardiogram.store import set_aside
from cardiogram.text import sha256

FLUSH_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Key:
    """What an answer is the answer to.

    Attributes
    ----------
    card
        Hash of what is shown of the card (`Card.input_sha256`).
    options
        Hash of prompt version, rubric, model and parameters.
    part
        The one criterion that was asked for; "" where all were asked together.
    attempt
        0 for the first answer, 1 for the one after its fault was pointed out, and so on.
    """

    card: str
    options: str
    repeat: int = 0
    part: str = ""
    attempt: int = 0

    def __str__(self) -> str:
        return f"{self.card}/{self.options}/{self.repeat}/{self.part}/{self.attempt}"

    @property
    def short(self) -> str:
        """A name of 40 hexadecimal digits, as batches take them."""
        return sha256(str(self))[:40]

    def as_row(self) -> dict[str, str | int]:
        """Plain values for JSON."""
        row = asdict(self)
        row["asked"] = row.pop("options")
        return row

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Key:
        """Read what :meth:`as_row` made."""
        return cls(row["card"], row["asked"], row["repeat"], row["part"], row["attempt"])


def hash_options(options: Mapping[str, object]) -> str:
    """Short hash of parameters, whatever their order."""
    return sha256(json.dumps(options, sort_keys=True, ensure_ascii=False))[:16]


class Ledger:
    """An append-only file of answers, with their places in memory.

    Raises
    ------
    DataError
        The file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged: int = 0
        self._places: dict[str, tuple[int, int]] = {}
        self._dirty = threading.Event()
        self._closing = threading.Event()
        self._loading = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not _is_ledger(path):
                set_aside(path)
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
            self._file = os.open(path, flags, 0o644)
            self._kept = path.open("rb", buffering=0)
            self._end = self._read()
        except OSError as error:
            raise _error(path, error) from error
        self._flusher = threading.Thread(target=self._flush_often, daemon=True)
        self._flusher.start()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: Key) -> bool:
        return str(key) in self._places

    def get(self, key: Key) -> Reply | None:
        """The answer to a key, where there is one."""
        return self._load(str(key)) if key in self else None

    def _load(self, key: str) -> Reply:
        start, length = self._places[key]
        with self._loading:  # Windows reads at no place but the file's own
            self._kept.seek(start)
            line = self._kept.read(length)
        return _reply(json.loads(line)["reply"])

    def put(self, key: Key, reply: Reply) -> None:
        """Keep an answer; the first one to a key stays.

        Raises
        ------
        DataError
            The disk is full.
        """
        if key in self:
            return
        line = json.dumps({"key": str(key), "reply": _plain(reply)}, ensure_ascii=False)
        data = line.encode("utf-8", "replace") + b"\n"
        try:
            self._append(data)
        except OSError as error:
            raise _error(self.path, error) from error
        self._places[str(key)] = (self._end, len(data))
        self._end += len(data)
        self._dirty.set()

    def _append(self, data: bytes) -> None:
        if os.write(self._file, data) < len(data):  # a full disk: what stands there is no line
            os.ftruncate(self._file, self._end)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def recent(self, options: str, count: int) -> list[Reply]:
        """The last answers to calls with the same options (`Key.options`), newest first."""
        keys = (key for key in reversed(self._places) if key.split("/")[1] == options)
        return [self._load(key) for key in islice(keys, count)]

    def close(self) -> None:
        """Flush to the disk and close."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._dirty.set()
        self._flusher.join()
        os.fsync(self._file)
        os.close(self._file)
        self._kept.close()

    def _flush_often(self) -> None:
        while not self._closing.is_set():
            self._dirty.wait()
            self._dirty.clear()
            os.fsync(self._file)
            self._closing.wait(FLUSH_SECONDS)

    def _read(self) -> int:
        """Find the lines; half a line at the end is cut off. Returns where the next one goes."""
        end = 0
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    os.ftruncate(self._file, end)
                    self.damaged += 1
                    break
                try:
                    key = json.loads(line)["key"]
                    self._places.setdefault(key, (end, len(line)))
                except (ValueError, KeyError, TypeError):
                    self.damaged += 1
                end += len(line)
        return end


def _is_ledger(path: Path) -> bool:
    """Whether a file holds answers, or nothing yet."""
    if not path.is_file():
        return not path.exists()
    with path.open("rb") as file:
        return not path.stat().st_size or any(line.startswith(b'{"key": ') for line in file)


def _plain(reply: Reply) -> dict[str, object]:
    """A reply as JSON; of the tokens only those that wrote a digit are worth keeping."""
    row = {name: value for name, value in asdict(reply).items() if value not in (None, ())}
    if reply.tokens:
        row["tokens"] = [
            [token.text, list(map(list, token.others))]
            if any(mark in token.text for mark in "12345")
            else token.text
            for token in reply.tokens
        ]
    return row


def _reply(row: dict[str, Any]) -> Reply:
    tokens = tuple(
        Token(part, ()) if isinstance(part, str) else Token(part[0], tuple(map(tuple, part[1])))
        for part in row.pop("tokens", ())
    )
    return Reply(**row, tokens=tokens)


def _error(path: Path, error: OSError) -> DataError:
    return DataError(
        f"cannot keep answers in {str(path)!r}: {error.strerror or error}",
        hint="Free some space, then run the same command again: answers that came are kept.",
    )
