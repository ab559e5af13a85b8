"""What a judge says of a card, and what a judge is."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, Protocol

from cardiogram.records import NamedTuple, dataclass, field

if TYPE_CHECKING:
    from cardiogram.cards import Card

Status = Literal["rated", "abstained", "refused", "unparsed", "failed"]
"""How rating a card ended; only `rated` ever counts as a rating."""

_TAIL = 0.05
_TIE = 1e-9
"""Masses that differ by less are equal."""


class Score(NamedTuple):
    """One of the nine numbers.

    A distribution over the five levels becomes a score by one rule, whoever gave it:

    - `value` is its median, the lower one of two: of all whole numbers it errs least in the mean,
      and half of the mass is at or below it. For several answers that is their median, for one
      answer the answer.
    - `low` to `high` is the central 90 %: a level at an end is left out as long as at most 5 % lie
      outside on that side. So 5 % on level 1 give a `low` of 2, and 5 % on level 5 a `high` of 4:
      a mirrored distribution has the mirrored interval, and at least 90 % are inside. The interval
      is widened where it has to be to hold the expected value.

    Attributes
    ----------
    value
        Whole number, 1-5.
    expected
        Expected value, 1.0-5.0.
    low, high
        90 % interval, within 1-5; None where the judge's errors were never measured.

    References
    ----------
    Wang et al. (2025), Improving LLM-as-a-Judge inference with the judgment distribution,
    arXiv 2503.03064: the mean of the distribution beats its mode.
    """

    value: int
    expected: float
    low: float | None
    high: float | None

    def columns(self, name: str) -> dict[str, float | None]:
        """The columns of one of the nine numbers in `ratings/*.parquet`."""
        sides = {"expected": self.expected, "low": self.low, "high": self.high}
        return {name: self.value, **{f"{name}_{side}": value for side, value in sides.items()}}

    @classmethod
    def from_levels(cls, levels: Iterable[float]) -> Score:
        """The score of a distribution over the levels.

        Parameters
        ----------
        levels
            Masses of 1-5, shape (5,); they are scaled to sum to 1.

        Examples
        --------
        >>> Score.from_levels([0.0, 0.1, 0.6, 0.3, 0.0])
        Score(value=3, expected=3.2, low=2.0, high=4.0)
        """
        masses = [float(mass) for mass in levels]
        total = sum(masses)
        below = list(accumulate(mass / total for mass in masses))
        value = bisect_left(below, 0.5 - _TIE) + 1
        low = bisect_right(below, _TAIL + _TIE) + 1
        high = min(bisect_left(below, 1 - _TAIL - _TIE) + 1, len(below))
        mean = sum(level * mass for level, mass in enumerate(masses, 1)) / total
        expected = round(1e4 * mean) / 1e4
        return cls(value, expected, min(float(low), expected), max(float(high), expected))

    @classmethod
    def from_answers(cls, answers: Sequence[int]) -> Score:
        """The score of one or more whole numbers: that of their shares.

        Examples
        --------
        >>> Score.from_answers([4])
        Score(value=4, expected=4.0, low=4.0, high=4.0)
        """
        return cls.from_levels(share_levels(answers))


def share_levels(answers: Sequence[int]) -> tuple[float, ...]:
    """Share of each level among some answers, shape (5,).

    Examples
    --------
    >>> share_levels([3, 3, 4, 3])
    (0.0, 0.0, 0.75, 0.25, 0.0)
    """
    return tuple(answers.count(level) / len(answers) for level in range(1, 6))


class Evidence(NamedTuple):
    """A fact that moved a score, and where it stands.

    Attributes
    ----------
    fact
        Plain words: "no licence in the metadata".
    first_line, last_line
        Lines of the card, from 1; 0 where the fact has no place in its text. Of several places the
        longest.
    effect
        How much the criterion's expected value moves with it; negative for what is missing, None
        where the judge did not measure it. Effects are measured one by one: they do not add up.
    places
        First and last line of each place, in their order, where there are several.
    """

    criterion: str
    fact: str
    first_line: int = 0
    last_line: int = 0
    effect: float | None = None
    places: tuple[tuple[int, int], ...] = ()


class Quote(NamedTuple):
    """Words that a judge says stand on the card.

    Attributes
    ----------
    found
        Whether they do, after whitespace and Markdown marks are set aside.
    first_line, last_line
        Where, from 1; 0 where they were not found.
    """

    criterion: str
    text: str
    found: bool
    first_line: int = 0
    last_line: int = 0


class JudgeAnswer(NamedTuple):
    """One of several answers behind a rating, kept whole so that its reliability can be measured.

    Attributes
    ----------
    repeat
        Number of the answer, from 0.
    order
        The criteria in the order in which they were asked.
    status
        How this answer ended.
    scores
        The nine whole numbers in the order of :data:`cardiogram.names.SCORES`; empty unless rated.
    """

    repeat: int
    order: tuple[str, ...]
    status: Status
    scores: tuple[int, ...] = ()


class Usage(NamedTuple):
    """What a rating took, all of its calls together.

    Attributes
    ----------
    calls
        Answers received, those that had to be asked again included.
    input_tokens, cached_tokens, output_tokens
        As the provider counted them; `cached_tokens` are those of the input that it had kept.
    seconds
        Time from request to answer, summed.
    """

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0


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
        What the answer cost; 0 for the built-in judge, None where the price is not known.
    reason
        Why the overall rating is what it is, or why there is none.
    quotes
        The judge's evidence in the card's own words.
    levels
        Probability of each level 1-5 by score, shape (5,), where the judge gives one.
    answers
        Every answer behind the rating, where the judge is asked more than once.
    model
        The model that answered, as the provider names it.
    answered_by
        Who of a cascade or panel gave the rating; empty for a judge that answers itself.
    """

    judge: str
    judge_version: str
    rubric_version: str
    input_sha256: str
    status: Status = "rated"
    scores: Mapping[str, Score] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    cost_usd: float | None = 0.0
    problems: tuple[str, ...] = ()
    reason: str = ""
    quotes: tuple[Quote, ...] = ()
    levels: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    answers: tuple[JudgeAnswer, ...] = ()
    model: str = ""
    usage: Usage | None = None
    answered_by: str = ""

    def row(self, id: str, card_sha256: str) -> dict[str, object]:
        """The rating as a row of `ratings/*.parquet`."""
        row: dict[str, object] = {
            "id": id,
            "card_sha256": card_sha256,
            "input_sha256": self.input_sha256,
            "judge": self.judge,
            "judge_version": self.judge_version,
            "rubric_version": self.rubric_version,
            "status": self.status,
            "evidence": [evidence._asdict() for evidence in self.evidence],
            "cost_usd": self.cost_usd,
            "problems": list(self.problems),
        }
        if self.usage is not None:  # a judge that is asked: the built-in one leaves these null
            row |= {
                "reason": self.reason,
                "quotes": [quote._asdict() for quote in self.quotes],
                "answers": [answer._asdict() for answer in self.answers],
                "model": self.model,
                **self.usage._asdict(),
            }
        if self.answered_by:
            row["answered_by"] = self.answered_by
        for name, levels in self.levels.items():
            row[f"{name}_levels"] = list(levels)
        for name, score in self.scores.items():
            row |= score.columns(name)
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
