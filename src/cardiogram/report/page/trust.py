"""How far the judge can be trusted: its measured agreement, and how sure it is of these cards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import numpy as np

from cardiogram.judge.embedded import embedded_judge
from cardiogram.names import SCORES
from cardiogram.report.data import Payload, ShownModel
from cardiogram.report.markup import (
    Markup,
    column,
    draw_interval,
    draw_rating_range,
    draw_share_range,
    el,
    fold,
    format_ends,
    format_number,
    format_percent,
    format_signed,
    join,
    part,
    read_bounds,
    scroller,
    section,
)

Item = Mapping[str, Any]

WIDE = 2.0
"""Rating points from which on an interval says little: it spans two of the five grades."""


def trust(payload: Payload) -> Markup:
    """Write the section on the judge."""
    judge = part(payload.results.as_dict(), "judge")
    found = measured_agreement(str(judge.get("id")), str(judge.get("version")))
    return section(
        "trust",
        "The judge",
        headline(found),
        _agreement(found) if found else el("p", _unmeasured(judge)),
        _audit(kept_audit(str(judge.get("id")), str(judge.get("version")))),
        _certainty(payload.models),
    )


def kept_audit(judge: str, version: str) -> Item | None:
    """What changed cards did to a judge of this version; None where nobody looked."""
    if judge != "embedded":
        return None
    file = resources.files("cardiogram") / "data" / "judge" / "audit.json"
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found if found["version"] == version else None


def _audit(found: Item | None) -> Markup | None:
    """What must not move a rating, and what it does move."""
    effects = [] if found is None else found["effects"]
    if not effects:
        return None
    heads = [column("Change of the card"), column("Rating of")]
    heads += [
        column(name, "number")
        for name in ("Cards", "Mean effect", "95\u00a0% by author", "Around zero", "Gate")
    ]
    reach = max(0.1, *(abs(effect["shift"]["value"] or 0.0) for effect in effects))
    failed = sum(bool(effect["failed"]) for effect in effects)
    verdict = "all within their gates" if not failed else f"{failed} beyond their gates"
    return fold(
        f"What changes of a card do to its rating: {len(effects)} audited, {verdict}",
        el(
            "p",
            f"Each of {format_number((found or {}).get('cards'))} cards was rated as it is and "
            "changed: padded, reordered, made another's, or made to speak to the judge. What "
            "adds no documentation must not raise a rating; what takes some away must lower "
            "it.",
        ),
        scroller(
            "Effects of changes",
            el("thead", el("tr", heads)),
            el("tbody", [_effect(effect, reach) for effect in effects]),
        ),
    )


_GATES = {
    "gain": "at most +{:g}",
    "shift": "within {:g}",
    "missed": "at most −{:g}",
    "one": "all rated 1",
}


def _effect(effect: Item, reach: float) -> Markup:
    shift, gate = effect["shift"], _GATES.get(str(effect["gate"]), "")
    ends = read_bounds(shift)
    drawn = None if shift["value"] is None else draw_interval(shift["value"], {}, ends, reach)
    return el(
        "tr",
        el("th", f"{effect['name']}", el("span", effect["family"], class_="sub"), scope="row"),
        el("td", effect["score"]),
        el("td", format_number(effect["n"]), class_="number"),
        el("td", format_signed(shift["value"]), class_="number"),
        el("td", format_ends(ends), class_="number"),
        el("td", drawn, class_="number"),
        el("td", gate.format(effect["tolerance"]) or "shown only", class_="number"),
    )


def measured_agreement(judge: str, version: str) -> Item | None:
    """The agreement that a judge of this version was measured to have; None where nobody did."""
    if judge != "embedded":
        return None
    shipped = embedded_judge()
    return shipped.weights.about["agreement"] if shipped.version == version else None


def headline(found: Item | None) -> str:
    """Say how far the judge agrees with its labels.

    Examples
    --------
    >>> headline({"scores": {"overall": {"qwk": 0.9, "low": 0.85, "high": 0.93}}})
    'On authors it had not seen, the judge agrees with its labels at a kappa of 0.90'
    >>> headline(None)
    'Nobody has measured how far this judge agrees with another'
    """
    overall = part(found or {}, "scores", "overall")
    if overall.get("qwk") is None:
        return "Nobody has measured how far this judge agrees with another"
    return (
        "On authors it had not seen, the judge agrees with its labels at a kappa of "
        f"{overall['qwk']:.2f}"
    )


def _unmeasured(judge: Item) -> str:
    return (
        f"No agreement is on record for “{judge.get('id', 'unknown')}” {judge.get('version', '')}. "
        "cardiogram judges measure compares its ratings with labels of yours."
    )


def _agreement(found: Item) -> Markup:
    heads = [column("Rating of"), column("Quadratic-weighted kappa", "number")]
    heads += [
        column(name, "number")
        for name in (
            "95\u00a0% interval",
            "0 to 1",
            "Exact",
            "Off by one at most",
            "Within the interval",
            "Cards",
        )
    ]
    rows = [_row(name, part(found, "scores", name)) for name in SCORES]
    return join(
        el(
            "p",
            f"Measured by {found.get('method', 'an unnamed method')}. Kappa is 1 where judge "
            "and label always agree and 0 where they agree as often as chance would.",
        ),
        scroller("Agreement of the judge", el("thead", el("tr", heads)), el("tbody", rows)),
    )


def _row(name: str, item: Item) -> Markup:
    ends = {key: item[key] for key in ("low", "high") if item.get(key) is not None}
    spread = f"{ends['low']:.2f} to {ends['high']:.2f}" if len(ends) == 2 else "–"
    kappa = item.get("qwk")
    drawn = draw_share_range(kappa, ends) if kappa is not None else None
    shares = [_share(item.get(key)) for key in ("exact", "within_one", "coverage")]
    return el(
        "tr",
        el("th", name.capitalize(), scope="row"),
        el("td", format_number(kappa, 2), class_="number"),
        el("td", spread, class_="number"),
        el("td", drawn, class_="number"),
        [el("td", share, class_="number") for share in shares],
        el("td", format_number(item.get("n")), class_="number"),
    )


def _certainty(models: Sequence[ShownModel]) -> Markup | None:
    """How wide the judge's own intervals are on the cards of this study."""
    spans = [
        score.high - score.low
        for model in models
        if model.scores
        and (score := model.scores["overall"]).low is not None
        and score.high is not None
    ]
    if not spans:
        return None
    wide = sum(span >= WIDE for span in spans)
    return join(
        el("h3", "How sure it is of these cards"),
        el(
            "p",
            f"Half of the 90\u00a0% intervals of the overall rating are narrower than "
            f"{np.median(spans):.1f} points; {format_percent(wide, len(spans))} span {WIDE:g} "
            "points or more. The judge is least sure of the cards at the top of this list:",
        ),
        _least_sure(models),
    )


def _least_sure(models: Sequence[ShownModel]) -> Markup:
    rated = [model for model in models if model.scores]
    widest = sorted(rated, key=lambda model: (-_width(model), model.id))[:5]
    rows = [
        el(
            "tr",
            el("th", el("bdi", model.id), scope="row"),
            el("td", format_number(model.scores["overall"].expected, 1), class_="number"),
            el("td", draw_rating_range(model.scores["overall"]), class_="number"),
        )
        for model in widest
    ]
    heads = [column("Model"), column("Expected", "number"), column("Interval, 1 to 5", "number")]
    return scroller(
        "Cards that the judge is least sure of", el("thead", el("tr", heads)), el("tbody", rows)
    )


def _width(model: ShownModel) -> float:
    score = model.scores["overall"]
    return (score.high or 0.0) - (score.low or 0.0)


def _share(value: float | None) -> str:
    return "–" if value is None else format_percent(round(1000 * value), 1000)
