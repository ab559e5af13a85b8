"""Charts of one model by day: its counts with what happened, and the ratings of its card.

Both are 440 units wide, as those of a study; what is marked in them is named in lines below them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cardiogram.report.markup.charts import draw_dot, draw_line, draw_svg, draw_text, short
from cardiogram.report.markup.markup import Markup, el, join, visible
from cardiogram.report.markup.study_charts import RATINGS, Axis
from cardiogram.report.markup.words import Bounds, format_number, level_of

_WIDE, _LEFT, _RIGHT = 440, 40, 432
_TOP, _FOOT, _ROW = 26, 176, 22
_NEAR = 20
"""Units between two marks that have numbers of their own."""

_LETTERS = 50
"""Letters of a line below a chart."""

_MARKED = 6
"""Marks that are named: the main one, and the last ones before it."""

Row = tuple[Markup, str]
"""A sign, drawn left of and above the origin of a line, and what it means."""


@dataclass(frozen=True, slots=True)
class DayMark:
    """Something that happened on a day; `is_main` where the chart is about it."""

    day: date
    words: str
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Mean counts a day on both sides of a change, and what could be expected without it.

    Attributes
    ----------
    before, after
        First and last day of each side.
    expected
        The mean after it, had the model moved as those like it.
    unseen
        Means after it that could not be told from that; None where this is not known.
    """

    before: tuple[date, date]
    after: tuple[date, date]
    mean_before: float
    mean_after: float
    expected: float | None = None
    unseen: Bounds | None = None


# Days ----------------------------------------------------------------------------------------


def draw_days(
    key: str,
    title: str,
    first: date,
    counts: Sequence[float | None],
    marks: Sequence[DayMark] = (),
    compared: BeforeAfter | None = None,
) -> Markup:
    """Counts by day as bars, with what happened and, where it is given, what is compared.

    Parameters
    ----------
    key
        Prefix of the ids inside, unique on the page.
    first
        Day of the first count.
    counts
        None where a day's count is not known: its place is shaded.
    """
    days = _Days(first, max(1, len(counts)))
    tall = Axis([(0.0, ""), (_top_of(counts, compared), "")])
    drawn, rows = _draw_marks(_keep_marks(marks, days), days)
    if compared:
        means, of_means = _draw_compared(compared, days, tall)
        drawn, rows = [*means, *drawn], [*of_means, *rows]
    bars, of_bars = _draw_bars(counts, days, tall)
    rows += of_bars
    grid = [
        join(
            draw_line(_LEFT, _RIGHT, y, y, "rule"),
            draw_text(_LEFT - 6, y + 4, "end small", short(value)),
        )
        for value in _round_ticks(tall.ticks[1][0])
        for y in (tall.place(value, _FOOT, _TOP),)
    ]
    below, foot = draw_legend(rows, _FOOT + 42)
    axis = draw_line(_LEFT, _RIGHT, _FOOT, _FOOT, "axis")
    desc = _describe_days(first, counts, [words for _, words in rows])
    parts = (grid, bars, axis, days.ticks(), drawn, below)
    return draw_svg(key, title, desc, f"{_WIDE} {foot}", *parts)


