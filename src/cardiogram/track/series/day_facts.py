"""What is known of a day's snapshot as a whole: whether the Hub's counters moved, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

STILL_SHARE = 0.25
FALLEN_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A day's snapshot, counted over every model of a source.

    Attributes
    ----------
    rows
        Models that it holds.
    large, still
        Models with 20 or more downloads a day (median of the 14 days before), and those of them
        whose counter did not move.
    compared, fallen
        Models that the snapshot before has, too, and those of them whose counter went down.
    partial
        Whether it holds less than 90 % of the models of the week before.
    """

    day: date
    rows: int
    large: int = 0
    still: int = 0
    compared: int = 0
    fallen: int = 0
    partial: bool = False

    @property
    def stood_still(self) -> bool:
        """Whether counters stood still: a step of 0 says nothing then."""
        return self.still > 0 and self.still >= STILL_SHARE * self.large

    @property
    def rolled_back(self) -> bool:
        """Whether the Hub set counters back; one model that falls alone is no such day."""
        return self.fallen > max(1.0, FALLEN_SHARE * self.compared)
