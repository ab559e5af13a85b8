"""What became of a card, on one screen: its rating from change to change, and what each did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from cardiogram.report.data import name_all
from cardiogram.report.markup import count_of, join_words, wrap_lines
from cardiogram.report.terminal.paint import paint, paint_level, shorten
from cardiogram.report.terminal.tracked.sparks import draw_spark
from cardiogram.report.terminal.writing import Look, join_parts, one_line, quote_name
from cardiogram.track.history import CardEvent, CardHistory, LostCard

_SHOWN = 10
"""Changes that a screen has room for."""


def render_history(history: CardHistory, look: Look) -> str:
    """What each change of a card did to its rating; the last ones where there are many."""
    events = history.events
    name = one_line(history.repo)
    if not events:
        return f"{name}: no commit has changed its README.md\n"
    shown = events if look.detail == "all" else events[-_SHOWN:]
    hidden = len(events) - len(shown)
    rows = [f"  {count_of(hidden, 'earlier change')}: -v"] * bool(hidden)
    rows += [_row(event, look) for event in shown]
    lost = [line for card in history.lost[-3:] for line in _say_lost(card, history, look)]
    usable = sum(event.usable for event in events)
    last = [f"next: cardiogram track effect {quote_name(history.repo)}"] if usable else []
    return join_parts(
        [
            [paint(_headline(history), "bold", look), *_steps(events, look)],
            rows,
            lost,
            _studied(events, look),
            [line for problem in history.problems for line in wrap_lines(one_line(problem))][:3],
            last,
        ]
    )


def _headline(history: CardHistory) -> str:
    """The rating at first and now."""
    rated = [e.scores_after["overall"] for e in history.events if e.scores_after is not None]
    name, changes = one_line(history.repo), count_of(len(history.events), "change")
    since = f"{changes} since {history.events[0].at:%Y-%m-%d}"
    if not rated:
        return f"{name}: {since}, none that could be rated"
    if history.events[-1].scores_after is None:
        return f"{name}: no card now, {rated[-1]:.1f} before; {since}"
    if len(rated) == 1:
        return f"{name}: rated {rated[0]:.1f}; {since}"
    return f"{name}: rated {rated[0]:.1f} at first, {rated[-1]:.1f} now; {since}"


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
    if len(events) < 2:
        return []
    return [f"{draw_spark(by_day, look, look.width - 24)}  rating by day"]


def _row(event: CardEvent, look: Look) -> str:
    """A change: its day, the rating before and after it, and what it was."""
    rated = (event.scores_before, event.scores_after)
    before, after = (
        paint_level(f"{scores['overall']:.1f}", scores["overall"], look) if scores else "  -"
        for scores in rated
    )
    mark = "  " if event.usable else " x"
    said = name_all(event)
    if event.pull_request is not None:
        said = f"#{event.pull_request} of ours, {said}"
    room = look.width - 26 if look.detail == "short" else 200
    said = shorten(one_line(said), room)
    return f"  {event.at:%Y-%m-%d}  {before}  {after}{mark}  {said}"


def _say_lost(card: LostCard, history: CardHistory, look: Look) -> list[str]:
    said = (
        f"lost: the card that a person wrote in {card.commit[:7]} on {card.at:%Y-%m-%d} went "
        f"on {card.taken_at:%Y-%m-%d} with {card.taken_by[:7]}"
    )
    said += f"; back since {card.returned_by[:7]}" if card.returned_by else ""
    lines = wrap_lines(said, "", "  ", look.width)
    if not card.returned_by:
        place = quote_name(history.place or history.repo)
        lines.append(f"  restore it: cardiogram improve {place} --restore")
    return lines


def _studied(events: Sequence[CardEvent], look: Look) -> list[str]:
    """How many changes an effect may be looked for after, and why not after the others."""
    usable = sum(event.usable for event in events)
    reasons = Counter(event.reasons[0] for event in events if event.reasons)
    said = f"An effect can be looked for after {usable} of {count_of(len(events), 'change')}"
    if reasons:
        named = [f"{reason} ({n})" if n > 1 else reason for reason, n in reasons.most_common(3)]
        said += f"; not (x) after the others: {join_words(list(map(one_line, named)))}"
    return wrap_lines(f"{said}.", "", "  ", look.width)
