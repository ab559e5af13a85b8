"""Every other regression of an outcome on the overall rating, and why some were refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cardiogram.analysis import ratio, ratios
from cardiogram.report.markup import (
    Child,
    Markup,
    el,
    fold,
    format_number,
    format_signed,
    join,
    name_outcome,
    overall,
    part,
    read_bounds,
    table,
    text_of,
)

Item = Mapping[str, Any]

_HEADS = ("Model", "n", "Slope", "Times a point", "95 % by author")


def other_models(results: Item) -> Markup | None:
    """One table an outcome: the main model first, then all that stand beside it."""
    found = [item for item in overall(results, "regressions") if item.get("method")]
    outcomes = list(dict.fromkeys(text_of(item, "outcome") for item in found))
    if all(item.get("main") for item in found):
        return None
    tables = [
        join(
            el("h4", name_outcome(outcome).capitalize()),
            table(
                f"Regressions of {name_outcome(outcome)}",
                _HEADS,
                [_row(item) for item in found if item.get("outcome") == outcome],
            ),
        )
        for outcome in outcomes
    ]
    without = [item for item in found if part(item, "without_largest_author")]
    return fold(
        "Every model of this link, and which of them these data refuse",
        el(
            "p",
            "The first model is the main one: a Poisson pseudo-likelihood with effects of task and "
            "library, whose slope does not depend on the unit of the count. The robust lines "
            "(Huber, Tukey, Theil-Sen) go through log(1 + count), and are refused where ties or "
            "zeros would decide them. The hurdle asks apart whether a model has any at all, in "
            "odds, and how many it has if any.",
        ),
        _largest(without),
        tables,
    )


def _row(item: Item) -> list[Child]:
    times, ends = item.get("ratio"), read_bounds(part(item, "ratio_cluster_interval"))
    method = text_of(item, "method")
    name = method[:1].upper() + method[1:]
    why = str(item.get("reason") or item.get("cluster_reason") or "–")
    return [
        name,
        format_number(item.get("n")),
        format_signed(item.get("estimate")),
        "–" if times is None else ratio(float(times)),
        ratios(ends["low"], ends["high"]) if ends else why,
    ]


def _largest(found: list[Item]) -> Markup | None:
    """Name the author who has most of each outcome: one author can carry such a slope."""
    rows = [
        [
            name_outcome(text_of(item, "outcome")).capitalize(),
            el("bdi", text_of(without, "author")),
            f"{100 * float(without.get('share_of_outcome') or 0):.0f}\u00a0%",
            *_row({**without, "method": "-"})[3:],
        ]
        for item in found
        for without in [part(item, "without_largest_author")]
    ]
    if not rows:
        return None
    heads = ("Main model of", "Without", "Share of it", "Times a point", "95 % by author")
    title = "The main model without the author who has most of the outcome"
    return join(el("h4", title), table(title, heads, rows, text=2))
