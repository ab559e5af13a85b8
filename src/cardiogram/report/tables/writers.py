"""Sections and tables as text of 80 columns, as Markdown and as CSV, with what each needs escaped.

A reason that stands where a number should is set once, under its tables, and marked in the cell.
"""

from __future__ import annotations

import csv
import io
import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Literal

from rich.cells import cell_len

from cardiogram.report.tables.cells import PICTURES, Cell, Chapter, Sheet, plain

TableFormat = Literal["text", "markdown", "csv"]

WIDTH = 80
"""Columns of a terminal."""

_LEAST = 12  # letters that a clipped name keeps
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_NUMBER = re.compile(r"[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z")
_FORMULA = re.compile(r"[\s\x00]*[=+\-@\t\r＝＋－＠]")
_HIDDEN_FORMULA = re.compile(r";(\s*[=+\-@])")
_MARKDOWN = re.compile(r"([\\`*_<>\[\]|~&$])")
_FIGURE = r"(?:more than |less than |[<>])?[-+]?\d[\d,]*(?:\.\d+)?(?: ?%)?"
_FIGURES = re.compile(rf"(?:{_FIGURE}(?: to {_FIGURE})?|\([a-z]{{1,2}}\)|)\Z")


class Grid:
    """A table's names and plain values, without pictures.

    Parameters
    ----------
    marks
        Marks of reasons so far; None where reasons stand in the cells.
    """

    def __init__(self, table: Sheet, marks: dict[str, str] | None = None) -> None:
        kept = _written(table)
        self.names: list[str] = [table.columns[place] for place in kept]
        self.rows: list[list[object]] = [
            [_marked(row[place], marks) for place in kept] for row in table.rows
        ]

    @property
    def right(self) -> list[bool]:
        """Whether each column holds numbers or figures only, and so is set to the right."""
        if not self.rows:
            return [False] * len(self.names)
        return [
            not all(map(_is_missing, column)) and all(map(_is_figure, column))
            for column in zip(*self.rows, strict=True)
        ]


def write_text(sections: Sequence[Chapter], head: str = "", notes: Sequence[str] = ()) -> str:
    """Write for a terminal; only a table that cannot be narrower is wider than 80 columns."""
    blocks = [_wrap(head)] if head else []
    for section in sections:
        blocks.append(f"{section.title}\n{'-' * len(section.title)}")
        marks: dict[str, str] = {}
        for table in section.tables:
            drawn = _text(_fit(Grid(table, marks))).rstrip("\n")
            blocks.append(f"{_wrap(table.title)}\n\n{drawn}" if table.title else drawn)
        if marks:
            lines = (f"{mark} {reason}" for reason, mark in marks.items())
            blocks.append("\n".join(_wrap(line, "    ") for line in lines))
        blocks += map(_wrap, section.sentences)
    return "\n\n".join([*blocks, *(_wrap(f"- {note}", "  ") for note in notes)]) + "\n"


def write_screen(sections: Sequence[Chapter], head: str = "") -> str:
    """Write for a wide terminal: titles, tables and sentences as they are, a line between them."""
    blocks = [head] if head else []
    for section in sections:
        blocks += [section.title] * bool(section.title)
        blocks += [write_table(table).rstrip("\n") for table in section.tables]
        blocks += section.sentences
    return "\n\n".join(blocks) + "\n"


def write_markdown(sections: Sequence[Chapter], head: str = "", notes: Sequence[str] = ()) -> str:
    """Write GitHub's Markdown; names of others are escaped."""
    parts = [escape_markdown(head)] if head else []
    for section in sections:
        parts.append(f"## {section.title}")
        marks: dict[str, str] = {}
        for table in section.tables:
            parts += [f"### {table.title}"] * bool(table.title)
            parts.append(_markdown(Grid(table, marks)).rstrip("\n"))
        lines = (f"{mark} {reason}" for reason, mark in marks.items())
        parts += map(escape_markdown, (*lines, *section.sentences))
    return "\n\n".join([*parts, *map(escape_markdown, notes)]) + "\n"


