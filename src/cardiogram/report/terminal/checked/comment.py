"""Checked cards as Markdown: a comment on a pull request, or the summary of a job."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from cardiogram.check import Checked, DeletedCard, MissingCard, is_edited
from cardiogram.judge.expectations import Gap
from cardiogram.names import CRITERIA
from cardiogram.report.terminal.checked.phrases import (
    GAPS_SHOWN,
    NOT_ENGLISH,
    Absent,
    Places,
    capitalised,
    change_of,
    describe_change,
    describe_neighbour,
    describe_rank,
    describe_shortfall,
    first_to_mend,
    grade_of,
    interval_of,
    judged_by,
    line_of,
    lines_of,
    missing_of,
    moved_criteria,
    name_of,
    others_near,
    refusals,
    scores_of,
    sentences_of,
    shows,
    untold,
)
from cardiogram.report.terminal.short_markdown import (
    HONEST,
    NAME,
    ROOM,
    MarkdownPart,
    bound,
    fit,
    write_parts,
)
from cardiogram.report.terminal.writing import Look, cell, escape, escape_words, inline

_SHOWN = 3
_PLACES = 5
"""Lines that are named of a finding that stands on many."""


def render_markdown(
    checked: Sequence[Checked],
    places: Places | None = None,
    look: Look | None = None,
    absent: Absent = (),
) -> str:
    """Several cards in as many characters as a comment has room for; all that helps of one.

    Those that an edit changed come first, each with all that helps, and the others folded; where
    nothing is compared, one table has all, the worst first.
    """
    look = look or Look()
    called = {card.target: inline(bound(name_of(card), look, NAME)) for card in checked}
    short = describe_shortfall(checked, look.minimum, called, absent)
    bar = [f"**{short[0]}**", "", *(f"- {line}" for line in short[1:])] if short else []
    bar += [""] if len(short) > 1 else []
    if look.detail == "all" or (len(checked) == 1 and not absent):
        taken = len("\n".join(bar).encode()) + 1
        lines = [line for card in checked for line in _one_card(card, places, look, taken)]
        return "\n".join([*lines, *bar])
    ordered = sorted(checked, key=lambda card: card.rating.scores["overall"].expected)
    before = [card.earlier.at for card in ordered if card.earlier]
    before += [each.at for each in absent if not isinstance(each, MissingCard)]
    if not before:
        return "\n".join([*_table(ordered, ROOM, absent=absent), *bar])
    changed = [card for card in ordered if is_edited(card)]
    others = [card for card in ordered if not is_edited(card)]
    had_none = [each for each in missing_of(absent) if not each.counts]
    new = [each for each in absent if each not in had_none]
    lines = [*_table(changed, ROOM // 3, before[0], new), *bar]
    lines += _folded_cards(changed, ROOM // 3)
    if count := len(others) + len(had_none):
        are = "card is as it was" if count == 1 else "cards are as they were"
        lines += _fold(f"{count} {are}", _table(others, ROOM // 3, absent=had_none))
    return "\n".join(lines)


def _table(
    ordered: Sequence[Checked], room: int, before: str = "", absent: Absent = ()
) -> list[str]:
    """A row a card, and how many there was no room for."""
    numbers = [f"since {inline(before)}"] if before else CRITERIA
    heads = ["card", "rating", *numbers, "first thing to mend"]
    rows = [_row(card, bool(before)) for card in ordered]
    rows += [_absent_row(each, len(numbers)) for each in absent]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    kept = fit(lines, room)
    more = [f"And {len(lines) - kept} more.", ""] if kept < len(lines) else []
    if not lines:
        return []
    head = [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads))]
    return [*head, *lines[:kept], "", *more]


def _row(card: Checked, is_compared: bool) -> list[str]:
    scores = card.rating.scores
    numbers = [f"{scores[name].expected:.1f}" for name in CRITERIA]
    if is_compared:
        numbers = [": ".join(filter(None, (change_of(card), ", ".join(moved_criteria(card)))))]
    rating = f"**{scores['overall'].expected:.1f}**"
    return [cell(name_of(card)), rating, *numbers, escape(first_to_mend(card))]


def _absent_row(absent: DeletedCard | MissingCard, count: int) -> list[str]:
    is_missing = isinstance(absent, MissingCard)
    said = "no card" if is_missing else "deleted"
    was = "" if isinstance(absent, MissingCard) else f"was {absent.rating:.1f}"
    return [cell(absent.name), said, was, *[""] * count]


def _folded_cards(changed: Sequence[Checked], room: int) -> list[str]:
    """All that helps of each card, for as many as there is room for."""
    parts = [_fold(_title(card), _one_card(card, None, Look())) for card in changed]
    kept = fit(["\n".join(part) for part in parts], room)
    return [line for part in parts[:kept] for line in part]


def _title(card: Checked) -> str:
    change = change_of(card)
    words = f"{escape(name_of(card))}: {card.rating.scores['overall'].expected:.1f} of 5"
    return f"{words} ({change})" if change else words


def _fold(title: str, lines: Sequence[str]) -> list[str]:
    return [f"<details><summary>{title}</summary>", "", *lines, "</details>", ""]


def _one_card(card: Checked, places: Places | None, look: Look, taken: int = 0) -> list[str]:
    overall = card.rating.scores["overall"]
    range_ = interval_of(overall)
    rows = [
        f"| {name} | {score.expected:.1f} | {interval_of(score)} |"
        for name, score in scores_of(card).items()
    ]
    about = [f"90 % interval {range_}."] if range_ else []
    if change := describe_change(card):
        about.append(f"{escape(bound(change, look, NAME))}.")
    if not card.in_english:
        about.append(NOT_ENGLISH)
    gaps = [_advice(card, gap) for gap in card.gaps[:GAPS_SHOWN]]
    shown = [
        f"1. {lines_of(fact).capitalize()}, {fact.criterion}: {escape(fact.fact)} "
        f"(without it {fact.criterion} -{fact.effect:.1f})."
        for fact in shows(card)[:_SHOWN]
    ]
    problems = [f"- {inline(bound(problem, look))}" for problem in untold(card)]
    name = inline(bound(name_of(card), look, NAME))
    head = ["| line | rule | | |", "|---|---|---|---|"]
    wrong = MarkdownPart(head, _finding_rows(card, look), 2)
    parts = [
        MarkdownPart([], [f"### {name}: {overall.expected:.1f} of 5, {grade_of(card)}"]),
        MarkdownPart([], [" ".join(about)] if about else []),
        *([wrong] if refusals(card) else []),
        MarkdownPart(["| criterion | rating | 90 % interval |", "|---|---|---|"], rows, len(rows)),
        MarkdownPart(["What would raise the rating most:", ""], gaps),
        *([] if refusals(card) else [wrong]),
        MarkdownPart(["Problems:", ""], problems, 0),
        MarkdownPart(["What it shows, and keeps:", ""], shown, 0),
        MarkdownPart([], _place(card, places), 0),
        MarkdownPart([], [HONEST]),
        MarkdownPart([], [f"*Rated by {judged_by(card)}.*"]),
    ]
    return write_parts(parts, look, taken)


def _advice(card: Checked, gap: Gap) -> str:
    where = line_of(card, gap)
    where = gap.criterion if where == "add" else f"line {where}, {gap.criterion}"
    return f"1. {capitalised(where)}: {escape_words(sentences_of(gap))}"


def _finding_rows(card: Checked, look: Look) -> list[str]:
    """A row for each thing that is wrong, with all of its lines."""
    refused = refusals(card)
    groups: dict[tuple[str, str, str], list[int]] = {}
    for finding in card.findings:
        severity = "the Hub refuses it" if finding in refused else finding.severity
        key = finding.rule, severity, finding.message
        groups.setdefault(key, []).append(finding.line)
    return [
        f"| {_numbers(lines, look)} | {rule} | {severity} | {cell(bound(message, look))} |"
        for (rule, severity, message), lines in groups.items()
    ]


def _numbers(lines: Sequence[int], look: Look) -> str:
    """Lines of a finding: the first of many, and how many others."""
    shown = lines if look.detail == "all" else lines[:_PLACES]
    others = f" and {len(lines) - len(shown)} more" * (len(shown) < len(lines))
    return ", ".join(map(str, shown)) + others


def _place(card: Checked, places: Places | None) -> list[str]:
    place = (places or {}).get(card.target)
    if place is None:
        return []
    sentences = [escape(describe_rank(place))]
    for near in others_near(card, place):
        link = f"[{escape(near.id)}](https://huggingface.co/{quote(near.id)})"
        sentences.append(
            f"A good card near it: {link} ({near.rating:.1f}), {describe_neighbour(near)}."
        )
    return [" ".join(filter(None, sentences))] if any(sentences) else []
