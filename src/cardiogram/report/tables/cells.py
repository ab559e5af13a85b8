"""What a result shows: a chapter of sheets (tables) of typed cells; the writers decide how.

::

    sheet = Sheet(("outcome", "rho"), [(Cell("likes"), Cell(0.3, "correlation"))])
    chapter = Chapter("Spearman's rho", [sheet], ["What these data allow to be said."])

is written by :func:`write_text`, :func:`write_markdown`, :func:`write_csv` and :func:`write_html`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from cardiogram.analysis import (
    round_count,
    round_figure,
    round_p_value,
    round_ratio,
    round_ratios,
)
from cardiogram.report.markup import format_share

if TYPE_CHECKING:
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
