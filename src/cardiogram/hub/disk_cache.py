"""What was read of the Hub, kept on the disk beside the client's own cache."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from pathlib import Path

from huggingface_hub import constants

ANONYMOUS = Path(constants.HF_ASSETS_CACHE) / "cardiogram" / "anonymous"
"""Folder of what was read without a login."""
MOST_BYTES = 512 << 20  # of all entries; above that the oldest go, down to half
STALE = 3600.0  # seconds after which an unfinished entry was left by a killed process
_DIGEST = 32


class DiskCache:
    """Bytes by name, each with its own digest: what is damaged is as if it were not there.

    It never holds a login, nor a signed address. A disk that is full or cannot be written only
    makes it useless.

    Parameters
    ----------
    folder
        None is a folder of `HF_ASSETS_CACHE`, where the client keeps what other libraries make.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder: Path = (
            folder or Path(constants.HF_ASSETS_CACHE) / "cardiogram" / "repositories"
        )
        self._written = False

    def read(self, name: str) -> bytes | None:
        """The bytes kept under a name, or None."""
        path = self._path(name)
        try:
            with path.open("rb") as file:
                data = file.read()
        except OSError:
            return None
        digest, data = data[:_DIGEST], data[_DIGEST:]
        if hashlib.sha256(data).digest() != digest:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return data

    def write(self, name: str, data: bytes) -> None:
        """Keep bytes under a name, for this user alone."""
        path = self._path(name)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}")
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                with open(
                    temporary, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)
                ) as file:
                    file.write(hashlib.sha256(data).digest() + data)
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
            if not self._written:
                self._written = True
                self._prune()

    def _path(self, name: str) -> Path:
        """A file for a name, which may hold anything."""
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        return self.folder / digest[:2] / digest[2:]

    def _prune(self) -> None:
        """Take the entries away that were not used for the longest time, where they are many."""
        entries = []
        for path in self.folder.glob("*/*"):
            with contextlib.suppress(OSError):
                stat = path.stat()
                if path.name.startswith(".") and stat.st_mtime < time.time() - STALE:
                    path.unlink()
                else:
                    entries.append((stat.st_mtime, stat.st_size, path))
        size = sum(entry[1] for entry in entries)
        if size <= MOST_BYTES:
            return
        for _, length, path in sorted(entries):
            path.unlink(missing_ok=True)
            size -= length
            if size <= MOST_BYTES // 2:
                return
