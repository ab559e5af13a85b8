"""How well each segment, task and library is documented: a table of small charts each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cardiogram.report.markup import (
    Markup,
    column,
    draw_distribution,
    draw_mean_range,
    el,
    fold,
    format_number,
    format_percent,
    join,
    part,
    read_bounds,
    scroller,
)

Item = Mapping[str, Any]

GROUPS_SHOWN = 12
"""Groups of one kind in the page; the others are in results.json, and the page says so."""

_PLURALS = {"segment": "segments", "task": "tasks", "library": "libraries"}
_NONE = "(none)"


def by_group(results: Item) -> Markup | None:
    """Write one table for each kind of group that the study has; the first stands open."""
    tables: list[Markup] = []
    for by in _PLURALS:
        found = [item for item in results.get("groups") or [] if item.get("by") == by]
        if len(found) < 2:
            continue
        body = join(el("p", _rest(found, by)), _table(found, by))
        title = describe_groups(found, by)
        tables.append(fold(title, body) if tables else join(el("h3", title), body))
    return join(*tables) if tables else None


def describe_groups(found: Sequence[Item], by: str) -> str:
    """Say which groups are documented best and worst, where their intervals lie apart.

    Examples
    --------
    >>> ends = [{"low": 1.0, "high": 1.5}, {"low": 3.0, "high": 3.5}]
    >>> groups = [
    ...     {"group": name, "estimate": mean, "cluster_interval": span}
    ...     for name, mean, span in zip("ab", (1.2, 3.2), ends, strict=True)
    ... ]
    >>> describe_groups(groups, "task")
    'By task, documented best: b (mean 3.2); worst: a (1.2)'
    >>> describe_groups(groups[:1], "task")
    'By task: the intervals overlap, so none is certainly documented better than another'
    """
    # A model that names no task is in no task: it is shown, but is neither best nor worst.
    sure = [item for item in found if read_bounds(part(item, "cluster_interval"))]
    sure = [item for item in sure if item.get("group") != _NONE]
    if len(sure) > 1:
        best = max(sure, key=lambda item: part(item, "cluster_interval")["low"])
        worst = min(sure, key=lambda item: part(item, "cluster_interval")["high"])
        if part(best, "cluster_interval")["low"] > part(worst, "cluster_interval")["high"]:
            return (
                f"By {by}, documented best: {best['group']} (mean {best['estimate']:.1f}); "
                f"worst: {worst['group']} ({worst['estimate']:.1f})"
            )
    return f"By {by}: the intervals overlap, so none is certainly documented better than another"


def _rest(found: Sequence[Item], by: str) -> str:
    shown = (
        f"The {GROUPS_SHOWN} largest of {len(found)}"
        if len(found) > GROUPS_SHOWN
        else f"All {len(found)}"
    )
    return (
        f"{shown} {_PLURALS[by]} with at least 10 rated cards. The dot is the mean rating, the bar "
        "its 95\u00a0% interval by author; the shares are of all models, downloads and likes of "
        "this study."
    )


def _table(found: Sequence[Item], by: str) -> Markup:
    heads = [column(by.capitalize()), column("Scores 1 to 5", "wide")]
    heads += [column(name, "number") for name in ("Mean", "On the scale 1 to 5", "Cards")]
    heads += [column(name, "number") for name in ("Of models", "Of downloads", "Of likes")]
    return scroller(
        f"Ratings by {by}",
        el("thead", el("tr", heads)),
        el("tbody", [_row(item) for item in found[:GROUPS_SHOWN]]),
    )


def _row(item: Item) -> Markup:
    counts = {int(score): int(n) for score, n in part(item, "histogram").items()}
    ends, mean = read_bounds(part(item, "cluster_interval")), item.get("estimate")
    shares = part(item, "shares")
    drawn = draw_mean_range(mean, ends) if mean is not None else None
    cells = [shares.get(name) for name in ("models", "downloads", "likes")]
    return el(
        "tr",
        el("th", el("bdi", str(item.get("group"))), scope="row"),
        el("td", draw_distribution(counts), class_="wide"),
        el("td", format_number(mean, 2), class_="number"),
        el("td", drawn, class_="number"),
        el("td", format_number(item.get("n")), class_="number"),
        [el("td", _share(value), class_="number") for value in cells],
    )


def _share(value: float | None) -> str:
    return "–" if value is None else format_percent(round(100_000 * value), 100_000)
