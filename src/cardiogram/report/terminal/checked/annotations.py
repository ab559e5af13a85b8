"""Checked cards as workflow commands, which GitHub shows on their lines."""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.check import Checked
from cardiogram.report.markup import printable
from cardiogram.report.terminal.checked.phrases import (
    GAPS_SHOWN,
    describe_change,
    sentences_of,
    short_of,
)
from cardiogram.report.terminal.writing import annotate


def render_github(checked: Sequence[Checked], minimum: float | None = None) -> str:
    """Who is under the bar, all findings, and the costliest gaps."""
    lines = []
    for card in checked:
        file = printable(card.path or card.card.id or card.target)
        if short := short_of(card, minimum):
            lines.append(annotate("error", file, 1, *_under_the_bar(card, short, minimum)))
        for finding in card.findings:
            title, message = f"{finding.rule} {finding.name}", printable(finding.message)
            lines.append(annotate(finding.severity, file, finding.line, title, message))
        for gap in card.gaps[:GAPS_SHOWN]:
            title = f"{gap.criterion}/{gap.key}"
            lines.append(annotate("note", file, gap.line, title, sentences_of(gap)))
    return "".join(f"{line}\n" for line in lines)


def _under_the_bar(card: Checked, short: str, minimum: float | None) -> tuple[str, str]:
    """Title and words of the annotation that fails a job."""
    rating = card.rating.scores["overall"].expected
    parts = [f"{rating:.1f} is {short} under the bar of {minimum:.1f}", describe_change(card)]
    parts += [f"first: {sentences_of(gap)}".rstrip(".") for gap in card.gaps[:1]]
    return "rating under the bar", f"{'; '.join(filter(None, parts))}."
