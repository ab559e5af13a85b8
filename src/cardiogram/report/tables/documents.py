"""Headings, tables and sentences as text of 80 columns, as Markdown, or as LaTeX.

A reason that stands where a number should is set once, under its table, and marked in the cell.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len

from cardiogram.report.tables.tables import (
    Row,
    escape_latex,
    escape_markdown,
    one_line,
    render_table,
)

WIDTH = 80
"""Columns of a terminal."""

_LONG = 40  # rows of a LaTeX table above which it may break between pages
_SMALL = r"\footnotesize\setlength{\tabcolsep}{3pt}"  # eight columns between usual margins
_LEAST = 12  # letters that a clipped name keeps


class Reason(str):
    """Why a cell has no number."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table, with a title where its view has several."""

    title: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class View:
    """A heading, its tables, and the sentences under them."""

    heading: str
    sheets: Sequence[Sheet] = ()
    words: Sequence[str] = ()


@dataclass(slots=True)
class Notes:
    """Reasons by the mark that stands for them in a table."""

    marks: dict[str, str] = field(default_factory=dict)

    def mark(self, value: object) -> object:
        """Give the mark of a reason; anything else as it is."""
        if not isinstance(value, Reason):
            return value
        return self.marks.setdefault(one_line(value), f"({_letters(len(self.marks))})")

    def rows(self, rows: Sequence[Row]) -> list[Row]:
        """Rows with marks for reasons."""
        return [{key: self.mark(value) for key, value in row.items()} for row in rows]

    def lines(self) -> list[str]:
        """One line a reason."""
        return [f"{mark} {reason}" for reason, mark in self.marks.items()]


def as_text(head: str, views: Sequence[View], notes: Sequence[str]) -> str:
    """Write for a terminal; only a table that cannot be narrower is wider than 80 columns."""
    blocks = [_wrap(head)]
    for view in views:
        blocks.append(f"{view.heading}\n{'-' * len(view.heading)}")
        marks = Notes()
        for sheet in view.sheets:
            table = render_table(fit(marks.rows(sheet.rows))).rstrip("\n")
            blocks.append(f"{sheet.title}\n\n{table}" if sheet.title else table)
        if marks.marks:
            blocks.append("\n".join(_wrap(line, "    ") for line in marks.lines()))
        blocks += map(_wrap, view.words)
    return "\n\n".join([*blocks, *(_wrap(f"- {note}", "  ") for note in notes)]) + "\n"


def as_markdown(head: str, views: Sequence[View], notes: Sequence[str]) -> str:
    """Write GitHub's Markdown; names of others are escaped."""
    parts = [escape_markdown(head)]
    for view in views:
        parts.append(f"## {view.heading}")
        marks = Notes()
        for sheet in view.sheets:
            parts += [f"### {sheet.title}"] * bool(sheet.title)
            parts.append(render_table(marks.rows(sheet.rows), "markdown").rstrip("\n"))
        parts += map(escape_markdown, (*marks.lines(), *view.words))
    return "\n\n".join([*parts, *map(escape_markdown, notes)]) + "\n"


def as_latex(head: str, views: Sequence[View], notes: Sequence[str]) -> str:
    """Write one table environment a sheet; sentences are comments."""
    parts = [
        _comment(head),
        "% To be put into a document. Tables that are longer than a page need "
        "\\usepackage{longtable};\n% letters beyond Latin need LuaLaTeX or XeLaTeX and a font that "
        "has them, and pdfLaTeX\n% sets their code points instead.",
    ]
    for view in views:
        marks = Notes()
        for sheet in view.sheets:
            rows = [{key: value for key, value in row.items() if key} for row in sheet.rows]
            caption = f"{view.heading}: {sheet.title}" if sheet.title else view.heading
            parts.append(_latex_table(escape_latex(caption), marks.rows(rows)))
        parts += map(_comment, (*marks.lines(), *view.words))
    return "\n".join([*parts, *map(_comment, notes)]) + "\n"


def fit(rows: Sequence[Row], width: int = WIDTH) -> list[Row]:
    """Clip the names of the first column so that a table fits; numbers are never clipped.

    Examples
    --------
    >>> fit([{"group": "a name of some length", "n": 12}], 20)
    [{'group': 'a name of some …', 'n': 12}]
    """
    wide = max(map(cell_len, render_table(rows).split("\n")), default=0)
    if wide <= width or not rows:
        return list(rows)
    first = next(iter(rows[0]))
    longest = max(cell_len(one_line(row.get(first, ""))) for row in rows)
    keep = max(_LEAST, longest - (wide - width))
    return [{**row, first: _clip(one_line(row.get(first, "")), keep)} for row in rows]


def _clip(name: str, keep: int) -> str:
    if cell_len(name) <= keep:
        return name
    while cell_len(name) > keep - 1:
        name = name[:-1]
    return f"{name}…"


def _latex_table(caption: str, rows: Sequence[Row]) -> str:
    table = render_table(rows, "latex")
    if len(rows) <= _LONG:
        inner = f"\\begin{{table}}\n\\centering{_SMALL}\n\\caption{{{caption}}}\n{table}"
        return f"{inner}\\end{{table}}"
    table = re.sub(r"\\(begin|end)\{tabular\}", r"\\\1{longtable}", table)
    layout = r"(\\begin\{longtable\}\{[lr]*\}\n)"
    table = re.sub(layout, lambda found: f"{found[1]}\\caption{{{caption}}}\\\\\n", table)
    return f"{{{_SMALL}\n{table}}}"


def _wrap(line: str, indent: str = "") -> str:
    text = one_line(line).replace(" %", "\u00a0%")  # a number and its sign stay on one line
    whole = textwrap.fill(
        text, WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )
    return whole.replace("\u00a0%", " %")


def _comment(line: str) -> str:
    """A LaTeX comment; a name that holds a line end must not end it."""
    return f"% {' '.join(line.split())}"


def _letters(place: int) -> str:
    """Name a place: a, b, ... z, aa, ab, ..."""
    before, last = divmod(place, 26)
    return (_letters(before - 1) if before else "") + chr(ord("a") + last)