@dataclass(frozen=True, slots=True)
class _Days:
    """Days side by side."""

    first: date
    n: int

    def at(self, place: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * place / self.n, 1)

    def of(self, day: date) -> float:
        return self.at(min(max((day - self.first).days, 0), self.n))

    def contains(self, day: date) -> bool:
        return 0 <= (day - self.first).days <= self.n

    def ticks(self) -> list[Markup]:
        """Starts of months, as many as have room; the first day where there are none."""
        last = self.first + timedelta(self.n - 1)
        months = (last.year - self.first.year) * 12 + last.month - self.first.month
        step = next(step for step in (1, 2, 3, 6, 12, 24, 10**4) if months / step <= 6)
        starts = [
            date(self.first.year + month // 12, month % 12 + 1, 1)
            for month in range(self.first.month, self.first.month + months)
            if month % step == 0
        ]
        shown = [day for day in starts if _LEFT + 20 < self.of(day) < _RIGHT - 24]
        ticks = [(self.of(day), "middle small", _month(day)) for day in shown]
        if not ticks:
            ticks = [(_LEFT, "small", f"{self.first.day} {self.first:%b %Y}")]
        return [
            join(draw_line(x, x, _FOOT, _FOOT + 5, "axis"), draw_text(x, _FOOT + 18, side, words))
            for x, side, words in ticks
        ]


def _month(day: date) -> str:
    return f"{day:%b %Y}" if day.month == 1 else f"{day:%b}"


def _top_of(counts: Sequence[float | None], compared: BeforeAfter | None) -> float:
    """The highest count that is drawn: a few that dwarf all others are cut."""
    known = sorted(count for count in counts if count is not None)
    high = known[-1] if known else 1.0
    if len(known) > 9:
        usual = known[math.ceil(0.95 * len(known)) - 1]
        high = min(high, max(2.5 * usual, 4.0))
    means = [compared.mean_before, compared.mean_after, compared.expected or 0] if compared else []
    return 1.08 * max([1.0, high, *means])


def _round_ticks(top: float) -> list[float]:
    """One to four round whole values below the top of a scale."""
    size = 10.0 ** math.floor(math.log10(top))
    step = next(part * size for part in (0.2, 0.5, 1, 2) if top / (part * size) < 5)
    return [step * i for i in range(1, int(top / step) + 1)] if step >= 1 else [1.0]


def _draw_bars(
    counts: Sequence[float | None], days: _Days, tall: Axis
) -> tuple[list[Markup], list[Row]]:
    """A bar a day; days that are not known are shaded, and counts over the top are cut."""
    top = tall.ticks[1][0]
    width = round(min(12.0, max(0.6, 0.72 * (_RIGHT - _LEFT) / days.n)), 2)
    drawn, rows = list(_holes(counts, days)), list[Row]()
    for i, count in enumerate(counts):
        if count:
            x, y = days.at(i), tall.place(count, _FOOT, _TOP)
            size = {"width": width, "height": round(_FOOT - y, 1)}
            drawn.append(el("rect", x=x, y=y, class_="days", **size))
        if count and count > top:
            drawn.append(draw_text(days.at(i + 0.5), _TOP - 1, "middle small", "▲"))
    known = [count for count in counts if count is not None]
    if len(known) < len(counts):
        rows.append((_patch("hole"), "the counts of these days are not known"))
    if max(known, default=0) > top:
        rows.append((draw_text(9, 1, "middle small", "▲"), f"more: up to {max(known):,.0f}"))
    return drawn, rows


def _patch(class_: str) -> Markup:
    return el("rect", x=2, y=-10, width=14, height=11, class_=class_)


def _holes(counts: Sequence[float | None], days: _Days) -> Iterator[Markup]:
    """Runs of days whose counts are not known."""
    start = None
    for i, count in enumerate([*counts, 0.0]):
        if count is None:
            start = i if start is None else start
        elif start is not None:
            x = days.at(start)
            size = {"width": round(days.at(i) - x, 1), "height": _FOOT - _TOP}
            yield el("rect", x=x, y=_TOP, class_="hole", **size)
            start = None


def _keep_marks(marks: Sequence[DayMark], days: _Days) -> list[DayMark]:
    inside = sorted((mark for mark in marks if days.contains(mark.day)), key=lambda mark: mark.day)
    others = [mark for mark in inside if not mark.is_main]
    left_out = others[: max(0, len(inside) - _MARKED)]
    return [mark for mark in inside if mark not in left_out]


def _draw_marks(marks: Sequence[DayMark], days: _Days) -> tuple[list[Markup], list[Row]]:
    """A line for each mark with its number above, and the words of each number."""
    drawn, rows = list[Markup](), list[Row]()
    groups: list[tuple[float, list[str]]] = []
    for number, mark in enumerate(marks, 1):
        x = days.of(mark.day)
        drawn.append(draw_line(x, x, 16, _FOOT, "edit" if mark.is_main else "thin"))
        if groups and x - groups[-1][0] < _NEAR:
            groups[-1][1].append(str(number))
        else:
            groups.append((x, [str(number)]))
        words = f"{mark.day.day} {mark.day:%b %Y}: {mark.words}"
        rows.append((draw_text(9, 1, "middle value", number), words))
    for x, numbers in groups:
        shown = numbers if len(numbers) < 3 else [f"{numbers[0]}–{numbers[-1]}"]
        drawn.append(draw_text(min(x, _RIGHT - 8), 12, "middle value", ", ".join(shown)))
    return drawn, rows


def _draw_compared(
    compared: BeforeAfter, days: _Days, tall: Axis
) -> tuple[list[Markup], list[Row]]:
    """Means of both sides; after the change also what to expect, and what cannot be seen."""
    before, after = (
        (days.of(first), days.of(last + timedelta(1)))
        for first, last in (compared.before, compared.after)
    )
    means = f"on average {_daily(compared.mean_before)} a day before, "
    means += f"{_daily(compared.mean_after)} after; the day itself and the next are not counted"
    drawn, rows = list[Markup](), [(_dash("mean"), means)]
    if compared.expected is not None:
        y = tall.place(compared.expected, _FOOT, _TOP)
        drawn.append(draw_line(*after, y, y, "expected"))
        words = f"expected: {_daily(compared.expected)}, had it moved as models like it"
        rows.append((_dash("expected"), words))
    if compared.unseen:
        low, high = (tall.place(end, _FOOT, _TOP) for end in compared.unseen)
        size = {"width": round(after[1] - after[0], 1), "height": round(low - high, 1)}
        drawn.insert(0, el("rect", x=after[0], y=high, class_="band", **size))
        ends = " to ".join(map(_daily, compared.unseen))
        rows.append((_patch("band"), f"an average of {ends} after: cannot be told from chance"))
    for side, mean in ((before, compared.mean_before), (after, compared.mean_after)):
        y = tall.place(mean, _FOOT, _TOP)
        drawn.append(draw_line(*side, y, y, "mean"))
    return drawn, rows


def _dash(class_: str) -> Markup:
    return draw_line(2, 16, -4, -4, class_)


def _daily(value: float) -> str:
    return format_number(value, 0 if value >= 10 else 1)


def _describe_days(first: date, counts: Sequence[float | None], rows: Sequence[str]) -> str:
    known = [count for count in counts if count is not None]
    last = first + timedelta(max(0, len(counts) - 1))
    mean = f", on average {_daily(sum(known) / len(known))} a day" if known else ""
    said = f"{first} to {last}, {len(known)} of {len(counts)} days known{mean}"
    return "; ".join([said, *rows])


# Lines below a chart -------------------------------------------------------------------------


def draw_legend(rows: Sequence[Row], y: float) -> tuple[Markup, int]:
    """Signs with their words from `y` on, a line each, and where the chart ends below them."""
    parts: list[Markup] = []
    for sign, words in rows:
        parts.append(el("g", sign, transform=f"translate(0 {y:g})"))
        lines = _broken(visible(words))
        for line in lines:
            parts.append(draw_text(24, y, None, line))
            y += _ROW - 4
        y += 4
    return join(parts), round(y - 8)


def _broken(words: str) -> list[str]:
    """Lines that have room; a word that has none goes on in the next."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= _LETTERS:
            lines[-1] = longer
            continue
        lines += [word[at : at + _LETTERS] for at in range(0, len(word), _LETTERS)]
    return list(filter(None, lines)) or [""]


# A card's ratings ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RatedDay:
    """A card after one of its changes; `rating` is None where there was no card then."""

    day: date
    rating: float | None
    words: str


def draw_history(key: str, title: str, changes: Sequence[RatedDay], until: date) -> Markup:
    """The rating of a card from change to change, in steps from 1 to 5.

    Parameters
    ----------
    changes
        In their order, at least one; the last ones are named below.
    until
        Day to which the last rating is drawn.
    """
    days = _Days(changes[0].day, max(1, (until - changes[0].day).days))
    grid = [
        join(
            draw_line(_LEFT, _RIGHT, y, y, "rule"),
            draw_text(_LEFT - 8, y + 4, "end small", name),
        )
        for value, name in RATINGS.ticks
        for y in (RATINGS.place(value, _FOOT - 8, _TOP),)
    ]
    steps, dots = list[Markup](), list[Markup]()
    ends = [*(change.day for change in changes[1:]), until]
    for change, end in zip(changes, ends, strict=True):
        if change.rating is not None:
            x, y = days.of(change.day), RATINGS.place(change.rating, _FOOT - 8, _TOP)
            steps.append(draw_line(x, days.of(end), y, y, "mean"))
            dots.append(draw_dot(x, y, 5, f"f{level_of(change.rating)}"))
    marks = _keep_marks([DayMark(change.day, _rated(change)) for change in changes], days)
    drawn, rows = _draw_marks(marks, days)
    below, foot = draw_legend(rows, _FOOT + 42)
    desc = "; ".join(f"{change.day}: {_rated(change)}" for change in changes)
    axis = draw_line(_LEFT, _RIGHT, _FOOT, _FOOT, "axis")
    size = f"{_WIDE} {foot}"
    return draw_svg(key, title, desc, size, grid, axis, days.ticks(), drawn, steps, dots, below)


def _rated(change: RatedDay) -> str:
    return f"{'no card' if change.rating is None else f'{change.rating:.1f}'}, {change.words}"
