"""Cells of the numbers of results.json, the same in every medium."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from cardiogram.analysis import noun, put_outcome
from cardiogram.report.tables.cells import Cell

if TYPE_CHECKING:
    from cardiogram.analysis import ComparisonNumber, Number, OfOutcome, SlopeNumber
    from cardiogram.report.markup import Ends


Of = TypeVar("Of", bound="OfOutcome")

MAIN = "overall_expected"
PLURALS = {"task": "tasks", "library": "libraries", "segment": "segments"}
_IMPOSSIBLE = 2  # no two correlations differ by more


def by_outcome(numbers: Iterable[Of]) -> Iterator[tuple[str, list[Of]]]:
    """Numbers of each outcome, in the order in which the outcomes first appear."""
    every = list(numbers)
    for outcome in dict.fromkeys(number.outcome for number in every):
        yield outcome, [number for number in every if number.outcome == outcome]


def count_models(outcome: str, numbers: Sequence[Number]) -> str:
    """Title of an outcome's table, with the number of models where it is one for all."""
    title = " against ".join(map(put_outcome, outcome.split(" - ")))
    sizes = {number.n for number in numbers}
    return f"{title} ({sizes.pop():,} models)" if len(sizes) == 1 else title


def name_outcome(outcome: str) -> str:
    """An outcome, or two that are compared, in as few words as a cell needs."""
    return " - ".join(map(noun, outcome.split(" - ")))


def size_cell(number: Number, numbers: Sequence[Number]) -> dict[str, Cell]:
    """A cell for n where it differs between the rows."""
    several = len({other.n for other in numbers}) > 1
    return {"n": Cell(number.n, "count")} if several else {}


def criterion_cell(predictor: str) -> Cell:
    """The rating that a number is of."""
    return Cell(predictor.removesuffix("_expected"))


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


def slope_cells(number: SlopeNumber) -> tuple[Cell, Cell, Cell]:
    """A slope, the ratio that it stands for, and the ratio's interval by author."""
    ends = number.ratio_cluster_interval
    why = number.reason or number.cluster_reason
    return (
        estimate_cell(number),
        Cell(number.ratio, "ratio"),
        reason_cell(why) if ends is None else Cell(ends, "ratios"),
    )
