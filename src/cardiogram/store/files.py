"""Files that are either whole or absent: temporary file, flush to the disk, rename."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from cardiogram.errors import DataError
from cardiogram.store.damage import set_aside

TEMPORARY = re.compile(r"\..+\.(?:parquet|arrow|toml|jsonl?|html|npy)\.\d+\.tmp")
"""Names of the halves of files that a killed process leaves."""


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
        if path.is_dir():
            set_aside(path)
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise write_error(path, error) from error


def append_line(path: Path, line: str) -> None:
    """Add a line to a file, and to the disk; half a line that a killed process left is ended.

    Raises
    ------
    DataError
        The disk is full or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as file:
            file.seek(max(0, file.tell() - 1))
            start = b"" if file.read(1) in (b"", b"\n") else b"\n"
            file.write(start + line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise write_error(path, error) from error


def _sync_folder(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # Windows opens no folder
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_error(path: Path, error: OSError) -> DataError:
    """The error to raise where a file cannot be written."""
    return DataError(
        f"cannot write {str(path)!r}: {error.strerror or error}",
        hint="Free some space or choose another folder, then run the same command again: "
        "what was finished is kept.",
    )
