"""What a result shows: a chapter of sheets (tables) of typed cells; the writers decide how.

::

    sheet = Sheet(("outcome", "rho"), [(Cell("likes"), Cell(0.3, "correlation"))])
    chapter = Chapter("Spearman's rho", [sheet], ["What these data allow to be said."])

is written by :func:`write_text`, :func:`write_markdown`, :func:`write_csv` and :func:`write_html`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from cardiogram.analysis import (
    noun,
    put_outcome,
    round_count,
    round_figure,
    round_p_value,
    round_ratio,
    round_ratios,
)
from cardiogram.report.markup import format_share

if TYPE_CHECKING:
    from cardiogram.analysis import ComparisonNumber, Number, OfOutcome, SlopeNumber
    from cardiogram.report.markup import Ends

Kind = Literal[
    "text",
    "name",
    "sentence",
    "count",
    "number",
    "correlation",
    "difference",
    "ratio",
    "interval",
    "ratios",
    "p_value",
    "share",
    "reason",
    "picture",
    "bars",
]
"""What a cell holds.

=========== ===============================================================================
text        our words; a number in it is written as it is
name        a word of others: an id, an author, a group
sentence    what a row says, in words
count       a whole number, or a median of some
number      a number with two decimals
difference  of two numbers, which a page shows with its sign
correlation a number from -1 to 1, or a slope; `interval` is one of them
ratio       how many times; `ratios` is an interval of them
p_value     a p or q value
share       from 0 to 1, written as a percentage
reason      why there is no number: in text a mark that is explained under the table
picture     a small chart, which only a page shows; `bars` is a wide one
=========== ===============================================================================
"""

PICTURES = frozenset({"picture", "bars"})
WORDS = frozenset({"text", "name", "sentence", "bars"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and what it is.

    Attributes
    ----------
    value
        None is an empty cell; an interval has `low` and `high`; a text stays as it is in any kind.
    below
        A smaller line under it, which only a page shows.
    form
        How its numbers are written, where that is not the way of its kind: ``".3f"``.
    """

    value: object = None
    kind: Kind = "text"
    below: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: rows of cells under the names of the columns.

    Attributes
    ----------
    title
        Where its chapter has several.
    certain
        Rows that stand out: what they say is not chance.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    certain: Collection[int] = ()

    @classmethod
    def of(
        cls,
        rows: Sequence[Mapping[str, object]],
        title: str = "",
        columns: Sequence[str] | None = None,
    ) -> Sheet:
        """Make a sheet of mappings; values that are no cells become cells of text.

        Parameters
        ----------
        columns
            Which keys, in which order; by default all, in the order in which they first appear.
        """
        if columns is None:
            columns = list(dict.fromkeys(key for row in rows for key in row))
        made = [[as_cell(row.get(name)) for name in columns] for row in rows]
        return cls(columns, made, title)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A title, sheets, and what they allow to be said."""

    title: str
    tables: Sequence[Sheet] = ()
    sentences: Sequence[str] = ()


def as_cell(value: object) -> Cell:
    """A cell as it is, any other value as a cell of text."""
    return value if isinstance(value, Cell) else Cell(value)


def plain(cell: Cell) -> object:
    """What a cell shows in any medium: its number in words, a text, or None."""
    if cell.value is None or isinstance(cell.value, str):
        return cell.value
    if cell.form:
        return write_form(cell)
    write = _PLAIN.get(cell.kind)
    return cell.value if write is None else write(cell.value)


def write_form(cell: Cell) -> str:
    """Write a number or both ends of an interval in the cell's own form; nothing is ""."""
    if cell.value is None:
        return ""
    if cell.kind == "interval":
        ends = cast("Ends", cell.value)
        return f"{ends.low:{cell.form}} to {ends.high:{cell.form}}"
    return format(cell.value, cell.form)


def _interval(ends: Ends) -> str:
    low, high = (math.nan if end is None else end for end in (ends.low, ends.high))
    return f"{round_figure(low)} to {round_figure(high)}"


_PLAIN: Mapping[Kind, Callable[..., str]] = {
    "count": round_count,
    "number": lambda value: f"{value:,.2f}",
    "correlation": round_figure,
    "difference": lambda value: f"{value:+.2f}",
    "ratio": round_ratio,
    "interval": _interval,
    "ratios": lambda ends: round_ratios(ends.low, ends.high),
    "p_value": round_p_value,
    "share": format_share,
}


Of = TypeVar("Of", bound="OfOutcome")

MAIN = "overall_expected"
PLURALS = {"task": "tasks", "library": "libraries", "segment": "segments"}
_IMPOSSIBLE = 2  # no two correlations differ by more


def by_outcome(numbers: Iterable[Of]) -> Iterator[tuple[str, list[Of]]]:
    """Numbers of each outcome, in the order in which the outcomes first appear."""
    every = list(numbers)
    for outcome in dict.fromkeys(number.outcome for number in every):
        yield outcome, [number for number in every if number.outcome == outcome]


def sheets_by_outcome(
    numbers: Iterable[Of],
    row: Callable[[Of, Sequence[Of]], Mapping[str, object]],
    title: Callable[[str, Sequence[Of]], str],
) -> list[Sheet]:
    """A table of each outcome, with a row of each of its numbers."""
    return [
        Sheet.of([row(number, alike) for number in alike], title(outcome, alike))
        for outcome, alike in by_outcome(numbers)
    ]


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
