"""The last card that a person wrote, where a generator's took its place."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence

from cardiogram.improve.draft import Handwritten
from cardiogram.improve.editing import EditRefused, ReadmeText
from cardiogram.improve.repairs import last_written
from cardiogram.improve.view import README
from cardiogram.repository.access import (
    Repository,
    RepositoryCommit,
    RepositoryFile,
    RepositoryType,
)
from cardiogram.text import blob_id


def find_handwritten(repository: Repository) -> Handwritten | None:
    """The last card that a person wrote and a generator's took the place of.

    Returns
    -------
    Handwritten or None
        None where the present card is a person's, or no earlier one was, or there is no history.

    Raises
    ------
    HubError
        The Hub does not give the history.
    """
    if README not in repository.files:
        return None
    present = ReadmeText.of(repository.read(README))
    written = last_written(_revisions(repository, present))
    return Handwritten(*written) if written else None


def _revisions(
    repository: Repository, present: ReadmeText
) -> Iterator[tuple[RepositoryCommit, ReadmeText]]:
    """Each card that was there, newest first; what cannot be read is left out."""
    yield RepositoryCommit(repository.commit, ""), present
    for commit, data in repository.earlier(README):
        with contextlib.suppress(EditRefused):
            yield commit, ReadmeText.of(data)


def with_readme(repository: Repository, readme: ReadmeText) -> Repository:
    """The same repository with another README.md, such as one to restore."""
    return _WithReadme(repository, readme.encode())


class _WithReadme:
    """See :class:`Repository`."""

    def __init__(self, inner: Repository, data: bytes) -> None:
        self._inner, self._data = inner, data
        self.id, self.of, self.commit = inner.id, inner.of, inner.commit
        file = RepositoryFile(README, len(data), f"git:{blob_id(data)}")
        self.files: Mapping[str, RepositoryFile] = {**inner.files, README: file}

    @property
    def info(self) -> Mapping[str, object]:
        return self._inner.info

    @property
    def history(self) -> Sequence[RepositoryCommit]:
        return self._inner.history

    def earlier(self, path: str) -> Iterator[tuple[RepositoryCommit, bytes]]:
        return self._inner.earlier(path)

    def children(self, relation: str = "quantized", limit: int = 5) -> Sequence[str]:
        return self._inner.children(relation, limit)

    def read(self, path: str, limit: int = 16 << 20) -> bytes:
        return self._data if path == README else self._inner.read(path, limit)

    def read_part(self, path: str, start: int, stop: int) -> bytes:
        return (
            self._data[start:stop] if path == README else self._inner.read_part(path, start, stop)
        )

    def stream(self, path: str) -> Iterator[bytes]:
        return iter([self._data]) if path == README else self._inner.stream(path)

    def other(self, id: str, of: RepositoryType = "model") -> Repository | None:
        return self._inner.other(id, of)
