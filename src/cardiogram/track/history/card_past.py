"""What git or the Hub tells of a card's past: commits with the files they changed, and texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from cardiogram.names import CardType
from cardiogram.repository.access import GitClone, GitCommit, run_git
from cardiogram.text import MAX_CARD_BYTES

README = "README.md"
TEXT_BYTES = MAX_CARD_BYTES + 1
"""One more than is kept of a card, so that a longer one shows."""

Texts = Callable[[Iterable[str]], Iterator[tuple[str, bytes | None]]]
"""Gives README.md by git's ids of it; None for one that cannot be read."""


@dataclass(frozen=True, slots=True)
class CardPast:
    """A card's past, its texts not yet read.

    Attributes
    ----------
    commits
        The main line, oldest first.
    path
        README.md, with the folder where the card is not at the top.
    unread
        Commits of which it is not known what else they changed.
    tags
        Commits that git's tags name, by the names of the tags.
    whole
        Whether the first commit is the repository's first.
    paper_day
        Says when a paper came out, ``2024-12-01``; "" where nobody knows.
    """

    repo: str
    of: CardType
    commits: tuple[GitCommit, ...]
    texts: Texts
    path: str = README
    unread: frozenset[str] = frozenset()
    tags: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    whole: bool = True
    paper_day: Callable[[str], str] = field(default=lambda paper: "")


def past_of_clone(clone: GitClone, repo: str, of: CardType) -> CardPast:
    """The past of a card in a git repository; of one in a folder of it, what changed there.

    Raises
    ------
    DataError
        The history cannot be read whole.
    """
    commits = tuple(reversed(list(_within(clone.prefix, clone.commits()))))
    problems = ("the clone is shallow: older commits are not in it",) if clone.is_shallow else ()
    return CardPast(
        repo,
        of,
        commits,
        lambda ids: clone.texts(ids, TEXT_BYTES),
        path=clone.prefix + README,
        tags=_tags(clone),
        problems=problems,
        whole=not clone.is_shallow,
    )


def _within(folder: str, commits: Iterable[GitCommit]) -> Iterator[GitCommit]:
    """What commits changed in a folder, where the repository holds more than its model."""
    for commit in commits:
        own = tuple(change for change in commit.changes if change.path.startswith(folder))
        if own or not folder:
            yield replace(commit, changes=own)


def _tags(clone: GitClone) -> dict[str, str]:
    words = ("for-each-ref", "--count=1000", "refs/tags")
    form = "--format=%(refname:strip=2) %(objectname) %(*objectname)"
    lines = (run_git(clone.folder, *words, form) or b"").decode("utf-8", "replace").splitlines()
    return {name: ids.split()[-1] for name, _, ids in (line.partition(" ") for line in lines)}
