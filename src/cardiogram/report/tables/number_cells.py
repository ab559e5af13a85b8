"""Cells of the numbers of results.json, the same for a terminal and for a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from cardiogram.report.tables.cells import Cell

if TYPE_CHECKING:
    from cardiogram.analysis import ComparisonNumber, Number, OfOutcome, SlopeNumber
    from cardiogram.report.markup import Ends


Of = TypeVar("Of", bound="OfOutcome")

MAIN = "overall_expected"
PLURALS = {"library": "libraries", "task": "tasks", "segment": "segments"}
_PRINTED = ("Poisson", "Huber", "least squares")  # results.json and the CSV have every model
_IMPOSSIBLE = 2  # no two correlations differ by more


def by_outcome(numbers: Iterable[Of]) -> Iterator[tuple[str, list[Of]]]:
    """Numbers of each outcome, in the order in which the outcomes first appear."""
    every = list(numbers)
    for outcome in dict.fromkeys(number.outcome for number in every):
        yield outcome, [number for number in every if number.outcome == outcome]


def reason_cell(reason: str | None) -> Cell:
    """Why there is no number; an empty cell where nothing is to be said."""
    return Cell(reason or None, "reason")


def interval_cell(ends: Ends | None, reason: str | None = None) -> Cell:
    """An interval, or why there is none."""
    return reason_cell(reason) if ends is None else Cell(ends, "interval")


def estimate_cell(number: Number) -> Cell:
    """A correlation, or why there is none."""
    if number.estimate is None:
        return reason_cell(number.reason)
    return Cell(number.estimate, "correlation")


def author_cell(number: Number) -> Cell:
    """The interval by author, or why a number that is there has none."""
    if number.estimate is None:
        return Cell(None, "interval")
    return interval_cell(number.cluster_interval, getattr(number, "cluster_reason", None))


def gap_cell(number: ComparisonNumber) -> Cell:
    """The interval by author of a difference of correlations, unless it says nothing."""
    ends = number.cluster_interval
    if ends is not None and (ends.low < -_IMPOSSIBLE or ends.high > _IMPOSSIBLE):
        return reason_cell("the interval is wider than any difference can be")
    return author_cell(number)


def williams_cell(number: ComparisonNumber) -> Cell:
    """The p value of Williams' test, which takes models as independent."""
    return Cell(number.williams and number.williams.p_value, "p_value")


def is_printed(number: SlopeNumber) -> bool:
    """Whether a model of an outcome stands in printed tables."""
    return number.method.startswith(_PRINTED)


def slope_cells(number: SlopeNumber) -> tuple[Cell, Cell, Cell]:
    """A slope, the ratio that it stands for, and the ratio's interval by author."""
    ends = number.ratio_cluster_interval
    why = number.reason or number.cluster_reason
    return (
        estimate_cell(number),
        Cell(number.ratio, "ratio"),
        reason_cell(why) if ends is None else Cell(ends, "ratios"),
    )
