"""Converted and quantised copies, which machines make and machines fetch, apart from the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cardiogram.report.markup import (
    Markup,
    by_author,
    el,
    fold,
    format_number,
    format_share,
    items,
    join,
    name_outcome,
    part,
    table,
    text_of,
    value,
)

Item = Mapping[str, Any]

_MADE, _REST = "machine-made", "the rest"
_NAMES = {_MADE: "Copies", _REST: "All others"}
_TRAITS = 10
"""Traits in the table: those whose shares lie furthest apart."""


def copies(results: Item) -> Markup | None:
    """How the copies differ: what they get, whether the rating goes with it, what they say."""
    whole = part(results, "traits", "machine_made")
    found = items(whole, "entries")
    if not found or not whole.get("n"):
        return None
    medians = {
        (item.get("group"), item.get("outcome")): item.get("median")
        for item in items(whole, "medians")
    }
    rows = [
        [
            _NAMES.get(text_of(item, "group"), "–"),
            name_outcome(text_of(item, "outcome")),
            format_number(item.get("n")),
            format_number(medians.get((item.get("group"), item.get("outcome")))),
            value(item),
            by_author(item) if item.get("estimate") is not None else "–",
        ]
        for item in found
    ]
    heads = ("Models", "With", "n", "Median", "ρ of the overall rating", "95 % by author")
    return fold(
        "Converted and quantised copies apart",
        el("p", str(whole.get("words") or "")),
        table("Copies and all other models", heads, rows, text=2),
        _shares(items(whole, "prevalence"), part(results, "traits", "traits")),
    )


def _shares(found: list[Item], names: Item) -> Markup | None:
    """The traits that tell copies from the rest best."""
    known = [item for item in found if None not in (item.get(_MADE), item.get(_REST))]
    known.sort(key=lambda item: -abs(item[_MADE] - item[_REST]))
    if not known:
        return None
    rows = [
        [
            str(names.get(item["trait"], item["trait"])),
            format_share(item[_MADE]),
            format_share(item[_REST]),
        ]
        for item in known[:_TRAITS]
    ]
    return join(
        el("p", f"The {len(rows)} traits whose shares lie furthest apart:"),
        table("Traits of copies", ("Has", "Copies", "All others"), rows),
    )
