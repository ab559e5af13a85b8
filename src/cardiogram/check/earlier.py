"""What a card was before an edit, in git or in another file, and which cards are no more."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cardiogram.cards import Card, parse_card
from cardiogram.check.folders import may_hold_cards
from cardiogram.check.recognition import explain_no_card
from cardiogram.check.targets import read_file
from cardiogram.errors import ConfigError
from cardiogram.names import CardType
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
    edited
        Whether the card is another one now, be its ratings the same.
    """

    at: str
    scores: Mapping[str, Score]
    edited: bool = True

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
        It is neither, or both: whoever adds a file could choose what is compared.
    """
    path = path.resolve()  # a link is what it points to, which git keeps
    commit = access.find_commit(path.parent, against)
    if against != LAST_COMMIT and os.path.isfile(against):
        if commit is None:
            return read_file(Path(against))
        raise ConfigError(
            f"--against {against!r} is a file, and a revision of the repository",
            hint=f"The file: --against ./{against}. The revision: its commit, or refs/heads/...",
        )
    if commit is None:
        raise ConfigError(
            f"--against {against!r}: no such file, and no revision of the repository of "
            f"{str(path)!r}",
            hint="Give a file, or a commit, branch or tag: --against main",
        )
    return _read_blob(path, commit)


def read_deleted(
    target: str, against: str, of: CardType = "model"
) -> Iterator[tuple[str, str, Card]]:
    """The cards of a target that were there at a revision, and are no more; none without git.

    Yields
    ------
    tuple
        What it would be called, were it checked; its path; the card as it was.
    """
    path = Path(target)
    if os.path.isfile(path) or os.path.isfile(against):
        return
    folder = path
    while not os.path.isdir(folder) and folder != folder.parent:
        folder = folder.parent
    commit = access.find_commit(folder, against) if os.path.isdir(folder) else None
    if commit is None:
        return
    below = path.relative_to(folder)
    listed = access.run_git(
        folder, "ls-tree", "-r", "-z", "--name-only", commit, "--", below.as_posix()
    )
    for name in filter(None, os.fsdecode(listed or b"").split("\0")):
        gone = folder / name
        is_asked = gone.name == "README.md" or gone == path
        parts = Path(name).relative_to(below).parent.parts
        if not is_asked or os.path.lexists(gone) or not all(map(may_hold_cards, parts)):
            continue
        data = _read_blob(gone, commit, folder) or b""
        card = parse_card(data)
        if not explain_no_card(card, data, of):
            is_own = path in (gone, gone.parent)
            yield (target if is_own else str(gone.parent)), str(gone), card


def read_committed(path: Path) -> bytes | None:
    """The bytes of a card at the last commit; None where there is none, or no git."""
    path = path.resolve()
    if not any(os.path.lexists(folder / ".git") for folder in path.parents):
        return None  # git need not be asked
    return _read_blob(path, LAST_COMMIT)


def _read_blob(path: Path, commit: str, folder: Path | None = None) -> bytes | None:
    """A file of a commit; its name may be anything, since git takes what follows ./ as it is.

    Parameters
    ----------
    folder
        One above it that there is; its own unless given.
    """
    folder = folder or path.parent
    name = path.relative_to(folder).as_posix()
    return access.run_git(folder, "cat-file", "blob", f"{commit}:./{name}")
