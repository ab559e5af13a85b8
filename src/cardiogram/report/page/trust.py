"""How far the judge can be trusted: its measured agreement, and how sure it is of these cards."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from cardiogram.analysis import JudgeUsed
from cardiogram.judge.audit import Audit
from cardiogram.judge.embedded import AgreementRecord, Record, embedded_judge
from cardiogram.names import DATA, SCORES
from cardiogram.report.data import Payload, ShownModel
from cardiogram.report.markup import (
    Bounds,
    Markup,
    draw_rating_range,
    draw_share_range,
    el,
    fold,
    format_percent,
    join,
    section,
)
from cardiogram.report.tables import Cell, Chapter, Sheet, write_html, write_html_table
from cardiogram.report.terminal import describe_audit
from cardiogram.store import from_json

WIDE = 2.0
"""Rating points from which on an interval says little: it spans two of the five grades."""


def trust(payload: Payload) -> Markup:
    """Write the section on the judge."""
    judge = payload.results.judge
    agreement, audit = measured_agreement(judge), kept_audit(judge)
    certainty = _certainty([model for model in payload.models if model.is_sampled])
    return section(
        "trust",
        "The judge",
        headline(agreement),
        _agreement(agreement) if agreement else el("p", _unmeasured(judge)),
        write_html(describe_audit(audit), folded=True) if audit and audit.effects else None,
        write_html(certainty, folded=True) if certainty else None,
    )


def kept_audit(judge: JudgeUsed) -> Audit | None:
    """What changed cards did to a judge of this version; None where nobody looked."""
    if judge.id != "embedded":
        return None
    file = DATA / "judge" / "audit.json"
    audit = from_json(Audit, json.loads(file.read_text("utf-8")), file.name)
    return audit if audit.version == judge.version else None


def measured_agreement(judge: JudgeUsed) -> AgreementRecord | None:
    """The agreement that a judge of this version was measured to have; None where nobody did."""
    if judge.id != "embedded":
        return None
    shipped = embedded_judge()
    return shipped.weights.about["agreement"] if shipped.version == judge.version else None


def headline(agreement: AgreementRecord | None) -> str:
    """Say how far the judge agrees with its labels.

    Examples
    --------
    >>> scores = {"overall": {"qwk": 0.9, "low": 0.85, "high": 0.93}}
    >>> headline({"method": "by hand", "scores": scores, "strata": {}})
    'On authors it had not seen, the judge agrees with its labels at a kappa of 0.90'
    >>> headline(None)
    'Nobody has measured how far this judge agrees with another'
    """
    kappa = agreement["scores"]["overall"]["qwk"] if agreement else None
    if kappa is None:
        return "Nobody has measured how far this judge agrees with another"
    return f"On authors it had not seen, the judge agrees with its labels at a kappa of {kappa:.2f}"


def _unmeasured(judge: JudgeUsed) -> str:
    return (
        f"No agreement is on record for “{judge.id}” {judge.version}. "
        "cardiogram judges measure compares its ratings with labels of yours."
    )


def _agreement(agreement: AgreementRecord) -> Markup:
    heads = ("Rating of", "Quadratic-weighted kappa", "95 % interval", "0 to 1", "Exact")
    table = Sheet(
        (*heads, "Off by one at most", "Within the interval", "Cards"),
        [_score(name, agreement["scores"].get(name, {})) for name in SCORES],
    )
    sentence = (
        f"Measured by {agreement['method']}. Kappa is 1 where judge and label always agree and 0 "
        "where they agree as often as chance would."
    )
    agreement_of = write_html_table(table, "Agreement of the judge")
    return join(el("p", sentence), fold("Agreement by criterion", agreement_of))


def _score(name: str, record: Record) -> tuple[Cell, ...]:
    kappa, low, high = (record.get(key) for key in ("qwk", "low", "high"))
    ends = None if low is None or high is None else Bounds(low, high)
    drawn = None if kappa is None else draw_share_range(kappa, ends)
    return (
        Cell(name.capitalize()),
        Cell(kappa, "number"),
        Cell(ends, "interval", form=".2f"),
        Cell(drawn, "picture"),
        *(Cell(record.get(key), "share") for key in ("exact", "within_one", "coverage")),
        Cell(record.get("n"), "count"),
    )


def _certainty(models: Sequence[ShownModel]) -> Chapter | None:
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
    rated = [model for model in models if model.scores]
    widest = sorted(rated, key=lambda model: (-_width(model), model.id))[:5]
    rows = [
        (
            Cell(model.id, "name"),
            Cell(score.expected, "number", form=".1f"),
            Cell(draw_rating_range(score), "picture"),
        )
        for model in widest
        for score in (model.scores["overall"],)
    ]
    return Chapter(
        "How sure it is of these cards",
        [Sheet(("Model", "Expected", "Interval, 1 to 5"), rows)],
        [
            "Half of the 90 % intervals of the overall rating are narrower than "
            f"{np.median(spans):.1f} points; {format_percent(wide, len(spans))} span {WIDE:g} "
            "points or more. The judge is least sure of the cards at the top of this list:"
        ],
    )


def _width(model: ShownModel) -> float:
    score = model.scores["overall"]
    return (score.high or 0.0) - (score.low or 0.0)
