"""What followed the changes of cards: the figures, and the one verdict that they allow."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

from cardiogram.stats.resampling import Interval
from cardiogram.track.effect.effect_panel import LeftOut, Outcome, Unit

Counter = Literal["all-time", "rolling"]
VerdictKind = Literal["effect", "none seen", "not identified"]


@dataclass(frozen=True, slots=True)
class EffectVerdict:
    """What may be said: an effect; none that this design could see; or not identified, and why.

    Attributes
    ----------
    sentence
        In one line, with the figures that it rests on.
    reason
        Why nothing is identified; None otherwise.
    """

    kind: VerdictKind
    sentence: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DayPoint:
    """One day of an event study, as changes of the log against the days before the edit.

    Attributes
    ----------
    day
        Days since the edit; 0 is its own day.
    estimate, low, high
        Change against donors on the same days, and its interval.
    band_low, band_high
        Between these lie 95 % of the means of placebo edits of donors.
    models
        Changed models that are known on that day.
    """

    day: int
    estimate: float
    low: float | None
    high: float | None
    band_low: float | None
    band_high: float | None
    models: int


@dataclass(frozen=True, slots=True)
class PlaceboDates:
    """The same estimate of models and dates of which nothing was changed.

    Attributes
    ----------
    runs, crossed
        Times that as many other units were edited on paper, and how many have p below 0.05.
    """

    runs: int
    crossed: int

    @property
    def expected(self) -> float:
        """How many cross the line where nothing happens."""
        return 0.05 * self.runs

    @property
    def too_many(self) -> bool:
        """Whether so many crossed that p-values of this panel cannot be trusted."""
        return self.crossed > self.expected + 3 * math.sqrt(0.05 * 0.95 * self.runs)


@dataclass(frozen=True, slots=True)
class SelectionCheck:
    """Growth before the edit, of changed models less that of donors.

    Attributes
    ----------
    estimate, interval, p_value
        Log of the last week over the week that ended 14 days before the edit.
    """

    estimate: float
    interval: Interval | None
    p_value: float

    @property
    def differs(self) -> bool:
        """Whether models were changed while they rose or fell."""
        return self.p_value < 0.05


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """The same question put to the method of Callaway and Sant'Anna, in periods of 30 days.

    Attributes
    ----------
    estimate
        Change of the log; None where `reason` says why.
    p_value
        By randomisation, not by its own standard error.
    """

    estimate: float | None = None
    p_value: float | None = None
    models: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class DoseGroup:
    """Changed models whose ratings moved by about as much."""

    low: float
    high: float
    models: int
    estimate: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Dose:
    """Effect against the change of the card's rating.

    Attributes
    ----------
    slope, interval, p_value
        Change of the log for each point of the rating; the p-value is by randomisation.
    """

    models: int
    slope: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    groups: tuple[DoseGroup, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What followed the edits of many models, in one outcome.

    Attributes
    ----------
    window
        Days compared before and after the edit; its own day and the next are left out.
    counter
        All-time counts, or the rolling count of day -1 against day 30 where those are missing.
    unit
        What is independent: authors, or models where the dates were drawn by lot.
    models, authors, donors
        Changed models used, their authors, and the models like them that were not changed.
    estimate, se, interval
        Change of the log of new downloads (or likes) after the edit, less that of the donors.
    free
        Degrees of freedom (Satterthwaite on Kish's numbers of units).
    p_value, randomisation_p
        By Student's t, and by which units were changed.
    detectable
        Smallest gain, as a share, that four of five such designs would show.
    days
        The event study, from 30 days before to 30 days after.
    """

    outcome: Outcome
    verdict: EffectVerdict
    window: int
    counter: Counter
    unit: Unit
    models: int = 0
    authors: int = 0
    donors: int = 0
    estimate: float | None = None
    se: float | None = None
    free: float | None = None
    interval: Interval | None = None
    p_value: float | None = None
    randomisation_p: float | None = None
    detectable: float | None = None
    selection: SelectionCheck | None = None
    placebo: PlaceboDates | None = None
    days: tuple[DayPoint, ...] = ()
    cross_check: CrossCheck | None = None
    dose: Dose | None = None
    left_out: tuple[LeftOut, ...] = ()

    @property
    def share(self) -> float | None:
        """The estimate as a share gained: 0.12 is +12 %."""
        return None if self.estimate is None else math.expm1(self.estimate)

    @property
    def share_interval(self) -> Interval | None:
        """The interval, of that share."""
        if self.interval is None:
            return None
        low, high = math.expm1(self.interval.low), math.expm1(self.interval.high)
        return Interval(self.interval.level, low, high, self.interval.method)


@dataclass(frozen=True, slots=True)
class SingleModel:
    """One model beside models like it: no p-value, only what could have been seen.

    Attributes
    ----------
    edit
        Day of activity of the edit, counted from the panel's first.
    before, after
        New a day in the days compared; None where they are not known.
    expected
        New a day after the edit, had it changed as the donors' mean log on the same days: the
        middle of what chance makes of it.
    chance_low, chance_high
        New a day after the edit between which 95 % of models like it would lie, had they had as
        many before.
    detectable
        How many times as many downloads a change would have to bring to be seen with a power of
        80 %; None where `reason` says why.
    again
        Day of the snapshot that ends the days after the edit, where they are not over.
    next_edit
        Where nothing will be compared: the first day on which a new edit can be.
    """

    model: str
    outcome: Outcome
    window: int
    edit: int
    before: float | None = None
    after: float | None = None
    donors: int = 0
    expected: float | None = None
    chance_low: float | None = None
    chance_high: float | None = None
    detectable: float | None = None
    reason: str | None = None
    again: date | None = None
    next_edit: date | None = None
