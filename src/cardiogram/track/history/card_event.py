"""A change of a card, whether an effect may be looked for after it, and a card that was lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cardiogram.names import CardType

CardEventKind = Literal[
    "created", "edited", "metadata", "whitespace", "restored", "wiped", "deleted"
]
"""What a commit did to the card."""

OtherKind = Literal["weights", "library_name", "tags", "paper", "release", "beginning"]
"""What else may have moved a model's downloads."""

Scores = Mapping[str, float]
"""Expected values of the nine numbers by name, `overall` first."""


@dataclass(frozen=True, slots=True)
class OtherChange:
    """What else changed within 14 days of a change of the card.

    Attributes
    ----------
    days
        Days from the change of the card to this one; negative where this one came first.
    what
        The files, tags or papers.
    """

    kind: OtherKind
    days: int
    what: str


@dataclass(frozen=True, slots=True)
class CardEvent:
    """One change of a card.

    Attributes
    ----------
    commit, at, title
        The commit's id, moment in UTC and title.
    files
        What else it changed.
    before, after
        Git's ids of README.md before and after it; None where there was none.
    settled
        That of the text after the last commit of its session: edits within 24 hours are one.
    reasons
        Why no effect of this change can be told from others; none where one can.
    scores_before, scores_after, scores_settled
        By the built-in judge; None where there was no card, or it could not be read.
    others
        What else changed within 14 days.
    pull_request
        Number of the pull request of ours that it merged.
    """

    repo: str
    commit: str
    at: datetime
    title: str
    kind: CardEventKind
    files: tuple[str, ...]
    before: str | None
    after: str | None
    settled: str | None = None
    reasons: tuple[str, ...] = ()
    scores_before: Scores | None = None
    scores_after: Scores | None = None
    scores_settled: Scores | None = None
    others: tuple[OtherChange, ...] = ()
    pull_request: int | None = None

    @property
    def is_change(self) -> bool:
        """Whether a card stood there before it, or came alone to a model that had none."""
        return self.kind != "created" or self.usable

    @property
    def usable(self) -> bool:
        """Whether an effect study may use it."""
        return not self.reasons

    @property
    def readme_only(self) -> bool:
        """Whether the commit changed nothing but the card."""
        return not self.files

    @property
    def rise(self) -> float | None:
        """How much the overall rating rose with it, and with the edits of its session."""
        if self.scores_before is None or self.scores_settled is None:
            return None
        return self.scores_settled["overall"] - self.scores_before["overall"]


@dataclass(frozen=True, slots=True)
class LostCard:
    """A card that a person wrote and a generator's took the place of.

    Attributes
    ----------
    commit, at
        The commit that wrote it, and its moment in UTC.
    taken_by, taken_at
        The commit that took its place.
    returned_by
        The commit since which a person's card stands there again; None where none does.
    """

    commit: str
    at: datetime
    taken_by: str
    taken_at: datetime
    returned_by: str | None = None


@dataclass(frozen=True, slots=True)
class CardHistory:
    """What became of a card.

    Attributes
    ----------
    repo
        ``owner/name``; the name of a clone's folder where nothing says it.
    events
        The oldest first.
    lost
        Cards by hand that a re-push took away, the oldest first.
    problems
        What could not be read of it.
    judge
        Who rated the texts: name and version.
    place
        Where a card can be drafted and restored: the id on the Hub, or the folder that was read.
    """

    repo: str
    of: CardType
    events: tuple[CardEvent, ...]
    lost: tuple[LostCard, ...] = ()
    problems: tuple[str, ...] = ()
    judge: str = ""
    place: str = ""
