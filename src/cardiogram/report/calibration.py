"""A calibration as text; nothing here computes anything."""

from __future__ import annotations

from collections.abc import Mapping

from cardiogram.judge.agreement import Agreement
from cardiogram.judge.calibrate import Calibration
from cardiogram.study.tables import render_table


def render_calibration(found: Calibration) -> str:
    """The agreement table, by score, kind and length, and the confusion of the overall rating."""
    overall = found.scores["overall"]
    lines = [
        f"{found.judge} {found.version} against gold, rubric {found.rubric}: {overall.n:,} cards "
        f"of {overall.authors:,} authors"
        + (f", {found.unmatched:,} gold cards without a rating" if found.unmatched else ""),
        "",
        _table(found.scores, "score"),
        "Overall rating, by kind and length of card",
        "",
        _table(found.strata, "cards"),
        "Overall rating: gold (rows) and judge (columns)",
        "",
    ]
    rows = [
        {"gold": level, **{str(given): int(row[given - 1]) for given in range(1, 6)}}
        for level, row in enumerate(found.confusion, 1)
    ]
    notes = [
        "",
        "QWK: quadratic-weighted kappa, 95 % interval by resampling authors. Covered: share of",
        "gold ratings within the judge's 90 % interval. On cards that the judge was trained on",
        "these figures flatter it: `cardiogram judges` prints those for unseen authors.",
    ]
    return "\n".join([*lines, render_table(rows).rstrip(), *notes]) + "\n"


def _table(agreements: Mapping[str, Agreement], name: str) -> str:
    rows = [
        {
            name: key,
            "n": item.n,
            "QWK": _figure(item.qwk),
            "95 % interval": "" if item.low is None else f"{item.low:.3f} to {item.high:.3f}",
            "rho": _figure(item.spearman),
            "exact": f"{item.exact:.0%}",
            "within 1": f"{item.within_one:.0%}",
            "bias": f"{item.bias:+.2f}",
            "covered": "" if item.coverage is None else f"{item.coverage:.0%}",
        }
        for key, item in agreements.items()
    ]
    return render_table(rows)


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
