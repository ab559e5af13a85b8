"""A cascade: the cheap judge answers where it is sure, the strong one is asked where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cardiogram.cards import Card
from cardiogram.judge.ensemble.derived import Row, rows_by_judge, write_derived
from cardiogram.judge.ensemble.uncertainty import is_doubtful
from cardiogram.judge.rate import CASCADE
from cardiogram.judge.rating import Judge, Rating
from cardiogram.store import Study

TOLERANCE = 1.8
"""Doubt of the cheap judge, in rating points, above which the strong one is asked."""

_OVERALL = ("overall", "overall_expected", "overall_low", "overall_high")


@dataclass(frozen=True, slots=True)
class CascadeJudge:
    """Two judges as one; every rating says which of them gave it (`answered_by`).

    Attributes
    ----------
    cheap
        Asked about every card.
    strong
        Asked where the cheap judge gives no rating, or an overall rating with more doubt
        (:func:`.doubt`) than `tolerance`, in rating points. Where it does
        not rate, nobody does: nothing is filled in.
    """

    cheap: Judge
    strong: Judge
    tolerance: float = TOLERANCE

    @property
    def id(self) -> str:
        """Both names."""
        return cascade_id(self.cheap.id, self.strong.id)

    @property
    def version(self) -> str:
        """Both versions and the tolerance."""
        return f"{self.cheap.version} | {self.strong.version} | tolerance {self.tolerance:g}"

    @property
    def rubric_version(self) -> str:
        """The strong judge's rubric."""
        return self.strong.rubric_version

    def rate(self, cards: Sequence[Card]) -> list[Rating]:
        """Rate all cards by the cheap judge, and the unsure ones again by the strong one."""
        answers = self.cheap.rate(cards)
        sent = [place for place, rating in enumerate(answers) if self.is_unsure(rating)]
        for place, rating in zip(sent, self._ask(cards, sent), strict=True):
            answers[place] = rating
        return [
            replace(
                rating,
                judge=self.id,
                judge_version=self.version,
                answered_by=rating.judge,
            )
            for rating in answers
        ]

    def is_unsure(self, rating: Rating) -> bool:
        """Whether the strong judge is to be asked."""
        found = rating.scores.get("overall")
        if found is None:
            return True
        return is_doubtful(found.value, found.expected, found.low, found.high, self.tolerance)

    def _ask(self, cards: Sequence[Card], places: Sequence[int]) -> list[Rating]:
        return self.strong.rate([cards[place] for place in places]) if places else []


def cascade_id(cheap: str, strong: str) -> str:
    """Name of the cascade as a judge.

    Examples
    --------
    >>> cascade_id("embedded", "openai/gpt-6")
    'cascade:embedded+openai/gpt-6'
    """
    return f"{CASCADE}{cheap}+{strong}"


def unsure_cards(study: Study, cheap: str, tolerance: float) -> set[str]:
    """`input_sha256` of the cards of a study about which the strong judge is to be asked."""
    return {
        row["input_sha256"]
        for row in study.ratings.rows()
        if row["judge"] == cheap and _is_doubtful(row, tolerance)
    }


def write_cascade(study: Study, cascade: CascadeJudge) -> None:
    """Write the ratings of a cascade from those of its two judges, as a judge of its own.

    A card that was sent ends as the strong judge left it: refused, where it refused.
    """
    cheap, strong = cascade.cheap.id, cascade.strong.id
    rows = rows_by_judge(study, [cheap, strong], "all")
    made: dict[tuple[str, str], Row] = {}
    for key, row in rows[cheap].items():
        chosen = rows[strong].get(key) if _is_doubtful(row, cascade.tolerance) else row
        if chosen is not None:
            made[key] = {
                **chosen,
                "judge": cascade.id,
                "judge_version": cascade.version,
                "answered_by": chosen["judge"],
            }
    write_derived(study, cascade.id, made)


def _is_doubtful(row: Row, tolerance: float) -> bool:
    value, expected, low, high = (row[name] for name in _OVERALL)
    return is_doubtful(value, expected, low, high, tolerance)
