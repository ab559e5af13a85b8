"""A model folder that was dropped on a page: what was sent of it, with no file on the disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from cardiogram.errors import CardNotFound, DataError
from cardiogram.repository.access.folder import (
    MAX_FILES,
    MAX_PART,
    is_left_out,
    read_pointer,
)
from cardiogram.repository.access.folder_name import read_name
from cardiogram.repository.access.repository import (
    AwayFromHub,
    Others,
    RepositoryCommit,
    RepositoryFile,
    RepositoryType,
)

_LARGEST = 1 << 50
_PROOF = "README.proof.json"


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file of a model folder that was dropped on a page, as far as it is read.

    Attributes
    ----------
    path
        Within the folder, with `/` between folders.
    size
        Bytes of the whole file.
    data
        Its first bytes: all of them of configuration, the header of weights, none of others.
    """

    path: str
    size: int
    data: bytes = b""


class DroppedRepository(AwayFromHub):
    """See :class:`Repository`; made by `open_dropped`.

    What was not sent of a file cannot be read; a header that was sent can.
    """

    def __init__(
        self,
        files: Iterable[DroppedFile],
        others: Others | None = None,
        *,
        of: RepositoryType = "model",
        id: str = "",
    ) -> None:
        super().__init__(others)
        self._dropped: dict[str, DroppedFile] = {}
        listed: dict[str, RepositoryFile] = {}
        for file in files:
            _check(file)
            if file.path in self._dropped or len(self._dropped) >= MAX_FILES:
                raise DataError(f"{file.path!r:.100} was sent twice, or after too many files")
            self._dropped[file.path] = file
            if not is_left_out(file.path):
                pointer = read_pointer(file.data) if file.size == len(file.data) else None
                listed[file.path] = (
                    RepositoryFile(file.path, *pointer)
                    if pointer
                    else RepositoryFile(file.path, file.size)
                )
        self.files: Mapping[str, RepositoryFile] = dict(sorted(listed.items()))
        self.id: str = id
        self.of: RepositoryType = of
        self.commit: str = ""
        if not id and _PROOF in self.files:
            named = read_name(self._dropped[_PROOF].data.decode("utf-8", "replace"))
            self.id, self.of = named.id, named.of if named.id else of
        self.info: Mapping[str, object] = {}
        self.history: Sequence[RepositoryCommit] = ()

    def __repr__(self) -> str:
        return f"DroppedRepository({len(self.files)} files)"

    def earlier(self, path: str) -> Iterator[tuple[RepositoryCommit, bytes]]:
        """None: files have no history."""
        return iter(())

    def read(self, path: str, limit: int = MAX_PART) -> bytes:
        """A whole file."""
        file = self._file(path)
        if file.size > limit:
            raise DataError(f"{path!r} has {file.size} bytes, more than the {limit} that are read")
        if len(file.data) < file.size:
            raise DataError(f"{path!r} was not sent whole")
        return file.data

    def read_part(self, path: str, start: int, stop: int) -> bytes:
        """Bytes of a file, as far as they were sent."""
        if not 0 <= start <= stop <= start + MAX_PART:
            raise DataError(f"no part of {path!r} from {start} to {stop} is read")
        return self._file(path).data[start:stop]

    def stream(self, path: str) -> Iterator[bytes]:
        """A file in one part."""
        yield self.read(path)

    def _file(self, path: str) -> DroppedFile:
        if path not in self.files:
            raise CardNotFound(f"no {path!r} in the folder")
        if self.files[path].digest:
            raise DataError(f"{path!r} is only Git LFS's pointer here: git lfs pull")
        return self._dropped[path]


def _check(file: DroppedFile) -> None:
    """Refuse what no browser says of a file."""
    path = PurePosixPath(file.path)
    is_path = (
        0 < len(file.path) <= 1000
        and file.path.isprintable()
        and path.as_posix() == file.path
        and not path.is_absolute()
        and ".." not in path.parts
    )
    if not is_path:
        raise DataError(f"{file.path!r:.100} is no path within a folder")
    if not len(file.data) <= file.size <= _LARGEST:
        raise DataError(f"{file.path!r:.100} cannot have {file.size} bytes")
