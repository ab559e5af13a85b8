"""A commit that touched README.md, and whether an effect may be looked for after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cardiogram.judge import Rating

CardEventKind = Literal[
    "created", "edited", "metadata", "whitespace", "restored", "wiped", "deleted"
]
"""What a commit did to the card."""


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
    reasons
        Why no effect of this change can be told from others; none where one can.
    rating_before, rating_after
        By the built-in judge; None where there was no card or it was not asked.
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
    reasons: tuple[str, ...] = ()
    rating_before: Rating | None = None
    rating_after: Rating | None = None
    pull_request: int | None = None

    @property
    def usable(self) -> bool:
        """Whether an effect study may use it."""
        return not self.reasons

    @property
    def readme_only(self) -> bool:
        """Whether the commit changed nothing but the card."""
        return not self.files
