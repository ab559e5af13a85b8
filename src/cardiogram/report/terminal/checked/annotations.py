"""Checked cards as workflow commands, which GitHub shows on their lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cardiogram.cards.lint import SEVERITIES, Severity
from cardiogram.check import Checked, MissingCard, is_edited
from cardiogram.report.markup import printable
from cardiogram.report.terminal.checked.phrases import (
    GAPS_SHOWN,
    Absent,
    describe_change,
    sentences_of,
    short_of,
)
from cardiogram.report.terminal.writing import annotate


def render_github(
    checked: Sequence[Checked],
    minimum: float | None = None,
    absent: Absent = (),
) -> str:
    """Who is under the bar, who has no card, all findings, and the costliest gaps.

    GitHub shows ten errors, ten warnings and ten notices of a step: those on cards that an edit
    changed come first, and the first of each card before the second of any, the worst card first.
    """
    ordered = sorted(checked, key=lambda card: card.rating.scores["overall"].expected)
    ranked = [
        ((SEVERITIES.index(severity), not is_edited(card), place), line)
        for card in ordered
        for severity, place, line in _annotations(card, minimum)
    ]
    for each in absent:
        severity: Severity = "warning"
        if isinstance(each, MissingCard):
            severity = "error" if minimum is not None and each.counts else severity
            title, words = "no card", "files of a model lie here, and no card"
        else:
            title, words = "card deleted", f"it was rated {each.rating:.1f} before"
        line = annotate(severity, printable(each.path), 1, title, words)
        ranked.append(((SEVERITIES.index(severity), False, -1), line))
    ranked.sort(key=lambda each: each[0])
    return "".join(f"{line}\n" for _, line in ranked)


def _annotations(card: Checked, minimum: float | None) -> Iterator[tuple[Severity, int, str]]:
    """Each with its severity and its place among those of the card that are as severe."""
    file = printable(card.path or card.card.id or card.target)
    places: Counter[str] = Counter()
    for severity, line, title, message in _messages(card, minimum):
        yield severity, places[severity], annotate(severity, file, line, title, message)
        places[severity] += 1


def _messages(card: Checked, minimum: float | None) -> Iterator[tuple[Severity, int, str, str]]:
    if short := short_of(card, minimum):
        yield "error", 1, *_under_the_bar(card, short, minimum)
    for finding in card.findings:
        title = f"{finding.rule} {finding.name}"
        yield finding.severity, finding.line, title, printable(finding.message)
    for gap in card.gaps[:GAPS_SHOWN]:
        yield "note", gap.line, f"{gap.criterion}/{gap.key}", sentences_of(gap)


def _under_the_bar(card: Checked, short: str, minimum: float | None) -> tuple[str, str]:
    """Title and words of the annotation that fails a job."""
    rating = card.rating.scores["overall"].expected
    parts = [f"{rating:.1f} is {short} under the bar of {minimum:.1f}", describe_change(card)]
    parts += [f"first: {sentences_of(gap)}".rstrip(".") for gap in card.gaps[:1]]
    return "rating under the bar", f"{'; '.join(filter(None, parts))}."
