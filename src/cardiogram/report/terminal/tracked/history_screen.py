"""What became of a card, on one screen: its rating from change to change, and what each did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from cardiogram.report.data import count_reasons, name_all, plain_reason, say_history, say_lost
from cardiogram.report.markup import count_of, wrap_lines
from cardiogram.report.terminal.paint import paint, paint_level, shorten
from cardiogram.report.terminal.tracked.sparks import draw_spark
from cardiogram.report.terminal.writing import Look, join_parts, one_line, quote_name
from cardiogram.track.history import CardEvent, CardHistory, LostCard

_SHOWN = 10
"""Changes that a screen has room for."""

_REASONS = 4
_DRAWN = 7
"""Days that a line is worth."""


def render_history(
    history: CardHistory, look: Look, where: str = "", first_day: date | None = None
) -> str:
    """What each change of a card did to its rating; the last ones where there are many.

    Parameters
    ----------
    where
        The option that names the ledger in the command to run next.
    first_day
        The first day of which the ledger has counts; None where it has none.
    """
    events = history.events
    name = one_line(history.repo)
    if not events:
        return f"{name}: no commit has changed its README.md\n"
    head = wrap_lines(f"{name}: {say_history(history)}", width=look.width)
    lost = [line for card in history.lost[-3:] for line in _say_lost(card, history, look)]
    return join_parts(
        [
            [*(paint(line, "bold", look) for line in head), *_steps(events, look)],
            list_changes(events, look),
            lost,
            _studied(events, look, first_day),
            [line for problem in history.problems for line in wrap_lines(one_line(problem))][:3],
            _following(history, where, first_day),
        ]
    )


def _steps(events: Sequence[CardEvent], look: Look) -> list[str]:
    """The rating by day as a line."""
    first, last = events[0].at.date(), events[-1].at.date()
    days = max(1, (last - first).days + max(1, (last - first).days // 12))
    by_day: list[float | None] = []
    place, now = 0, None
    for day in range(days):
        while place < len(events) and events[place].at.date() <= first + timedelta(day):
            scores = events[place].scores_after
            now = scores["overall"] if scores else None
            place += 1
        by_day.append(now)
    if (last - first).days < _DRAWN:
        return []
    return [f"{draw_spark(by_day, look, look.width - 24)}  rating by day"]


def list_changes(events: Sequence[CardEvent], look: Look, limit: int = _SHOWN) -> list[str]:
    """A table of changes: day, rating before and after, and what each was; the last of many."""
    shown = events if look.detail == "all" else events[-limit:]
    hidden = len(events) - len(shown)
    lines = ["  day         before after   change"]
    lines += [f"  {count_of(hidden, 'earlier change')}: -v"] * bool(hidden)
    for event in shown:
        lines.append(_row(event, look))
        if look.detail == "all":
            lines += _all_of(event, look)
    return lines


def _row(event: CardEvent, look: Look) -> str:
    """A change: its day, the rating before and after it, and what it was."""
    rated = (event.scores_before, event.scores_after)
    before, after = (
        paint_level(f"{scores['overall']:.1f}", scores["overall"], look) if scores else "  -"
        for scores in rated
    )
    mark = " " if event.usable or not event.is_change else "x"
    said = name_all(event)
    if event.pull_request is not None:
        said += f" (your PR {event.pull_request})"
    room = look.width - 28 if look.detail == "short" else 200
    said = shorten(one_line(said), room)
    return f"  {event.at:%Y-%m-%d}     {before}   {after} {mark} {said}"


def _all_of(event: CardEvent, look: Look) -> list[str]:
    """The commit, every reason why an effect cannot be looked for, and what else changed near."""
    said = [f"{event.commit[:7]} {event.title}", *map(plain_reason, event.reasons)]
    for other in event.others:
        when = f"{count_of(abs(other.days), 'day')} {'before' if other.days < 0 else 'after'}"
        what = "repository made" if other.kind == "beginning" else f"{other.kind}: {other.what}"
        said.append(f"{when if other.days else 'on the same day'}, {what}")
    indent = " " * 14
    return [
        row for words in said for row in wrap_lines(one_line(words), indent, indent, look.width)
    ]


def _say_lost(card: LostCard, history: CardHistory, look: Look) -> list[str]:
    said = f"lost: {say_lost(card)}"
    lines = wrap_lines(said, "", "  ", look.width)
    if not card.returned_by:
        place = quote_name(history.place or history.repo)
        lines.append(f"  restore it: cardiogram improve {place} --restore")
    return lines


def _studied(events: Sequence[CardEvent], look: Look, first_day: date | None) -> list[str]:
    """How many changes an effect may be looked for after, why not after the others, and since when.

    A card's creation is none of them.
    """
    changes = [event for event in events if event.is_change]
    usable = _usable(changes)
    if not changes:
        return []
    said = f"An effect can be looked for after {len(usable)} of {count_of(len(changes), 'change')}"
    lines = say_reasons(changes, look)
    lines = [f"{said}; not after those marked x:" if lines else f"{said}.", *lines]
    if usable and first_day and usable[-1].at.date() < first_day:
        lines.append(f"The ledger's counts begin on {first_day}, after it.")
    return lines


def _usable(events: Sequence[CardEvent]) -> list[CardEvent]:
    return [event for event in events if event.is_change and event.usable]


def _following(history: CardHistory, where: str, first_day: date | None) -> list[str]:
    """The command that looks for an effect, where there are counts around a change."""
    days = [event.at.date() for event in _usable(history.events)]
    if first_day is None or not days or days[-1] < first_day:
        return []
    return [f"next: cardiogram track effect {quote_name(history.repo)}{where}"]


def say_reasons(events: Sequence[CardEvent], look: Look) -> list[str]:
    """How many changes an effect cannot be looked for after, by the first reason of each."""
    changes = (event for event in events if event.is_change and event.reasons)
    counted = count_reasons(Counter(event.reasons[0] for event in changes))
    shown = list(counted.items())
    shown = shown if look.detail == "all" else shown[:_REASONS]
    lines = [f"  {n:>4,}  {shorten(one_line(reason), look.width - 8)}" for reason, n in shown]
    more = sum(counted.values()) - sum(n for _, n in shown)
    return [*lines, *([f"  {more:>4,}  for other reasons: -v"] * bool(more))]
