"""A calibration as text; nothing here computes anything."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

from cardiogram.judge.validation import Figure, GoldAgreement, Validation
from cardiogram.report.tables import render_table

_LEGEND = (
    "QWK: quadratic-weighted kappa; alpha: Krippendorff's, ordinal and nominal. Intervals: 95 %,",
    "by resampling authors; --json has one for every figure. Covered: share of gold ratings within",
    "the judge's 90 % interval.",
)


def render_calibration(found: Validation) -> str:
    """The agreement tables, by score and stratum, and the confusion of the overall rating."""
    lines = [*_head(found), ""]
    for note in found.notes:
        lines += [*wrap(note, 98), ""]
    lines += [_table(found.scores, "score")]
    for kind, groups in found.strata.items():
        lines += [f"Overall rating, by {kind} of card", "", _table(groups, kind)]
    if found.among:
        lines += ["Alpha of the gold readers, and with the judge as one more", "", _among(found)]
    if found.confusion.any():
        lines += ["Overall rating: gold (rows) and judge (columns)", "", _confusion(found)]
    lines += [_severity(found.severity), ""]
    lines += _LEGEND
    return "\n".join(lines) + "\n"


def _head(found: Validation) -> list[str]:
    some = next(iter(found.scores.values()))
    states = ", ".join(f"{count:,} {name}" for name, count in sorted(found.status.items()))
    total = sum(found.status.values()) + found.gold_missing
    named = " ".join(filter(None, (found.judge, found.version)))
    missing = f", {found.gold_missing:,} without a gold rating" if found.gold_missing else ""
    return [
        f"{named} against {found.gold}" + (f", rubric {found.rubric}" if found.rubric else ""),
        f"{total:,} gold cards: {states}{missing}; {some.n:,} cards of {some.authors:,} authors "
        "are compared",
    ]


def _table(agreements: Mapping[str, GoldAgreement], name: str) -> str:
    rows = [
        {
            name: key,
            "n": item.n,
            "QWK": figure(item.qwk),
            "95 % interval": bounds(item.qwk),
            "alpha": figure(item.alpha),
            **({"nominal": figure(item.alpha_nominal)} if name == "score" else {}),
            "rho": figure(item.spearman),
            "exact": share(item.exact),
            "within 1": share(item.within_one),
            "bias": figure(item.bias, "+.2f"),
            "covered": share(item.coverage),
        }
        for key, item in agreements.items()
    ]
    return render_table(rows)


def _among(found: Validation) -> str:
    rows = [
        {
            "score": name,
            "readers": figure(item["readers"]),
            "95 % interval": bounds(item["readers"]),
            "with judge": figure(item["with judge"]),
            "its interval": bounds(item["with judge"]),
        }
        for name, item in found.among.items()
    ]
    return render_table(rows)


def _confusion(found: Validation) -> str:
    rows = [
        {"gold": level, **{str(given): int(row[given - 1]) for given in range(1, 6)}}
        for level, row in enumerate(found.confusion, 1)
    ]
    return render_table(rows)


def _severity(found: Figure) -> str:
    if found.value is None:
        return "Severity: no criterion was compared."
    word, sign = ("stricter", 1) if found.value > 0 else ("more lenient", -1)
    within = ""
    if found.low is not None and found.high is not None:
        low, high = sorted((sign * found.low, sign * found.high))
        within = f" ({low:.2f} to {high:.2f})"
    return (
        f"Severity: over the eight criteria the judge is {abs(found.value):.2f} points {word} than "
        f"the gold{within}."
    )


def figure(found: Figure, form: str = ".3f") -> str:
    """A value, or nothing where there is none."""
    return "" if found.value is None else format(found.value, form)


def bounds(found: Figure, form: str = ".3f") -> str:
    """An interval in words, or nothing where there is none."""
    if found.low is None or found.high is None:
        return ""
    return f"{found.low:{form}} to {found.high:{form}}"


def share(found: Figure) -> str:
    """A share in per cent, or nothing where there is none."""
    return "" if found.value is None else f"{found.value:.0%}"
