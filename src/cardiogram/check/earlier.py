"""What a card was before an edit: in git, or in another file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cardiogram.check.targets import read_file
from cardiogram.errors import ConfigError
from cardiogram.records import NamedTuple
from cardiogram.repository import access  # git is asked of few cards

if TYPE_CHECKING:
    from cardiogram.judge import Score

LAST_COMMIT = "HEAD"


class Earlier(NamedTuple):
    """A card's ratings before an edit.

    Attributes
    ----------
    at
        What it is compared with, in words: "the last commit", a revision or a file.
    """

    at: str
    scores: Mapping[str, Score]

    def changes(self, now: Mapping[str, Score]) -> dict[str, float]:
        """How much each of the nine numbers has risen since, both as they are shown."""
        return {
            name: round(score.expected, 1) - round(self.scores[name].expected, 1)
            for name, score in now.items()
            if name in self.scores
        }


def read_earlier(path: Path, against: str) -> bytes | None:
    """The bytes of a card before an edit; None where it did not exist then.

    Parameters
    ----------
    path
        The card as it is now.
    against
        A file, or a revision of the git repository in which the card is.

    Raises
    ------
    ConfigError
        It is neither.
    """
    if against != LAST_COMMIT and os.path.isfile(against):
        return read_file(Path(against))
    path = path.resolve()  # a link is what it points to, which git keeps
    commit = access.find_commit(path.parent, against)
    if commit is None:
        raise ConfigError(
            f"--against {against!r}: no such file, and no revision of the repository of "
            f"{str(path)!r}",
            hint="Give a file, or a commit, branch or tag: --against main",
        )
    return _read_blob(path, commit)


def read_committed(path: Path) -> bytes | None:
    """The bytes of a card at the last commit; None where there is none, or no git."""
    path = path.resolve()
    if not any(os.path.lexists(folder / ".git") for folder in path.parents):
        return None  # git need not be asked
    return _read_blob(path, LAST_COMMIT)


def _read_blob(path: Path, commit: str) -> bytes | None:
    """A file of a commit; its name may be anything, since git takes what follows ./ as it is."""
    return access.run_git(path.parent, "cat-file", "blob", f"{commit}:./{path.name}")
