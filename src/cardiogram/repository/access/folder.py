"""A repository in a folder: what `git clone`, `save_pretrained` or a download left there."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cardiogram.errors import CardNotFound, ConfigError, DataError
from cardiogram.lazy import regex
from cardiogram.repository.access.folder_name import name_folder
from cardiogram.repository.access.git_clone import open_clone
from cardiogram.repository.access.repository import (
    MOST_EARLIER,
    AwayFromHub,
    Others,
    RepositoryCommit,
    RepositoryFile,
    RepositoryType,
)

MAX_PART = 16 << 20
MAX_FILES = 20_000
_NO_FILES = frozenset({"node_modules", "site-packages", "__pycache__"})
_KEPT = frozenset({".eval_results", ".gitattributes"})  # of the hidden ones
_POINTER = regex(
    rb"version https://git-lfs\.github\.com/spec/v1\n.{0,200}?"
    rb"oid sha256:([0-9a-f]{64})\nsize (\d{1,18})\n",
    re.DOTALL,
)


class FolderRepository(AwayFromHub):
    """See :class:`Repository`; made by `open_folder`.

    Files are those that lie in the folder when they are asked for; a file that changes between
    two reads is an error, never half of each.
    """

    def __init__(
        self,
        path: Path,
        others: Others | None = None,
        *,
        of: RepositoryType = "model",
        id: str = "",
        commit: str = "",
        within: Path | None = None,
    ) -> None:
        super().__init__(others)
        try:
            self.root: Path = path.resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            raise ConfigError(f"no folder {str(path)!r}") from None
        if not self.root.is_dir():
            raise ConfigError(f"{str(path)!r} is no folder")
        self.id: str = id
        self.of: RepositoryType = of
        self.commit: str = commit
        self.info: Mapping[str, object] = {}
        self.history: Sequence[RepositoryCommit] = ()
        self._within = (within or self.root).resolve()
        self._name()
        self._pointers: set[str] = set()
        self._stats: dict[str, tuple[int, int]] = {}
        self._contents: dict[str, bytes] = {}
        self.files: dict[str, RepositoryFile] = dict(
            sorted((file.path, file) for file in self._list())
        )

    def __repr__(self) -> str:
        return f"FolderRepository({str(self.root)!r})"

    def earlier(self, path: str) -> Iterator[tuple[RepositoryCommit, bytes]]:
        """A file as it was committed to the git repository that the folder is in."""
        try:
            clone = open_clone(self.root)
        except ConfigError:
            return
        for commit in clone.versions(path, MOST_EARLIER):
            blob = next((change.after for change in commit.changes if change.after), None)
            for _, data in clone.texts([blob], MAX_PART) if blob else ():
                if data is not None:
                    yield RepositoryCommit(commit.id, commit.at.isoformat(), commit.title), data

    def read(self, path: str, limit: int = MAX_PART) -> bytes:
        """A whole file."""
        if path not in self._contents:
            size = self._file(path).size
            if size > limit:
                raise DataError(f"{path!r} has {size} bytes, more than the {limit} that are read")
            self._contents[path] = self._bytes(path, 0, size)
        return self._contents[path]

    def read_part(self, path: str, start: int, stop: int) -> bytes:
        """Bytes of a file."""
        size = self._file(path).size
        if not 0 <= start <= stop <= start + MAX_PART:
            raise DataError(f"no part of {path!r} from {start} to {stop} is read")
        return self._bytes(path, start, min(stop, size)) if start < min(stop, size) else b""

    def stream(self, path: str) -> Iterator[bytes]:
        """A file in parts of 1 MiB."""
        for start in range(0, self._file(path).size, 1 << 20):
            yield self.read_part(path, start, start + (1 << 20))

    def _file(self, path: str) -> RepositoryFile:
        if path not in self.files:
            raise CardNotFound(f"no {path!r} in {self.root.name!r}")
        if path in self._pointers:
            raise DataError(f"{path!r} is only Git LFS's pointer here: git lfs pull")
        return self.files[path]

    def _bytes(self, path: str, start: int, stop: int) -> bytes:
        """Part of a file, which must be the one that was listed, and whole."""
        try:
            place = (self.root / path).resolve(strict=True)
            place.relative_to(self._within)
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            with open(place, "rb", opener=lambda name, _: os.open(name, flags)) as file:
                now = os.fstat(file.fileno())
                file.seek(start)
                data = file.read(stop - start)
        except (OSError, RuntimeError):
            raise DataError(f"{path!r} cannot be read") from None
        except ValueError:
            raise DataError(f"{path!r} leads out of the folder") from None
        same = (now.st_size, now.st_mtime_ns) == self._stats[path] and stat.S_ISREG(now.st_mode)
        if not same or len(data) != stop - start:
            raise DataError(f"{path!r} changed while it was read")
        return data

    def _list(self) -> Iterator[RepositoryFile]:
        """Regular files of the folder in order, and links that stay in it."""
        count = 0
        for place, folders, here in os.walk(self.root):
            folders[:] = sorted(
                name for name in folders if not _is_hidden(name) and name not in _NO_FILES
            )
            for name in sorted(here):
                path = (Path(place) / name).relative_to(self.root).as_posix()
                if is_left_out(path):
                    continue
                count += 1
                if count > MAX_FILES:
                    raise DataError(f"{str(self.root)!r} has more than {MAX_FILES} files")
                file = self._look(path)
                if file is not None:
                    yield file

    def _look(self, path: str) -> RepositoryFile | None:
        """A file with its size; None for what is no file, or leads out of the folder."""
        place = self.root / path
        try:
            if place.is_symlink():
                place.resolve(strict=True).relative_to(self._within)
            status = place.stat()
        except (OSError, RuntimeError, ValueError):
            return None
        if not stat.S_ISREG(status.st_mode) or not path.isprintable():
            return None
        self._stats[path] = status.st_size, status.st_mtime_ns
        if 100 < status.st_size < 400 and (
            pointer := read_pointer(self._bytes(path, 0, status.st_size))
        ):
            self._pointers.add(path)
            return RepositoryFile(path, *pointer)
        return RepositoryFile(path, status.st_size)

    def _name(self) -> None:
        """Take the id from where the folder lies and what lies in it, unless it was given."""
        named = name_folder(self.root)
        if named.commit:
            self._within = self.root.parent.parent
            self.commit = self.commit or named.commit
        if not self.id:
            self.id = named.id
            self.of = named.of if named.id and not named.commit else self.of


def is_left_out(path: str) -> bool:
    """Whether a file is none of a model: a hidden one, or installed software."""
    *folders, name = path.split("/")
    if any(_is_hidden(folder) or folder in _NO_FILES for folder in folders):
        return True
    return _is_hidden(name) and ".eval_results" not in path


def read_pointer(data: bytes) -> tuple[int, str] | None:
    """The size and digest of the file for which Git LFS has a pointer here; None for no pointer."""
    match = _POINTER.match(data) if 100 < len(data) < 400 else None
    return (int(match[2]), f"sha256:{match[1].decode()}") if match else None


def _is_hidden(name: str) -> bool:
    return name.startswith(".") and name not in _KEPT
