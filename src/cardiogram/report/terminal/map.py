"""A map as text for a terminal: its segments, how it agrees with rules, how stable it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cardiogram.maps import Stability, StudyMap
from cardiogram.maps.segments import RuleAgreement, Segment
from cardiogram.report.markup import printable
from cardiogram.store import from_json

_NAME = 52


@dataclass(frozen=True, slots=True)
class _Rules:
    known: tuple[RuleAgreement, ...]
    ami: float | None
    purity: float | None


@dataclass(frozen=True, slots=True)
class _About:
    """What `map/map.json` says of a map as a whole; `machine` are shares of what machines made."""

    models: int
    outliers: int
    stability: Stability
    machine: Mapping[str, float | None]
    rules: _Rules
    notes: tuple[str, ...]


def render_map(drawn: StudyMap) -> str:
    """Tables of the segments and of the known ones, and what to think of them."""
    about = from_json(_About, drawn.about)
    lines = [
        f"{about.models} models on the map, {len(drawn.segments)} segments, "
        f"{about.outliers} outliers",
        "",
        f"{'segment':<{_NAME}} {'models':>13} {'downloads':>10} {'likes':>7} {'rating':>7}",
        *map(_row, drawn.segments),
        "",
        *_known(about.rules),
        "",
        _stability(about.stability),
    ]
    shares = ", ".join(
        f"{_percent(share)} of {name}"
        for name in ("models", "downloads", "likes")
        if (share := about.machine.get(name)) is not None
    )
    if shares:
        lines.append(f"Made for machines (quantised or converted copies): {shares}.")
    return "\n".join([*lines, *about.notes]) + "\n"


def _row(segment: Segment) -> str:
    name = printable(segment.name)
    name = name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
    rating = "" if segment.rating.median is None else f"{segment.rating.median:.1f}"
    share = segment.share
    return (
        f"{name:<{_NAME}} {segment.size:>6} {_percent(share.models):>6} "
        f"{_percent(share.downloads):>10} {_percent(share.likes):>7} {rating:>7}"
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _known(rules: _Rules) -> list[str]:
    lines = [f"{'known by rule':<18} {'models':>7} {'AMI':>6}  most of them in"]
    for rule in rules.known:
        where = f"{_percent(rule.best_share)}: {printable(rule.best)}" if rule.best else ""
        lines.append(f"{rule.known:<18} {rule.models:>7} {rule.ami:>6.2f}  {where}")
    if rules.ami is not None:
        lines.append(f"All rules together: AMI {rules.ami:.2f}, purity {_percent(rules.purity)}")
    return lines


def _stability(stability: Stability) -> str:
    if stability.reason:
        return f"Stability: not computed, {stability.reason}."
    return (
        f"Stability: adjusted Rand {stability.resamples:.2f} between resamples "
        f"({stability.low:.2f}-{stability.high:.2f}, {stability.draws} of {stability.cards} "
        f"cards), {stability.map:.2f} with the map."
    )
