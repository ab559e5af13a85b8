"""A look back as tables."""

from __future__ import annotations

from collections.abc import Mapping

from cardiogram.report.data import OUTCOMES, plain_reason, say_estimate, say_share
from cardiogram.report.tables.cells import Cell, Sheet
from cardiogram.track import LookBack
from cardiogram.track.effect import Effect


def effect_sheet(back: LookBack) -> Sheet:
    """Each outcome with its interval, both p values, and what would have shown."""
    columns = (
        "outcome",
        "change\n95 % interval",
        "p\nStudent's t",
        "p\nrandomisation",
        "would show",
        "models",
        "authors",
        "models like them",
        "verdict",
    )
    certain = [i for i, effect in enumerate(back.effects) if effect.verdict.kind == "effect"]
    return Sheet(columns, [_row(effect) for effect in back.effects], certain=certain)


def _row(effect: Effect) -> list[Cell]:
    estimate = effect.estimate
    said = say_estimate(estimate, effect.interval) if estimate is not None else "–"
    seen = say_share(effect.detectable) if effect.detectable is not None else "–"
    return [
        Cell(OUTCOMES[effect.outcome]),
        Cell(said, "interval"),
        Cell(effect.p_value, "p_value"),
        Cell(effect.randomisation_p, "p_value"),
        Cell(seen, "number"),
        Cell(effect.models, "count"),
        Cell(effect.authors, "count"),
        Cell(effect.donors, "count"),
        Cell(effect.verdict.reason or effect.verdict.kind),
    ]


def reason_sheet(reasons: Mapping[str, int], thing: str) -> Sheet:
    """How many were left out for each reason."""
    return Sheet((thing, "why"), [[Cell(n, "count"), Cell(why)] for why, n in reasons.items()])


def changed_sheet(back: LookBack) -> Sheet:
    """Each changed model, for whoever wants to count again."""
    rows = [
        [
            Cell(row.model, "name"),
            Cell(row.day.isoformat()),
            Cell(row.rise, "number"),
            Cell(row.change, "number"),
            Cell(row.change_of_others, "number"),
        ]
        for row in back.changed
    ]
    return Sheet(("model", "day", "rise", "change", "change_of_others"), rows)


def left_out_sheet(back: LookBack) -> Sheet:
    """Each changed model that the effect is not read from, and why."""
    rows = [[Cell(gone.model, "name"), Cell(plain_reason(gone.reason))] for gone in back.left_out]
    return Sheet(("model", "why"), rows)
