"""Pieces that the tables of statistics share: one number, one interval, one reason a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cardiogram.report.markup.markup import Child, Markup, column, el, scroller
from cardiogram.report.markup.words import (
    format_ends,
    format_percent,
    format_signed,
    name_outcome,
    name_predictor,
    part,
    read_bounds,
)

Item = Mapping[str, Any]


def present(results: Item) -> Item:
    """Leave out every entry of an outcome that no model has; one sentence says so instead."""
    found: Item = _present(results, frozenset(absent(results)))
    return found


def absent(results: Item) -> list[str]:
    """Outcomes that no model has."""
    outcomes = part(results, "outcomes")
    return [name for name in outcomes if part(outcomes, name).get("n") == 0]


def _present(value: Any, missing: frozenset[str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _present(item, missing) for key, item in value.items()}
    if isinstance(value, list):
        return [_present(item, missing) for item in value if not _is_of(item, missing)]
    return value


def _is_of(item: Any, missing: frozenset[str]) -> bool:
    return isinstance(item, Mapping) and not missing.isdisjoint(
        text_of(item, "outcome").split(" - ")
    )


def items(mapping: Item, key: str) -> list[Item]:
    """Entries of a list, empty where it is missing or none."""
    found = mapping.get(key)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def overall(mapping: Item, key: str) -> list[Item]:
    """Entries of the overall rating."""
    found = items(mapping, key)
    return [item for item in found if name_predictor(text_of(item, "predictor")) == "overall"]


def text_of(item: Item, key: str) -> str:
    """A text of an entry, empty where it is missing."""
    return str(item.get(key) or "")


def value(item: Item) -> str:
    """Write a correlation, or else the reason why there is none."""
    estimate = item.get("estimate")
    return format_signed(estimate) if estimate is not None else str(item.get("reason") or "–")


def by_author(item: Item) -> str:
    """Write the interval by author, or else the reason why there is none."""
    ends = read_bounds(part(item, "cluster_interval"))
    return format_ends(ends) if ends else str(item.get("cluster_reason") or "–")


def against(item: Item) -> str:
    """Put an outcome, or two that are compared, in words."""
    return " against ".join(map(name_outcome, text_of(item, "outcome").split(" - ")))


def format_share(value: float | None) -> str:
    """Write a share as a percentage, or a dash."""
    return "–" if value is None else format_percent(round(1000 * value), 1000)


def keep_units(sentence: str) -> str:
    """Keep a number and its sign on one line."""
    return sentence.replace(" %", "\u00a0%")


def join_words(names: Sequence[str]) -> str:
    """Join names as one says them."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def table(
    label: str, heads: Sequence[str], rows: Sequence[Sequence[Child]], text: int = 1
) -> Markup:
    """Make a table whose first `text` columns are words and whose others are numbers."""
    kinds = [None if place < text else "number" for place in range(len(heads))]
    return scroller(
        label,
        el("thead", el("tr", map(column, map(keep_units, heads), kinds))),
        el("tbody", [el("tr", _row(cells, kinds)) for cells in rows]),
    )


def _row(cells: Sequence[Child], kinds: Sequence[str | None]) -> Iterator[Markup]:
    for place, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
        reason = isinstance(cell, str) and not isinstance(cell, Markup) and len(cell) > 30
        class_ = "prose" if kind and reason else kind
        yield el("td", cell, class_=class_) if place else el("th", cell, scope="row")
