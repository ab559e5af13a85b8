"""One list of rows as text, Markdown, CSV or LaTeX, with what each of them needs escaped."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
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
    '"': "{\\char34}",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\ldots{}",
    "\u00a0": "~",
    **{sign: f"\\{sign}" for sign in "{}$&#_%"},
}
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
}
_OTHER = r"\providecommand{\unicodechar}[2]{\ifdefined\pdfoutput U+#2\else#1\fi}"
_FIGURE = r"(?:more than |less than |[<>])?[-+]?\d[\d,]*(?:\.\d+)?(?: ?%)?"
_FIGURES = re.compile(rf"(?:{_FIGURE}(?: to {_FIGURE})?|\([a-z]{{1,2}}\)|)\Z")
_MINUS = re.compile(r"(?<!\w)-(?=[\d.])")
_HIDDEN_FORMULA = re.compile(r";(\s*[=+\-@])")


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
        spreadsheet would run as a formula gets a leading apostrophe, which stays visible there) or
        `latex` (a `tabular`).
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
    """Write a cell on one line: floats to three figures or whole, control characters as spaces."""
    if _is_missing(value):
        return ""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 999.5 else f"{value:,.0f}"
    return one_line(value)


def one_line(value: object) -> str:
    """A value without line ends and other controls, which would break a table or a terminal."""
    return _CONTROL.sub(" ", str(value))


def _numeric(cells: list[list[object]]) -> list[bool]:
    """Whether each column holds numbers or figures only, and so is set to the right."""
    return [
        not all(map(_is_missing, column)) and all(map(_is_figure, column))
        for column in zip(*cells, strict=True)
    ]


def _is_figure(value: object) -> bool:
    """Whether a cell is a number, is missing, or is a text like `0.30 to 0.46` or `<0.001`."""
    if _is_number(value) or _is_missing(value):
        return True
    return isinstance(value, str) and _FIGURES.match(value) is not None


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

    rule = line(["---:" if side else "---" for side in right])
    body = "".join(line([escape_markdown(value) for value in row]) for row in cells)
    return line([escape_markdown(name) for name in names]) + rule + body


def escape_markdown(value: object) -> str:
    """A value on one line that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", _plain(value))


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
    if _is_number(value) or _NUMBER.match(text):
        return text
    # Where a semicolon is the separator, what follows one would be a cell of its own.
    text = _HIDDEN_FORMULA.sub(r";'\1", text)
    return f"'{text}" if _FORMULA.match(text) else text


def _latex(names: list[str], cells: list[list[object]]) -> str:
    right = _numeric(cells) or [False] * len(names)

    def line(values: Sequence[object]) -> str:
        return " & ".join(map(_latex_cell, values)) + " \\\\\n"

    layout = "".join("r" if side else "l" for side in right)
    head = f"\\begin{{tabular}}{{{layout}}}\n\\hline\n{line(names)}\\hline\n"
    table = head + "".join(map(line, cells)) + "\\hline\n\\end{tabular}\n"
    return f"{_OTHER}\n{table}" if "\\unicodechar{" in table else table


def escape_latex(value: object) -> str:
    """A value on one line that LaTeX sets as it is, in a cell or a caption.

    Latin letters with an accent are spelt out, for every engine and font encoding; letters of
    other scripts are arguments of `unicodechar`, which names their code point where the engine is
    pdfTeX, and is defined before the table that needs it.
    """
    return "".join(map(_latex_sign, unicodedata.normalize("NFC", _plain(value))))


def _latex_sign(sign: str) -> str:
    if sign in _LATEX or sign.isascii():
        return _LATEX.get(sign, sign)
    base, *marks = list(unicodedata.normalize("NFD", sign))
    if base.isascii() and base.isalpha() and len(marks) == 1 and marks[0] in _ACCENTS:
        return f"{{\\{_ACCENTS[marks[0]]}{{{base}}}}}"
    return f"\\unicodechar{{{sign}}}{{{ord(sign):04X}}}"


def _latex_cell(value: object) -> str:
    text = escape_latex(value)
    # A hyphen is too short for a minus, and a row that starts with [ would be read as an option.
    if _is_figure(value):
        return _MINUS.sub("$-$", text)
    return f"{{{text}}}" if text.startswith(("[", "*")) else text


_RENDERERS: dict[str, Callable[[list[str], list[list[object]]], str]] = {
    "text": _text,
    "markdown": _markdown,
    "csv": _csv,
    "latex": _latex,
}
