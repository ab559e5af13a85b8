"""Rows of counters as they were read off, from one source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from cardiogram.track.series.day_facts import DayFacts

Measure = Literal["levels", "steps", "days"]
"""What rows hold: a counter's level, what it moved by, or what happened on a day.

Rows of steps are there for counters that moved only.
"""


@dataclass(frozen=True, slots=True)
class SourceReadings:
    """Counters of some models as one source has them.

    Attributes
    ----------
    source
        Its name; "" for cardiogram's own snapshots.
    rows
        With the columns of :data:`cardiogram.store.SNAPSHOTS`, in any order. A row without any
        count says what else is known of a model. A library_name of "" is known to be none.
    days
        Facts of its days, counted over more models than `rows` has; where there are none they
        are counted over `rows`.
    """

    source: str
    rows: pa.Table
    measure: Measure = "levels"
    days: tuple[DayFacts, ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether cardiogram read it off itself."""
        return not self.source
