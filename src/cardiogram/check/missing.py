"""Models in a folder of cards that have none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from cardiogram.check.folders import README, look_for_models
from cardiogram.records import dataclass
from cardiogram.repository import access


@dataclass(frozen=True, slots=True)
class MissingCard:
    """A model without a card, beside others.

    Attributes
    ----------
    name
        Its folder.
    path
        Where the card would lie.
    counts
        Whether a bar refuses it: not where it had no card before an edit either.
    """

    name: str
    path: str
    counts: bool = True


def find_missing(
    target: str, cards: Iterable[str], against: str | None = None
) -> Iterator[MissingCard]:
    """The models below a folder that no card is above.

    Parameters
    ----------
    cards
        Paths of the cards that there are.
    against
        A revision of git: what had no card then does not count.
    """
    covered = {Path(card).parent for card in cards}
    if Path(target) in covered:
        return
    for folder in look_for_models(Path(target)):
        if covered.isdisjoint((folder, *folder.parents)):
            covered.add(folder)
            counts = not (against and _had_none(folder, against))
            yield MissingCard(str(folder), str(folder / README), counts)


def _had_none(folder: Path, against: str) -> bool:
    """Whether the folder was there at a revision, and had no card."""
    commit = None if os.path.isfile(against) else access.find_commit(folder, against)
    words = ("ls-tree", "-z", "--name-only", commit or "", "--", "./")
    listed = (commit and access.run_git(folder, *words)) or b""
    return bool(listed) and README.encode() not in listed.split(b"\0")
