"""Files of a dump, on the disk or on the Hub: which there are, what is in them, their rows."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOENT
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cardiogram.errors import ConfigError, DataError
from cardiogram.hub import Failure, HubFiles, HubSession, Login, ask_info, ask_part

_PIECE = 8 << 20
_TAIL = 64 << 10


@dataclass(frozen=True, slots=True)
class DumpFile:
    """A Parquet file.

    Attributes
    ----------
    path
        On the disk, or in its dataset on the Hub.
    dataset, commit, endpoint, login, size
        Where it is, if on the Hub.
    """

    path: str
    dataset: str = ""
    commit: str = ""
    endpoint: str = ""
    login: Login = "own"
    size: int = 0

    def __str__(self) -> str:
        return f"hf://datasets/{self.dataset}/{self.path}" if self.dataset else self.path

    @contextmanager
    def open(self) -> Iterator[pq.ParquetFile]:
        """Open it, with its pages' checksums read.

        Raises
        ------
        DataError
            It is not there, or its end is missing or damaged.
        """
        try:
            file = pq.ParquetFile(
                _RangeFile(self) if self.dataset else self.path,
                metadata=_read_end(self) if self.dataset else None,
                page_checksum_verification=True,
                pre_buffer=bool(self.dataset),
            )
        except (OSError, pa.ArrowException) as error:
            raise unreadable(self, error) from error
        with file:
            yield file

    def fingerprint(self) -> str:
        """What tells it from the same file after a change."""
        if self.dataset:
            return f"{self.dataset}@{self.commit}/{self.path}"
        try:
            state = Path(self.path).stat()
            with Path(self.path).open("rb") as file:
                file.seek(max(0, state.st_size - _TAIL))
                end = hashlib.sha256(file.read()).hexdigest()
        except OSError as error:
            raise unreadable(self, error) from error
        return f"{state.st_size} {state.st_mtime_ns} {end}"


@lru_cache(8)
def _read_end(file: DumpFile) -> pq.FileMetaData:
    """What a file on the Hub says of itself at its end: of a commit, that stays."""
    return pq.read_metadata(_RangeFile(file))


def unreadable(file: DumpFile, error: Exception) -> DataError:
    """The error to raise where a file of a dump cannot be read."""
    why = (str(error).splitlines() or [type(error).__name__])[0]
    if isinstance(error, OSError) and error.errno == ENOENT:
        return DataError(f"no file {str(file)!r}", hint="Check the path after --from.")
    return DataError(f"cannot read {str(file)!r}: {why}")


def list_files(path: str, session: HubSession | None, commit: str = "") -> list[DumpFile]:
    """The Parquet files of a path, in the order of their names.

    Parameters
    ----------
    path
        A file or folder, or `hf://datasets/OWNER/NAME[@REVISION]/...`, also with `*`.
    commit
        Of the dataset, where it is settled already.

    Raises
    ------
    ConfigError
        There is none.
    HubError
        The Hub does not give the dataset.
    """
    place, folder = HubFiles.of(path), Path(path)
    if place is not None:
        files = _list_on_hub(place, session or HubSession(), commit)
    elif folder.is_dir():
        every = (file.relative_to(folder) for file in folder.rglob("*.parquet"))
        shown = sorted(f for f in every if not any(part.startswith(".") for part in f.parts))
        files = [DumpFile(str(folder / file)) for file in shown]
    else:
        files = [DumpFile(path)]
    if not files:
        raise ConfigError(f"no .parquet file in {path!r}", hint="Check the path after --from.")
    return files


def _list_on_hub(place: HubFiles, session: HubSession, commit: str) -> list[DumpFile]:
    info = ask_info(session, place.id, "dataset", commit or place.revision)
    if isinstance(info, Failure):
        raise info.error
    login: Login = "none" if session.is_anonymous else "own"
    return [
        DumpFile(name, info["id"], info["sha"], session.endpoint, login, size)
        for name, size in sorted(
            (str(row.get("rfilename")), int(row.get("size") or 0))
            for row in info["siblings"]
            if isinstance(row, dict)
        )
        if name.endswith(".parquet") and _is_at(name, place.path)
    ]


def _is_at(name: str, path: str) -> bool:
    return (
        not path or name == path or name.startswith(f"{path.rstrip('/')}/") or fnmatch(name, path)
    )


class _RangeFile(io.RawIOBase):
    """A file on the Hub, of which only the bytes that are read are asked for."""

    def __init__(self, file: DumpFile) -> None:
        self._file, self._at, self._place = file, 0, ""
        self._session = HubSession(file.endpoint, login=file.login)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        self._at = start + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Bytes from here on, asked for a few megabytes at a time."""
        file = self._file
        left = file.size - self._at
        stop = self._at + (left if size is None or size < 0 else min(size, left))
        pieces = []
        while self._at < stop:
            span = (self._at, min(stop, self._at + _PIECE))
            answer = ask_part(
                self._session, file.dataset, "dataset", file.commit, file.path, span, self._place
            )
            if isinstance(answer, Failure):
                raise answer.error
            self._place = answer.url
            pieces.append(answer.body)
            self._at += len(answer.body)
        return b"".join(pieces)


def json_hash(value: object) -> str:
    """A short name for any values that JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
