"""A cascade: the cheap judge answers where it is sure, the strong one is asked where it is not.

And how a study is rated by several judges whose ratings are combined, in a cascade or a panel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from cardiogram.cards import Card
from cardiogram.errors import ConfigError
from cardiogram.judge.ensemble.derived import (
    apply_calibration,
    keys_of,
    ratings_in,
    write_derived,
)
from cardiogram.judge.ensemble.panel import Consensus, panel_id, write_panel
from cardiogram.judge.rate import rate_study
from cardiogram.judge.rated_counts import CASCADE, Coverage, read_coverage
from cardiogram.judge.rating import Judge, Rating
from cardiogram.stats import Floats
from cardiogram.store import Study

TOLERANCE = 1.8
"""Uncertainty of the cheap judge, in rating points, above which the strong one is asked."""

_OVERALL = ("overall", "overall_expected", "overall_low", "overall_high")


WIDTH = 3.29
"""Width of a 90 % interval of the normal distribution, in standard deviations."""


def measure_uncertainty(
    value: ArrayLike, expected: ArrayLike, low: ArrayLike, high: ArrayLike
) -> Floats:
    """Width of a 90 % interval about the whole number given, in rating points.

    It is the root of the squared error to be expected, times 3.29: never below the width of the
    judge's own interval, and equal to it where number and expected value are the same. Quadratic-
    weighted kappa falls with squared errors: by this, and not by the interval's width alone, cards
    are worth a second reading.

    Parameters
    ----------
    value, expected, low, high
        Whole number, expected value and bounds of the 90 % interval, shape (n,) each.

    Examples
    --------
    >>> measure_uncertainty([3, 3], [3.0, 3.4], [2.5, 2.9], [3.5, 3.9]).round(2)
    array([1.  , 1.65])
    """
    whole, mean, down, up = (np.asarray(side, float) for side in (value, expected, low, high))
    width: Floats = np.hypot(up - down, WIDTH * (mean - whole))
    return width


def needs_second_reading(
    value: float | None,
    expected: float | None,
    low: float | None,
    high: float | None,
    tolerance: float,
) -> bool:
    """Whether one number is to be asked about again: it is not there, or too uncertain."""
    if value is None or expected is None or low is None or high is None:
        return True
    return float(measure_uncertainty(value, expected, low, high)) > tolerance


@dataclass(frozen=True, slots=True)
class CascadeJudge:
    """Two judges as one; every rating says which of them gave it (`answered_by`).

    Attributes
    ----------
    cheap
        Asked about every card.
    strong
        Asked where the cheap judge gives no rating, or an overall rating that is more uncertain
        (:func:`.measure_uncertainty`) than `tolerance`, in rating points. Where it does not rate,
        nobody does: nothing is filled in.
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
        second = self.strong.rate([cards[place] for place in sent]) if sent else []
        for place, rating in zip(sent, second, strict=True):
            answers[place] = rating
        return [
            replace(rating, judge=self.id, judge_version=self.version, answered_by=rating.judge)
            for rating in answers
        ]

    def is_unsure(self, rating: Rating) -> bool:
        """Whether the strong judge is to be asked."""
        score = rating.scores.get("overall")
        if score is None:
            return True
        return needs_second_reading(
            score.value, score.expected, score.low, score.high, self.tolerance
        )


def cascade_id(cheap: str, strong: str) -> str:
    """Name of the cascade as a judge.

    Examples
    --------
    >>> cascade_id("embedded", "openai/gpt-6")
    'cascade:embedded+openai/gpt-6'
    """
    return f"{CASCADE}{cheap}+{strong}"


@dataclass(frozen=True, slots=True)
class UnsureCards:
    """Which cards of a shard the strong judge is asked about, by what the cheap one says of them.

    Attributes
    ----------
    cheap
        Its id.
    """

    cheap: str
    tolerance: float

    def __call__(self, study: Study, shard: str) -> frozenset[str]:
        """`input_sha256` of the cards of a shard."""
        rows = ratings_in(study, self.cheap, shard, ["input_sha256", *_OVERALL])
        unsure = pa.array(_are_unsure(rows, self.tolerance))
        return frozenset(rows["input_sha256"].filter(unsure).to_pylist())