def write_csv(table: Sheet) -> str:
    """Write one table, numbers in full.

    A text that a spreadsheet would run as a formula gets a leading apostrophe, which stays visible.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    kept = _written(table)
    writer.writerow([_csv_cell(table.columns[place]) for place in kept])
    for row in table.rows:
        writer.writerow([_csv_cell(_in_full(row[place])) for place in kept])
    return out.getvalue()


def write_table(table: Sheet, format: TableFormat = "text") -> str:
    """Write one table without its title, reasons in its cells; it ends with a newline."""
    if not table.columns:
        return ""
    if format == "csv":
        return write_csv(table)
    return _text(Grid(table)) if format == "text" else _markdown(Grid(table))


def render_table(
    rows: Sequence[Mapping[str, object]],
    format: TableFormat = "text",
    *,
    columns: Sequence[str] | None = None,
) -> str:
    r"""Write mappings as a table that ends with a newline.

    Parameters
    ----------
    rows
        One mapping a row, of cells or of plain values. None, NaN and a key left out are empty.
    format
        `text` for a terminal, `markdown` (GitHub's tables) or `csv` (numbers in full).
    columns
        Which keys, in which order; by default all, in the order they first appear.

    Examples
    --------
    >>> print(render_table([{"model": "a|b", "rho": -0.25}], "markdown"), end="")
    | model | rho |
    | --- | ---: |
    | a\|b | -0.25 |
    >>> render_table([{"model": "=1+1", "rho": -0.25}], "csv")
    "model,rho\n'=1+1,-0.25\n"
    """
    return write_table(Sheet.of(rows, columns=columns), format)


def one_line(value: object) -> str:
    """A value without line ends and other controls, which would break a table or a terminal."""
    return _CONTROL.sub(" ", str(value))


def escape_markdown(value: object) -> str:
    """A value on one line that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", _in_line(value))


def _written(table: Sheet) -> list[int]:
    """Places of the columns that hold no pictures."""
    places = range(len(table.columns))
    return [place for place in places if not any(row[place].kind in PICTURES for row in table.rows)]


def _in_full(cell: Cell) -> object:
    return cell.value if _is_number(cell.value) else plain(cell)


def _marked(cell: Cell, marks: dict[str, str] | None) -> object:
    if cell.kind != "reason" or marks is None or not cell.value:
        return plain(cell)
    return marks.setdefault(one_line(cell.value), f"({_letters(len(marks))})")


def _letters(place: int) -> str:
    """Name a place: a, b, ... z, aa, ab, ..."""
    before, last = divmod(place, 26)
    return (_letters(before - 1) if before else "") + chr(ord("a") + last)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _is_figure(value: object) -> bool:
    """Whether a cell is a number, is missing, or is a text like `0.30 to 0.46` or `<0.001`."""
    if _is_number(value) or _is_missing(value):
        return True
    return isinstance(value, str) and _FIGURES.match(value) is not None


def _in_line(value: object) -> str:
    """Write a cell on one line: floats to three figures or whole, control characters as spaces."""
    if _is_missing(value):
        return ""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 999.5 else f"{value:,.0f}"
    return one_line(value)


def _lines(grid: Grid) -> list[list[str]]:
    return [list(map(_in_line, grid.names)), *(list(map(_in_line, row)) for row in grid.rows)]


def _text(grid: Grid) -> str:
    lines, right = _lines(grid), grid.right
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "".join("  ".join(map(_pad, line, widths, right)).rstrip() + "\n" for line in lines)


def _pad(cell: str, width: int, right: bool) -> str:
    space = " " * (width - cell_len(cell))  # not str.ljust: some letters are two cells wide
    return space + cell if right else cell + space


def _fit(grid: Grid) -> Grid:
    """Clip the names of the first column so that a table fits; numbers are never clipped."""
    widths = [max(map(cell_len, column)) for column in zip(*_lines(grid), strict=True)]
    over = sum(widths) + 2 * (len(widths) - 1) - WIDTH
    if over > 0 and grid.rows:
        longest = max(cell_len(one_line(row[0] or "")) for row in grid.rows)
        keep = max(_LEAST, longest - over)
        for row in grid.rows:
            row[0] = _clip(one_line("" if row[0] is None else row[0]), keep)
    return grid


def _clip(name: str, keep: int) -> str:
    if cell_len(name) <= keep:
        return name
    while cell_len(name) > keep - 1:
        name = name[:-1]
    return f"{name}…"


def _wrap(line: str, indent: str = "") -> str:
    text = one_line(line).replace(" %", "\u00a0%")  # a number and its sign stay on one line
    whole = textwrap.fill(
        text, WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )
    return whole.replace("\u00a0%", " %")


def _markdown(grid: Grid) -> str:
    rule = ["---:" if side else "---" for side in grid.right]
    body = [[escape_markdown(value) for value in row] for row in grid.rows]
    lines = [[escape_markdown(name) for name in grid.names], rule, *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _csv_cell(value: object) -> str:
    if _is_missing(value):
        return ""
    text = repr(float(value)) if isinstance(value, float) else str(value)
    if _is_number(value) or _NUMBER.match(text):
        return text
    # Where a semicolon is the separator, what follows one would be a cell of its own.
    text = _HIDDEN_FORMULA.sub(r";'\1", text)
    return f"'{text}" if _FORMULA.match(text) else text
