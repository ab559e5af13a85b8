"""How far a judge agrees with itself, and what one call costs in agreement, as text."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

from cardiogram.judge.validation import GapTable, Reliability, Stability
from cardiogram.report.tables import render_table
from cardiogram.report.terminal.calibration import bounds, figure, share

_LEGEND = (
    "Alpha: Krippendorff's, ordinal. ICC(1,1): of one answer; ICC(1,k): of the mean of all k. "
    "Intervals: 95 %, alpha's by drawing authors, ICC's by leaving them out. Equal: share of "
    "cards to which all answers give the same number; sd: mean standard deviation of the answers "
    "to one card, in points. In the lower tables n counts a card once for each order or repeat."
)


def render_stability(found: Stability) -> str:
    """Agreement of all answers, of those in one order, and of those in different orders."""
    ends = ", ".join(f"{count:,} {name}" for name, count in sorted(found.ends.items()))
    named = " ".join(filter(None, (found.judge, found.version)))
    several = found.distinct_orders > 1
    orders = f", in {found.distinct_orders} orders of the criteria" if several else ""
    lines = [
        f"{named}: {found.answers} answers to each of {found.cards:,} cards of {found.authors:,} "
        f"authors{orders} ({ends})",
        "",
    ]
    parts = (
        ("All answers", found.together),
        ("Asked again in the same order", found.repeats),
        ("Asked in another order", found.orders),
    )
    for title, scores in parts:
        if scores:
            lines += [title, "", _reliabilities(scores)]
    for note in found.notes:
        lines += [*wrap(note, 98), ""]
    return "\n".join([*lines, *wrap(_LEGEND, 98)]) + "\n"


def _reliabilities(scores: Mapping[str, Reliability]) -> str:
    return render_table(
        [
            {
                "score": name,
                "n": item.n,
                "alpha": figure(item.alpha),
                "95 % interval": bounds(item.alpha),
                "ICC(1,1)": figure(item.icc["ICC(1,1)"]),
                "its interval": bounds(item.icc["ICC(1,1)"]),
                f"ICC(1,{item.k})": figure(item.icc["ICC(1,k)"]),
                "equal": share(item.equal),
                "sd": figure(item.sd, ".2f"),
            }
            for name, item in scores.items()
        ]
    )


def render_gap(found: GapTable) -> str:
    """Agreement of both ways of asking with their difference, and their cost side by side."""
    rows = [
        {
            "score": name,
            "n": item.n,
            "one call": figure(item.qwk_all),
            "one each": figure(item.qwk_each),
            "difference": figure(item.qwk, "+.3f"),
            "95 % interval": bounds(item.qwk, "+.3f"),
            "exact": figure(item.exact, "+.1%"),
            "mean": figure(item.mean, "+.2f"),
            "its interval": bounds(item.mean, "+.2f"),
            "differ": share(item.differ),
        }
        for name, item in found.scores.items()
    ]
    unrated = f"; {found.unrated:,} without numbers are left out" if found.unrated else ""
    lines = [
        f"{found.judge}, one call for all numbers against one call for each, by {found.gold}:",
        f"{found.cards:,} cards of {found.authors:,} authors{unrated}",
        "",
        render_table(rows),
        *wrap(
            "QWK with gold of either way and, of one call minus one call each: QWK, share of "
            "numbers equal to gold, and mean rating (negative: one call is stricter). Intervals by "
            "paired draws of authors. Differ: cards with different numbers.",
            98,
        ),
        "",
        _costs(found),
    ]
    return "\n".join(lines)


def _costs(found: GapTable) -> str:
    words = {"all": "one call for all", "each": "one call each"}
    return render_table(
        [
            {
                "way": words[way],
                "calls": f"{item.calls:,}",
                "tokens in": f"{item.input_tokens:,}",
                "cached": f"{item.cached_tokens:,}",
                "tokens out": f"{item.output_tokens:,}",
                "US dollars": "" if item.cost_usd is None else f"{item.cost_usd:.4g}",
                "seconds a call": f"{item.seconds / max(1, item.calls):.2f}",
            }
            for way, item in found.cost.items()
        ]
    )
