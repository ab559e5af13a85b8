"""Sections and tables as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from cardiogram.report.markup import (
    Child,
    Markup,
    column,
    el,
    fold,
    join,
    keep_units,
    scroller,
)
from cardiogram.report.tables.cells import PICTURES, WORDS, Cell, Chapter, Sheet, plain

_LONG = 30  # letters of a reason from which on it is set as a sentence


def write_html(section: Chapter, *, folded: bool = False) -> Markup:
    """Write a section: its title (or, where it is folded, the line to open), sentences, tables."""
    body = [el("p", keep_units(sentence)) for sentence in section.sentences]
    for table in section.tables:
        body += [el("h4", table.title)] * bool(table.title)
        body.append(write_html_table(table, table.title or section.title))
    return fold(section.title, *body) if folded else join(el("h3", section.title), *body)


def write_html_table(table: Sheet, label: str) -> Markup:
    """Write a table that scrolls sideways by itself; `label` names it to a screen reader.

    The second line of a column's name stands smaller below the first.
    """
    classes = [_class_of(table, place) for place in range(len(table.columns))]
    titles = (keep_units(name).partition("\n") for name in table.columns)
    heads = [
        column(join(name, el("span", below, class_="sub") if below else None), kind)
        for (name, _, below), kind in zip(titles, classes, strict=True)
    ]
    rows = [
        el("tr", _row(row, classes), class_="certain" if place in table.certain else None)
        for place, row in enumerate(table.rows)
    ]
    return scroller(label, heads, rows)


def _class_of(table: Sheet, place: int) -> str | None:
    """How a column is set: numbers to the right, charts wide, sentences in small lines."""
    kinds = {row[place].kind for row in table.rows}
    if "bars" in kinds:
        return "wide"
    if "sentence" in kinds:
        return "prose"
    return "number" if kinds - WORDS else None


def _row(cells: Sequence[Cell], classes: Sequence[str | None]) -> Iterator[Markup]:
    for place, wide in _spans(cells):
        cell, class_ = cells[place], classes[place]
        inner = [show(cell), el("span", cell.below, class_="sub") if cell.below else None]
        if not place and class_ is None:
            yield el("th", *inner, scope="row")
            continue
        words_in = isinstance(cell.value, str) and cell.kind not in PICTURES
        prose = class_ and words_in and len(str(cell.value)) > _LONG
        span = wide if wide > 1 else None
        yield el("td", *inner, class_="prose" if prose else class_, colspan=span)


def _spans(cells: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """Places of the cells to write, and the columns of each: empty reasons beside one are its."""
    for kind, run in groupby(range(len(cells)), lambda place: cells[place].kind):
        places = list(run)
        said = [place for place in places if cells[place].value]
        if kind == "reason" and len(said) == 1:
            yield said[0], len(places)
        else:
            yield from ((place, 1) for place in places)


def show(cell: Cell) -> Child:
    """What a page shows of a cell, without the line below it."""
    if cell.value is None or cell.value == "":
        return None if cell.kind in WORDS | PICTURES else "–"
    if cell.kind == "name":
        return el("bdi", str(cell.value))
    if isinstance(cell.value, str):
        return cell.value
    return keep_units(str(plain(cell))).replace("-", "−")
