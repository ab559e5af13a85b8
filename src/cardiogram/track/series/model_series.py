"""The series of one model: what is known of each day, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

import numpy as np

from cardiogram.stats.resampling import Floats

UnknownReason = Literal[
    "no snapshot",
    "stood still",
    "rolled back",
    "partial snapshot",
    "counter stuck",
    "conflicting duplicate rows",
]
"""Why days have one sum and no figures of their own."""

FlagKind = Literal["recount", "fall", "gone", "stuck", "zero_is_unknown", "duplicate", "conflict"]
"""What a series shows that no download explains."""


@dataclass(frozen=True, slots=True)
class NameSpan:
    """A name that a model bore from one day to another; `last` is None where it still does."""

    name: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class SummedDays:
    """New downloads between two snapshots, `first` and `last`, whose days are not told apart."""

    first: date
    last: date
    new: int
    why: UnknownReason

    @property
    def days(self) -> int:
        """Days between the snapshots."""
        return (self.last - self.first).days


@dataclass(frozen=True, slots=True)
class SeriesFlag:
    """What was wrong on a day, or from a day on.

    Attributes
    ----------
    day
        Of the snapshot that shows it first.
    step
        Of a recount or a fall: what the counter moved by, which belongs to no day.
    before, after
        Of a recount: the library_name before and after it.
    until
        Last day of a counter that was stuck, or was 0 before it was counted.
    """

    day: date
    kind: FlagKind
    step: int | None = None
    before: str | None = None
    after: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ModelSeries:
    """One model's counters by the day of the snapshot that read them off.

    A snapshot is taken early in its UTC day, so `new[n]` happened the day before
    `first_day + n`: :attr:`activity_lag`. Series that are read together have the same days.

    Attributes
    ----------
    key
        The Hub's immutable id of the repository; its name where no source has an id.
    spans
        Its names in their order.
    new
        Growth of the all-time counter since the snapshot of the day before, shape (days,);
        NaN where it is not known.
    all_time, rolling, likes
        The counters themselves, shape (days,) each; NaN where they are not known. `rolling` is
        the Hub's count of the last 30 days.
    summed
        Days that are known together only; none of them is known in `new`.
    created
        Day on which the repository was made.
    libraries
        Its library_name by the day on which it was first read off.
    """

    key: str
    spans: tuple[NameSpan, ...]
    first_day: date
    new: Floats
    all_time: Floats
    rolling: Floats
    likes: Floats
    summed: tuple[SummedDays, ...] = ()
    flags: tuple[SeriesFlag, ...] = ()
    created: date | None = None
    task: str | None = None
    libraries: dict[date, str | None] = field(default_factory=dict)
    activity_lag: int = 1

    @property
    def name(self) -> str:
        """Its present name."""
        return self.spans[-1].name if self.spans else self.key

    @property
    def every_name(self) -> frozenset[str]:
        """All names that it bore, and bears."""
        return frozenset({self.name, *(span.name for span in self.spans)})

    @property
    def author(self) -> str:
        """Who has it now."""
        return self.name.partition("/")[0]

    def known_days(self) -> tuple[date, tuple[float | None, ...]]:
        """The first day that is known, and the new downloads of each day from it to the last.

        Days are those on which they happened; None is a day that is not known between two.
        """
        known = np.flatnonzero(np.isfinite(self.new))
        first, end = (int(known[0]), int(known[-1]) + 1) if known.size else (0, 0)
        counts = (float(count) if np.isfinite(count) else None for count in self.new[first:end])
        return self.first_day + timedelta(first - self.activity_lag), tuple(counts)