def write_cascade(study: Study, cascade: CascadeJudge) -> None:
    """Write the ratings of a cascade from those of its two judges, as a judge of its own.

    A card that was sent ends as the strong judge left it: refused, where it refused.
    """

    def combine(shard: str) -> pa.Table:
        cheap, strong = (
            ratings_in(study, judge.id, shard) for judge in (cascade.cheap, cascade.strong)
        )
        first = {key: place for place, key in enumerate(keys_of(cheap))}
        second = {key: cheap.num_rows + place for place, key in enumerate(keys_of(strong))}
        unsure = _are_unsure(cheap, cascade.tolerance)
        chosen = [second.get(key) if unsure[place] else place for key, place in first.items()]
        places = pa.array([place for place in chosen if place is not None], pa.int64())
        table = pa.concat_tables([cheap, strong]).take(places)
        named = {
            "judge": pa.repeat(cascade.id, len(places)),
            "judge_version": pa.repeat(cascade.version, len(places)),
            "answered_by": table["judge"],
        }
        for name, values in named.items():
            table = table.set_column(table.schema.get_field_index(name), name, values)
        return table

    write_derived(study, cascade.id, combine)


def _are_unsure(ratings: pa.Table, tolerance: float) -> NDArray[np.bool_]:
    """Which ratings are to be asked about again, as :func:`needs_second_reading` says of one."""
    columns = (ratings[name].cast(pa.float64()).to_numpy() for name in _OVERALL)
    sure: NDArray[np.bool_] = measure_uncertainty(*columns) <= tolerance
    return ~sure


@dataclass(frozen=True, slots=True)
class Ensemble:
    """How the ratings of several judges are combined.

    Attributes
    ----------
    cascaded
        The second of two judges is asked only where the first is less sure than `tolerance`.
    consensus
        Of a panel; None writes none.
    calibration
        File of a calibration whose judge's ratings are mapped, too.
    """

    cascaded: bool = False
    tolerance: float = TOLERANCE
    consensus: Consensus | None = None
    calibration: Path | None = None

    def judge_id(self, judges: Sequence[Judge]) -> str:
        """Name of the combined judge; of the first, where the judges stand for themselves."""
        ids = [judge.id for judge in judges]
        if self.cascaded:
            return cascade_id(*ids[:2])
        return panel_id(ids, self.consensus) if self.consensus else ids[0]


def rate_ensemble(
    study: Study, judges: Sequence[Judge], ensemble: Ensemble, **asking: Any
) -> list[Coverage]:
    """Rate with every judge as :func:`~cardiogram.judge.rate.rate_study` does, and combine.

    Returns
    -------
    list of Coverage
        One a judge, and one of the combined judge.

    Raises
    ------
    ConfigError
        A cascade of other than two judges, or a consensus of one.
    """
    if ensemble.consensus is not None and (len(judges) < 2 or ensemble.cascaded):
        raise ConfigError(
            "a consensus needs a panel", hint="--judge A --judge B --consensus median"
        )
    if ensemble.cascaded:
        coverage = _cascade(study, judges, ensemble, asking)
    else:
        coverage = rate_study(study, judges, **asking)
        if ensemble.consensus is not None:
            write_panel(study, [judge.id for judge in judges], ensemble.consensus)
            coverage = [*coverage, _derived(study, ensemble.judge_id(judges))]
    if ensemble.calibration is not None:
        apply_calibration(study, ensemble.calibration)
    return coverage


def _cascade(
    study: Study, judges: Sequence[Judge], ensemble: Ensemble, asking: dict[str, Any]
) -> list[Coverage]:
    if len(judges) != 2:
        raise ConfigError(
            f"a cascade is of two judges, not {len(judges)}",
            hint="--cascade --judge embedded --judge PROVIDER/MODEL",
        )
    cheap, strong = judges
    first = rate_study(study, [cheap], **asking)
    unsure = UnsureCards(cheap.id, ensemble.tolerance)
    second = rate_study(study, [strong], only=unsure, **asking)
    write_cascade(study, CascadeJudge(cheap, strong, ensemble.tolerance))
    return [*first, *second, _derived(study, ensemble.judge_id(judges))]


def _derived(study: Study, judge: str) -> Coverage:
    """Coverage of ratings made from others, whose failures are told beside them."""
    return replace(read_coverage(study, judge), failures={})
