"""A repository at one commit: its files, what the Hub says of it, and the repositories it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from cardiogram.errors import CardiogramError, ConfigError

MOST_EARLIER = 30
"""Revisions of a file that are asked for: each is two requests or three."""
RepositoryType = Literal["model", "dataset", "space"]


@dataclass(frozen=True, slots=True)
class RepositoryFile:
    """A file that a repository lists; nothing of it has been read.

    Attributes
    ----------
    size
        Bytes.
    digest
        ``sha256:…`` where Git LFS or Xet holds it, ``git:…`` for a blob of Git, "" if not known.
    """

    path: str
    size: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class RepositoryCommit:
    """A step of a repository's history.

    Attributes
    ----------
    date
        In ISO 8601: ``2024-12-01T09:40:02.000Z`` of the Hub.
    """

    id: str
    date: str
    title: str = ""


class Repository(Protocol):
    """What facts are read from; a folder and the Hub each give one.

    All files are read at one commit. Nothing is run, unpickled, or read past its bound.
    A file that cannot be read raises a `CardiogramError` whose message is one sentence.
    """

    @property
    def id(self) -> str:
        """``owner/name``; for a folder what its place, git remote or proof says, or ""."""

    @property
    def of(self) -> RepositoryType:
        """What it is."""

    @property
    def commit(self) -> str:
        """The commit; "" for a folder other than a download: it may have been edited since any."""

    @property
    def files(self) -> Mapping[str, RepositoryFile]:
        """Files by path. Symbolic links that lead out of a folder are not among them."""

    @property
    def info(self) -> Mapping[str, object]:
        """What the Hub says of it (tags, gated, safetensors, spaces ...); empty for a folder."""

    @property
    def history(self) -> Sequence[RepositoryCommit]:
        """Commits, newest first; of a long history the newest and the oldest. None of a folder.

        Raises
        ------
        CardiogramError
            The Hub does not give them.
        """

    def earlier(self, path: str) -> Iterator[tuple[RepositoryCommit, bytes]]:
        """A file as it was at the commits before those that changed it, the newest first.

        Each is asked for when it is wanted; at most `MOST_EARLIER`. Of a folder they are those that
        git committed, the present one among them, where it lies in a git repository. What cannot
        be read is left out.

        Raises
        ------
        CardiogramError
            The Hub does not give the history.
        """

    def children(self, relation: str = "quantized", limit: int = 5) -> Sequence[str]:
        """Models whose cards name this one as their base, the most downloaded first.

        Parameters
        ----------
        relation
            ``quantized``, ``finetune``, ``adapter`` or ``merge``.
        """

    def read(self, path: str, limit: int = 16 << 20) -> bytes:
        """A whole file of at most `limit` bytes; read once, then kept.

        Raises
        ------
        CardiogramError
            It is not there, not given, over the limit, or outside of the repository.
        """

    def read_part(self, path: str, start: int, stop: int) -> bytes:
        """Bytes of a file, for headers; at most 16 MiB a call."""

    def stream(self, path: str) -> Iterator[bytes]:
        """A file in parts of about 1 MiB, for those that are too long to keep."""

    def other(self, id: str, of: RepositoryType = "model") -> Repository | None:
        """Another repository of the Hub, by its present or an old name; None where none is.

        Raises
        ------
        CardiogramError
            It is not known whether there is one: no network, or no session was given.
        """


MAX_OTHERS = 32
"""Repositories that one may lead to."""

OtherAnswers = dict[tuple[str, RepositoryType], "Repository | CardiogramError | None"]
"""What was answered of other repositories, errors too."""


def ask_once(
    others: OtherAnswers, id: str, of: RepositoryType, read: Callable[[], Repository | None]
) -> Repository | None:
    """Another repository, asked for once: an error is raised again without another wait.

    Raises
    ------
    ConfigError
        So many were asked for already that whoever names them all only wants the Hub asked.
    """
    if (id, of) not in others:
        if len(others) >= MAX_OTHERS:
            raise ConfigError(f"the files name more than {MAX_OTHERS} other repositories")
        try:
            others[id, of] = read()
        except CardiogramError as error:
            others[id, of] = error
    answer = others[id, of]
    if isinstance(answer, CardiogramError):
        raise answer
    return answer


Others = Callable[[str, RepositoryType], Repository | None]
"""Where other repositories are asked for."""


class AwayFromHub:
    """What a repository that does not lie on the Hub knows of others: what it is told."""

    def __init__(self, others: Others | None) -> None:
        self._ask = others
        self._others: OtherAnswers = {}

    def children(self, relation: str = "quantized", limit: int = 5) -> Sequence[str]:
        """None: the Hub knows them, of a model that is there."""
        return ()

    def other(self, id: str, of: RepositoryType = "model") -> Repository | None:
        """Another repository of the Hub, or None."""
        if self._ask is None:
            raise ConfigError(f"{id!r} was not looked up on the Hub: nothing is sent")
        read = self._ask
        return ask_once(self._others, id, of, lambda: read(id, of))
