"""How far a judge agrees with itself, as text."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

from cardiogram.judge.validation import Reliability, SelfAgreement
from cardiogram.report.tables import render_table
from cardiogram.report.terminal.calibration import bounds, figure, share

_LEGEND = (
    "Alpha: Krippendorff's, ordinal. ICC(1,1): of one answer; ICC(1,k): of the mean of all k. "
    "Intervals: 95 %, alpha's by drawing authors, ICC's by leaving them out. Equal: share of "
    "cards to which all answers give the same number; sd: mean standard deviation of the answers "
    "to one card, in points. In the lower tables n counts a card once for each order or repeat."
)


def render_self_agreement(found: SelfAgreement) -> str:
    """Agreement of all answers, of those in one order, and of those in different orders."""
    ends = ", ".join(f"{count:,} {name}" for name, count in sorted(found.outcomes.items()))
    named = " ".join(filter(None, (found.judge, found.version)))
    several = found.distinct_orders > 1
    orders = f", in {found.distinct_orders} orders of the criteria" if several else ""
    lines = [
        f"{named}: {found.answers} answers to each of {found.cards:,} cards of {found.authors:,} "
        f"authors{orders} ({ends})",
        "",
    ]
    parts = (
        ("All answers", found.all_answers),
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
