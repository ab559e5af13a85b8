"""What there is to do in a study: what is missing, and the cards to mend first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Readers = Literal["downloads", "likes", "cards"]
"""What stands for a card's readers; "cards" where nothing is counted, and each weighs the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedNumber:
    """Of how many cards one thing is said to be missing: nothing of it is there, for certain.

    Attributes
    ----------
    key, criterion
        Of the expectation.
    name, lacks
        What is missing, in a few words, and what a card without it is said to lack.
    part_of
        Key of the expectation that it is counted with where one thing is said once; "" where it
        speaks for itself.
    n, missed
        Cards, and those that miss it. One that has a little of it, that is not asked for it, or of
        which it cannot be decided, is among the first and not among the second.
    """

    key: str
    criterion: str
    name: str
    lacks: str
    part_of: str
    n: int
    missed: int

    @property
    def is_tag(self) -> bool:
        """Whether it is a key of the metadata."""
        return self.criterion == "metadata"

    @property
    def share(self) -> float:
        """Of the cards, 0-1."""
        return self.missed / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CardToMend:
    """A card that is worth mending.

    Attributes
    ----------
    downloads, likes
        None where they are not known.
    rating
        Expected overall rating; None where the model has no card.
    lacks
        One or two things that it lacks, or has little on, the most telling first.
    """

    id: str
    downloads: int | None
    likes: int | None
    rating: float | None
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MendList:
    """The cards worth mending first: readers times what is lacking.

    Attributes
    ----------
    readers
        What stands for them.
    n
        Models that are rated, or have no card.
    low
        Of these, how many are rated under 4 or have no card: the cards are chosen from them.
    without_card
        How many have none.
    """

    readers: Readers
    n: int
    low: int
    without_card: int
    cards: tuple[CardToMend, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What changed in the cards of a folder since an earlier text of them was studied.

    Attributes
    ----------
    day
        On which the earlier texts were read, ISO.
    changed, new, gone
        Ids of cards whose text changed, of models that were not there, and that no longer are.
    before, after
        Mean rating of the changed cards; None where none is, or another judge rated them.
    """

    day: str
    changed: tuple[str, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    before: float | None = None
    after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkList:
    """What few authors need beside the cards to mend; the counts of a later study start from it.

    Attributes
    ----------
    authors
        Those with most models first.
    day
        On which the cards were read, ISO.
    cards
        Of each model with a card the first 12 digits of its hash, and its rating.
    since
        None where no other text of these cards was studied before.
    gained
        With two snapshots, what all models together gained between them, by outcome.
    """

    authors: tuple[str, ...]
    day: str
    judge_version: str
    cards: Mapping[str, KnownCard] = field(default_factory=dict)
    since: Since | None = None
    gained: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCard:
    """A card as it was studied."""

    sha: str
    rating: float | None
