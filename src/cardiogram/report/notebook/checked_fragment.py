"""A checked card: its ratings, what would raise the rating most, what the linter says of it."""

from __future__ import annotations

from cardiogram.check import Checked
from cardiogram.report.markup import Markup, el
from cardiogram.report.notebook.fragment import cut, frame, gauge, head, more, table
from cardiogram.report.terminal.checked import (
    describe_change,
    describe_no_gaps,
    gain_of,
    grade_of,
    interval_of,
    line_of,
    name_of,
    scores_of,
    sentences_of,
    untold,
)

_GAPS, _FINDINGS = 5, 6


def show_checked(checked: Checked) -> Markup:
    """Write a checked card as a fragment of HTML."""
    overall = checked.rating.scores["overall"]
    say = interval_of(overall)
    answer = f"{overall.expected:.1f} of 5, {grade_of(checked)}"
    return frame(
        head(
            checked.card.id or name_of(checked),
            answer,
            f"90 % interval {say}." if say else "",
            describe_change(checked),
        ),
        _ratings(checked),
        _gaps(checked),
        _findings(checked),
    )


def _ratings(checked: Checked) -> Markup:
    rows = [
        (name, f"{score.expected:.1f}", gauge(score)) for name, score in scores_of(checked).items()
    ]
    return table(["", "", ""], rows, ["short", "n", None], "tight")


def _gaps(checked: Checked) -> list[Markup | None]:
    rows = [
        (
            line_of(checked, gap),
            gap.criterion,
            cut(sentences_of(gap)),
            gain_of(gap.criterion_gain),
            gain_of(gap.gain),
        )
        for gap in checked.gaps[:_GAPS]
    ]
    if not rows:
        return [el("p", describe_no_gaps(checked))]
    heads = ["line", "criterion", "what would raise the rating most", "criterion", "overall"]
    return [
        table(heads, rows, ["n", "short", None, "n", "n"]),
        more(len(checked.gaps) - _GAPS, "gap", ".gaps"),
    ]


def _findings(checked: Checked) -> list[Markup | None]:
    rows: list[tuple[str, str, str]] = [("", "", cut(problem)) for problem in untold(checked)]
    rows += [(str(each.line), each.rule, cut(each.message)) for each in checked.findings]
    if not rows:
        return []
    heads = ["line", "rule", "what the linter says"]
    return [
        table(heads, rows[:_FINDINGS], ["n", "short"]),
        more(len(rows) - _FINDINGS, "finding", ".findings"),
    ]
