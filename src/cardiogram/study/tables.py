"""One list of rows as text, Markdown, CSV or LaTeX, with what each of them needs escaped."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from rich.cells import cell_len

TableFormat = Literal["text", "markdown", "csv", "latex"]
Row = Mapping[str, object]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NUMBER = re.compile(r"[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z")
_FORMULA = re.compile(r"[\s\x00]*[=+\-@\t\r＝＋－＠]")
_MARKDOWN = re.compile(r"([\\`*_<>\[\]|~&$])")
_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    **{sign: f"\\{sign}" for sign in "{}$&#_%"},
}


def render_table(
    rows: Sequence[Row], format: TableFormat = "text", *, columns: Sequence[str] | None = None
) -> str:
    r"""Render rows as a table that ends with a newline.

    Parameters
    ----------
    rows
        One mapping a row. None, NaN and a key left out are empty cells.
    format
        `text` for a terminal, `markdown` (GitHub's tables), `csv` (numbers in full; a text that a
        spreadsheet would run as a formula gets a leading apostrophe) or `latex` (a `tabular`).
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
    names = list(dict.fromkeys(key for row in rows for key in row)) if columns is None else columns
    if not names:
        return ""
    return _RENDERERS[format](list(names), [[row.get(name) for name in names] for row in rows])


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _plain(value: object) -> str:
    """Write a cell on one line: floats to three figures, control characters as spaces."""
    if _is_missing(value):
        return ""
    if isinstance(value, float):
        return f"{value:.3g}"
    return _CONTROL.sub(" ", str(value))


def _numeric(cells: list[list[object]]) -> list[bool]:
    """Whether each column holds numbers only, and so is set to the right."""
    return [
        any(map(_is_number, column)) and all(_is_number(v) or _is_missing(v) for v in column)
        for column in zip(*cells, strict=True)
    ]


def _text(names: list[str], cells: list[list[object]]) -> str:
    right = _numeric(cells) or [False] * len(names)
    lines = [[_plain(name) for name in names], *([_plain(v) for v in row] for row in cells)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "".join("  ".join(map(_pad, line, widths, right)).rstrip() + "\n" for line in lines)


def _pad(cell: str, width: int, right: bool) -> str:
    space = " " * (width - cell_len(cell))  # not str.ljust: some letters are two cells wide
    return space + cell if right else cell + space


def _markdown(names: list[str], cells: list[list[object]]) -> str:
    right = _numeric(cells) or [False] * len(names)

    def line(values: Sequence[str]) -> str:
        return f"| {' | '.join(values)} |\n"

    def escape(value: object) -> str:
        return _MARKDOWN.sub(r"\\\1", _plain(value))

    rule = line(["---:" if side else "---" for side in right])
    body = "".join(line([escape(value) for value in row]) for row in cells)
    return line([escape(name) for name in names]) + rule + body


def _csv(names: list[str], cells: list[list[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_csv_cell(name) for name in names])
    writer.writerows([_csv_cell(value) for value in row] for row in cells)
    return out.getvalue()


def _csv_cell(value: object) -> str:
    if _is_missing(value):
        return ""
    text = repr(float(value)) if isinstance(value, float) else str(value)
    if _is_number(value) or _NUMBER.match(text) or not _FORMULA.match(text):
        return text
    return f"'{text}"


def _latex(names: list[str], cells: list[list[object]]) -> str:
    right = _numeric(cells) or [False] * len(names)

    def line(values: Sequence[object]) -> str:
        return " & ".join(map(_latex_cell, values)) + " \\\\\n"

    layout = "".join("r" if side else "l" for side in right)
    head = f"\\begin{{tabular}}{{{layout}}}\n\\hline\n{line(names)}\\hline\n"
    return head + "".join(map(line, cells)) + "\\hline\n\\end{tabular}\n"


def escape_latex(value: object) -> str:
    """A value on one line that LaTeX sets as it is, in a cell or a caption."""
    return "".join(_LATEX.get(sign, sign) for sign in _plain(value))


def _latex_cell(value: object) -> str:
    text = escape_latex(value)
    # A hyphen is too short for a minus, and a row that starts with [ would be read as an option.
    if _is_number(value) and text.startswith("-"):
        return f"$-${text[1:]}"
    return f"{{{text}}}" if text.startswith(("[", "*")) else text


_RENDERERS: dict[str, Callable[[list[str], list[list[object]]], str]] = {
    "text": _text,
    "markdown": _markdown,
    "csv": _csv,
    "latex": _latex,
}
