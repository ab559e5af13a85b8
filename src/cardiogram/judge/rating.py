"""What a judge says of a card, and what a judge is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from cardiogram.cards.card import Card

Status = Literal["rated", "abstained", "refused", "unparsed", "failed"]
"""How rating a card ended; only `rated` ever counts as a rating."""


class Score(NamedTuple):
    """One of the nine numbers.

    Attributes
    ----------
    value
        Whole number, 1-5.
    expected
        Expected value, 1.0-5.0.
    low, high
        90 % interval, within 1-5; None where the judge's errors were never measured.
    """

    value: int
    expected: float
    low: float | None
    high: float | None


class Evidence(NamedTuple):
    """A fact that moved a score, and where it stands.

    Attributes
    ----------
    fact
        Plain words: "no licence in the metadata".
    first_line, last_line
        Lines of the card, from 1; 0 where the fact has no place in its text.
    effect
        How much the criterion's expected value moves with it; negative for what is missing, None
        where the judge did not measure it. Effects are measured one by one: they do not add up.
    """

    criterion: str
    fact: str
    first_line: int = 0
    last_line: int = 0
    effect: float | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """The answer of one judge on one card.

    Attributes
    ----------
    scores
        The nine numbers by name, `overall` first; empty unless `status` is "rated".
    input_sha256
        Hash of what the judge saw: with judge and rubric version it is the rating's key.
    cost_usd
        What the answer cost; 0 for the built-in judge.
    """

    judge: str
    judge_version: str
    rubric_version: str
    input_sha256: str
    status: Status = "rated"
    scores: Mapping[str, Score] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    cost_usd: float = 0.0
    problems: tuple[str, ...] = ()

    def row(self, id: str, card_sha256: str) -> dict[str, Any]:
        """The rating as a row of `ratings/*.parquet`."""
        row: dict[str, Any] = {
            "id": id,
            "card_sha256": card_sha256,
            "input_sha256": self.input_sha256,
            "judge": self.judge,
            "judge_version": self.judge_version,
            "rubric_version": self.rubric_version,
            "status": self.status,
            "evidence": [item._asdict() for item in self.evidence],
            "cost_usd": self.cost_usd,
            "problems": list(self.problems),
        }
        for name, score in self.scores.items():
            row |= {
                name: score.value,
                f"{name}_expected": score.expected,
                f"{name}_low": score.low,
                f"{name}_high": score.high,
            }
        return row


class Judge(Protocol):
    """Anything that rates cards by a rubric.

    A judge is a frozen dataclass: its fields are its configuration. `version` changes whenever
    the same card might get another rating; it is recorded with every rating.
    """

    @property
    def id(self) -> str:
        """Short name, used in file names and tables."""

    @property
    def version(self) -> str:
        """Version of weights, prompt and parameters together."""

    @property
    def rubric_version(self) -> str:
        """The rubric it rates by."""

    def rate(self, cards: Sequence[Card]) -> list[Rating]:
        """Rate cards; one rating a card, in their order, whatever the cards contain."""
