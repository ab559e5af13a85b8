"""Has a judge changed since its last calibration? The same cards, the same gold, paired draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from cardiogram.errors import DataError
from cardiogram.judge.gold import JudgeReading
from cardiogram.judge.validation.calibration import Calibration
from cardiogram.judge.validation.metrics import AuthorDraws, Measurement, draw_authors
from cardiogram.names import SCORES
from cardiogram.stats import WholeNumbers

DRAWS = 4000


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """Quadratic-weighted kappa of one score then and now.

    Attributes
    ----------
    difference
        Now minus then, with its interval from draws of authors: 95 % for the overall rating, and
        for each criterion so wide that all of them hold together (Bonferroni).
    moved
        Share of cards whose number is another.
    """

    n: int
    then: float | None
    now: float | None
    difference: Measurement
    moved: float

    @property
    def fell(self) -> bool:
        """Whether agreement is lower, beyond what the draws allow for chance."""
        return self.difference.high is not None and self.difference.high < 0


@dataclass(frozen=True, slots=True)
class Drift:
    """A judge now, against the calibration that was saved of it.

    Attributes
    ----------
    then, now
        Judge and version of each.
    missing
        Cards of the calibration that have no rating now.
    """

    then: str
    now: str
    made_at: str
    scores: dict[str, ScoreChange]
    missing: int

    @property
    def fell(self) -> tuple[str, ...]:
        """Scores whose agreement fell."""
        return tuple(name for name, change in self.scores.items() if change.fell)

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        plain = asdict(self)
        plain["scores"] = {
            name: asdict(change) | {"fell": change.fell} for name, change in self.scores.items()
        }
        return {**plain, "fell": list(self.fell)}


def find_drift(
    saved: Calibration, readings: Sequence[JudgeReading], *, draws: int = DRAWS, seed: int = 0
) -> Drift:
    """Compare the ratings of now with those of a saved calibration, card by card.

    Raises
    ------
    DataError
        None of its cards has been rated now.
    """
    now = {(reading.id, reading.sha256): reading for reading in readings}
    matched = [now.get(key) for key in saved.cards]
    rated = [
        place for place, reading in enumerate(matched) if reading and reading.status == "rated"
    ]
    if not rated:
        raise DataError(
            "none of the cards of the calibration has a rating now",
            hint="Rate the cards that the calibration was made with.",
        )
    rated_now = np.array([reading.whole for place in rated if (reading := matched[place])])
    authors = [saved.cards[place][0].partition("/")[0] for place in rated]
    gold, before = saved.gold_numbers[rated], saved.given_numbers[rated]
    scores = {}
    for place, name in enumerate(SCORES):
        known = np.isfinite(gold[:, place]) & np.isfinite(before[:, place])
        known &= np.isfinite(rated_now[:, place])
        if known.any():
            draw = draw_authors(np.array(authors)[known], draws, seed)
            was, then, now_given = (
                side[known, place].astype(np.int64) for side in (gold, before, rated_now)
            )
            level = 0.95 if place == 0 else 1 - 0.05 / (len(SCORES) - 1)
            scores[name] = _change(was, then, now_given, draw, level)
    first = next(reading for reading in matched if reading)
    return Drift(
        f"{saved.judge} {saved.version}".strip(),
        f"{first.judge} {first.version}".strip(),
        saved.made_at,
        scores,
        len(saved.cards) - len(rated),
    )


def _change(
    gold: WholeNumbers, then: WholeNumbers, now: WholeNumbers, draw: AuthorDraws, level: float
) -> ScoreChange:
    kappas = [draw.kappas(gold, side) for side in (then, now)]
    first, second = (float(k[0]) if np.isfinite(k[0]) else None for k in kappas)
    return ScoreChange(
        n=len(gold),
        then=first,
        now=second,
        difference=draw.figure(kappas[1] - kappas[0], level),
        moved=float(np.mean(then != now)),
    )
