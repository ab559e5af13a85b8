"""A map as text for a terminal: its segments, how it agrees with rules, how stable it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cardiogram.maps import StudyMap
from cardiogram.maps.segments import Segment
from cardiogram.report.markup import printable

_NAME = 52


def render_map(drawn: StudyMap) -> str:
    """Tables of the segments and of the known ones, and what to think of them."""
    about = drawn.about
    head = f"{'segment':<{_NAME}} {'models':>13} {'downloads':>10} {'likes':>7} {'rating':>7}"
    lines = [
        f"{about['models']} models on the map, {len(drawn.segments)} segments, "
        f"{about['outliers']} outliers",
        "",
        head,
        *(_row(item) for item in drawn.segments),
        "",
        *_known(about["rules"]),
        "",
        *_trust(about),
    ]
    return "\n".join(lines) + "\n"


def _row(item: Segment) -> str:
    name = printable(item.name)
    name = name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
    rating = "" if item.rating.median is None else f"{item.rating.median:.1f}"
    return (
        f"{name:<{_NAME}} {item.size:>6} {_percent(item.share.models):>6} "
        f"{_percent(item.share.downloads):>10} {_percent(item.share.likes):>7} {rating:>7}"
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _known(rules: Mapping[str, Any]) -> list[str]:
    lines = [f"{'known by rule':<18} {'models':>7} {'AMI':>6}  most of them in"]
    for item in rules["known"]:
        where = ""
        if item["best"]:
            where = f"{_percent(item['best_share'])}: {printable(item['best'])}"
        lines.append(f"{item['known']:<18} {item['models']:>7} {item['ami']:>6.2f}  {where}")
    if rules["ami"] is not None:
        lines.append(
            f"All rules together: AMI {rules['ami']:.2f}, purity {_percent(rules['purity'])}"
        )
    return lines


def _trust(about: Mapping[str, Any]) -> list[str]:
    stable, machine = about["stability"], about["machine"]
    if stable["reason"]:
        lines = [f"Stability: not computed, {stable['reason']}."]
    else:
        lines = [
            f"Stability: adjusted Rand {stable['resamples']:.2f} between resamples "
            f"({stable['low']:.2f}-{stable['high']:.2f}, {stable['draws']} of {stable['cards']} "
            f"cards), {stable['map']:.2f} with the map."
        ]
    shares = ", ".join(
        f"{_percent(machine[name])} of {name}"
        for name in ("models", "downloads", "likes")
        if machine.get(name) is not None
    )
    if shares:
        lines.append(f"Made for machines (quantised or converted copies): {shares}.")
    return [*lines, *about["notes"]]
