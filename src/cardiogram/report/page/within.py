"""Whether the link holds within libraries, tasks and segments: forest plots and their means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cardiogram.report.markup import (
    Child,
    ForestRow,
    Markup,
    by_author,
    draw_forest,
    el,
    excludes_zero,
    fold,
    format_number,
    format_p_value,
    format_signed,
    items,
    join,
    keep_units,
    name_outcome,
    overall,
    part,
    read_bounds,
    table,
    text_of,
    value,
)

Item = Mapping[str, Any]

OUTCOMES = ("downloads", "likes")
"""Outcomes that are drawn; results.json has the others."""

SHOWN = 15
"""Groups in a plot, the largest; all of them are in its mean."""

PLURALS = {"library": "libraries", "task": "tasks", "segment": "segments"}


def within(results: Item) -> Markup | None:
    """One pair of forest plots for each kind of group; the first stands open."""
    parts: list[Markup] = []
    for by in PLURALS:
        found = [item for item in within_forests(results) if item.get("by") == by]
        if not found:
            continue
        body = el("div", [_figure(item) for item in found], class_="pair")
        parts.append(
            fold(_finding(by, found), body) if parts else join(el("h4", _finding(by, found)), body)
        )
    if not parts:
        return None
    return join(
        el("h3", "Does the link hold within groups of models?"),
        el(
            "p",
            "A link over all models can come from differences between libraries or tasks alone, "
            "and turn round within each of them. Here Spearman’s ρ of the overall rating is "
            "computed within each group of 15 models or more. A bar is its 95\u00a0% interval by "
            "author, a full circle one that excludes 0; the diamond is the mean of the groups by "
            "random effects, as wide as its interval.",
        ),
        parts,
    )


def within_forests(results: Item) -> list[Item]:
    """Entries of the overall rating that have groups to draw."""
    return [
        item
        for item in overall(results, "strata")
        if item.get("outcome") in OUTCOMES
        and any(group.get("estimate") is not None for group in items(item, "strata"))
    ]


def draw_within(item: Item) -> Markup:
    """Draw the groups of one kind with one outcome, and their mean."""
    by, outcome = text_of(item, "by"), text_of(item, "outcome")
    rows = [
        _row(group) for group in items(item, "strata")[:SHOWN] if group.get("estimate") is not None
    ]
    ends = read_bounds(part(item, "cluster_interval"))
    mean = None
    if item.get("estimate") is not None and ends:
        label = f"Mean of {format_number(item.get('groups'))} {PLURALS.get(by, by)}"
        mean = ForestRow(label, int(item.get("n") or 0), float(item["estimate"]), ends)
    title = f"ρ of the overall rating with {name_outcome(outcome)} within {PLURALS.get(by, by)}"
    return draw_forest(f"within-{by}-{outcome}", title, rows, mean)


def _row(group: Item) -> ForestRow:
    return ForestRow(
        text_of(group, "stratum"),
        int(group.get("n") or 0),
        float(group["estimate"]),
        read_bounds(part(group, "cluster_interval")),
    )


def _figure(item: Item) -> Markup:
    total = len(items(item, "strata"))
    few = f" The {SHOWN} largest of {total} groups are drawn." if total > SHOWN else ""
    name = name_outcome(text_of(item, "outcome")).capitalize()
    said = text_of(item, "words") or text_of(item, "reason")
    caption = el("figcaption", el("b", f"{name}. "), keep_units(said), few)
    return el("figure", draw_within(item), caption)


def _finding(by: str, found: Sequence[Item]) -> str:
    """The means in one line, as in: Within tasks: +0.24 with downloads, +0.38 with likes."""
    means = [
        f"{format_signed(item['estimate'])} with {text_of(item, 'outcome')}"
        for item in found
        if excludes_zero(item)
    ]
    return f"Within {PLURALS[by]}: {', '.join(means) or 'no link can be told'}"


def gaps_within(results: Item) -> Markup | None:
    """Whether the link is stronger with likes, group by group."""
    found = [
        item
        for item in overall(results, "comparisons")
        if item.get("by", "all") != "all" and item.get("estimate") is not None
    ]
    found = [item for item in found if item.get("outcome") == found[0].get("outcome")]
    if not found:
        return None
    more = sum(_side(item) > 0 for item in found)
    fewer = sum(_side(item) < 0 for item in found)
    heads = (
        "Group",
        "Of",
        "n",
        "ρ with the first",
        "ρ with the second",
        "Difference",
        "95 % by author",
        "Williams’ p",
    )
    return fold(
        f"The same by group: stronger with likes in {more} of {len(found)}, weaker in {fewer}",
        el(
            "p",
            f"Counted where the 95\u00a0% interval by author excludes 0; of {len(found)} groups, "
            f"about {0.05 * len(found):.1f} would by chance. Groups of different kinds share their "
            "models.",
        ),
        table(
            "Difference of two correlations by group", heads, [_gap(item) for item in found], text=2
        ),
    )


def _gap(item: Item) -> list[Child]:
    ends = read_bounds(part(item, "cluster_interval"))
    wide = bool(ends) and (ends["low"] < -2 or ends["high"] > 2)
    return [
        el("bdi", text_of(item, "stratum")),
        text_of(item, "by"),
        format_number(item.get("n")),
        format_signed(item.get("first_rho")),
        format_signed(item.get("second_rho")),
        value(item),
        "any difference fits these data" if wide else by_author(item),
        format_p_value(part(item, "williams").get("p_value")),
    ]


def _side(item: Item) -> int:
    """Which side of 0 the interval by author lies on; 0 where on both."""
    ends = read_bounds(part(item, "cluster_interval"))
    if not ends:
        return 0
    return 1 if ends["low"] > 0 else -1 if ends["high"] < 0 else 0
