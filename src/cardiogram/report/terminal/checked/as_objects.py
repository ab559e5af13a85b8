"""Checked cards as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from cardiogram.cards import explain_problem
from cardiogram.check import Checked, falls_short
from cardiogram.report.markup import printable
from cardiogram.report.terminal.checked.phrases import Places
from cardiogram.report.terminal.writing import write_json


def render_json(
    checked: Sequence[Checked], places: Places | None = None, minimum: float | None = None
) -> str:
    """Everything that is known, one object a card."""
    known = places or {}
    cards = []
    for card in checked:
        shown = as_json(card)
        if card.target in known:
            shown["place"] = asdict(known[card.target])
        if minimum is not None:
            shown["under_minimum_by"] = round(falls_short(card, minimum), 4)
        cards.append(shown)
    return write_json(cards)


def as_json(checked: Checked) -> dict[str, object]:
    """One checked card as plain values."""
    rating, earlier = checked.rating, checked.earlier
    return {
        "target": printable(checked.target),
        "id": checked.card.id,
        "card_sha256": checked.card.sha256,
        "judge": {"id": rating.judge, "version": rating.judge_version},
        "rubric": rating.rubric_version,
        "status": rating.status,
        "scores": {name: score._asdict() for name, score in rating.scores.items()},
        "earlier": earlier
        and {
            "at": printable(earlier.at),
            "scores": {name: score._asdict() for name, score in earlier.scores.items()},
        },
        "problems": [
            {"code": code, "words": explain_problem(code)} for code in checked.card.problems
        ],
        "gaps": [asdict(gap) for gap in checked.gaps],
        "findings": [
            {
                "rule": finding.rule,
                "name": finding.name,
                "severity": finding.severity,
                "line": finding.line,
                "message": printable(finding.message),
                "fixable": bool(finding.edits),
            }
            for finding in checked.findings
        ],
        "evidence": [fact._asdict() for fact in rating.evidence],
    }
