"""How well each segment, task and library is documented: a table of small charts each."""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.analysis import GroupNumber, Results
from cardiogram.report.markup import (
    Markup,
    draw_distribution,
    draw_mean_range,
    format_percent,
    join,
    read_bounds,
)
from cardiogram.report.tables import PLURALS, Cell, Chapter, Sheet, write_html

GROUPS_SHOWN = 12
"""Groups of one kind in the page; the others are in results.json, and the page says so."""

_NONE = "(none)"


def by_group(results: Results) -> Markup | None:
    """Write one table for each kind of group that the study has; the first stands open."""
    sections = [_section(results, by) for by in ("segment", "task", "library")]
    present = [section for section in sections if section is not None]
    if not present:
        return None
    first, *others = present
    return join(write_html(first), [write_html(section, folded=True) for section in others])


def describe_groups(groups: Sequence[GroupNumber], by: str) -> str:
    """Say which groups are documented best and worst, where their intervals lie apart."""
    # A model that names no task is in no task: it is shown, but is neither best nor worst.
    sure = [
        (ends, number)
        for number in groups
        if number.group != _NONE and (ends := read_bounds(number.cluster_interval))
    ]
    if len(sure) > 1:
        best_ends, best = max(sure, key=lambda pair: pair[0].low)
        worst_ends, worst = min(sure, key=lambda pair: pair[0].high)
        if best_ends.low > worst_ends.high:
            return (
                f"By {by}, documented best: {best.group} (mean {best.estimate:.1f}); "
                f"worst: {worst.group} ({worst.estimate:.1f})"
            )
    return f"By {by}: the intervals overlap, so none is certainly documented better than another"


def _section(results: Results, by: str) -> Chapter | None:
    groups = [number for number in results.groups if number.by == by]
    if len(groups) < 2:
        return None
    several = len(groups) > GROUPS_SHOWN
    shown = f"The {GROUPS_SHOWN} largest of {len(groups)}" if several else f"All {len(groups)}"
    columns = ("Scores 1 to 5", "Mean", "On the scale 1 to 5", "Cards")
    shares = ("Of models", "Of downloads", "Of likes")
    return Chapter(
        describe_groups(groups, by),
        [
            Sheet(
                (by.capitalize(), *columns, *shares),
                [_row(number) for number in groups[:GROUPS_SHOWN]],
            )
        ],
        [
            f"{shown} {PLURALS[by]} with at least 10 rated cards. The dot is the mean rating, the "
            "bar its 95 % interval by author; the shares are of all models, downloads and likes "
            "of this study."
        ],
    )


def _row(number: GroupNumber) -> tuple[Cell, ...]:
    ends, mean = read_bounds(number.cluster_interval), number.estimate
    return (
        Cell(number.group, "name"),
        Cell(draw_distribution(number.histogram), "bars"),
        Cell(mean, "number"),
        Cell(None if mean is None else draw_mean_range(mean, ends), "picture"),
        Cell(number.n, "count"),
        *(_share(number.shares.get(name)) for name in ("models", "downloads", "likes")),
    )


def _share(value: float | None) -> Cell:
    """A share of everything that is used, of which a few are not nothing."""
    share = None if value is None else format_percent(round(100_000 * value), 100_000)
    return Cell(share, "share")
