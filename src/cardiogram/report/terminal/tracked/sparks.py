"""Pictures of characters: days in a line, bars, and an event study; in ASCII where need be."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cardiogram.report.markup import DayChange, format_change, make_change_axis
from cardiogram.report.terminal.writing import Look

_LEVELS = {"all": "▁▂▃▄▅▆▇█", "ascii": "_.-=+*#@"}
_SIGNS = {
    "all": {
        "none": "·",
        "edit": "│",
        "bar": "█",
        "band": "░",
        "usual": "○",
        "far": "●",
        "zero": "─",
    },
    "ascii": {
        "none": " ",
        "edit": "|",
        "bar": "#",
        "band": ":",
        "usual": "o",
        "far": "*",
        "zero": "-",
    },
}
_CUT = {"all": "▲", "ascii": "^"}


def draw_spark(
    counts: Sequence[float | None], look: Look, room: int = 56, edit: int | None = None
) -> str:
    """Counts in a line, from 0 to the largest usual one; a line stands before the edit's day.

    Parameters
    ----------
    counts
        By day; None where they are not known.
    room
        Characters of the line; where there are more days, each stands for several.
    edit
        Place of the day on which the card was changed.

    Examples
    --------
    >>> draw_spark([1, 2, None, 4, 8], Look(), edit=3)
    '▁▂·│▄█'
    """
    signs, levels = _SIGNS[look.letters], _LEVELS[look.letters]
    size = max(1, math.ceil(len(counts) / room))
    start = (edit or 0) % size - size if (edit or 0) % size else 0
    means: list[float | None] = []
    line_before = None
    for first in range(start, len(counts), size):
        if edit is not None and first == edit:
            line_before = len(means)
        known = [c for c in counts[max(0, first) : first + size] if c is not None]
        means.append(sum(known) / len(known) if known else None)
    top = _usual_top([mean for mean in means if mean is not None])
    line = ""
    for place, mean in enumerate(means):
        line += signs["edit"] if place == line_before else ""
        line += signs["none"] if mean is None else levels[_level(mean, top)]
    return line


def _usual_top(values: Sequence[float]) -> float:
    if not values:
        return 1.0
    ordered = sorted(values)
    usual = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return max(1e-9, min(ordered[-1], 2.5 * usual if len(ordered) > 9 else ordered[-1]))


def _level(value: float, top: float) -> int:
    return min(7, max(0, math.ceil(8 * value / top) - 1))


def draw_bar(share: float, room: int, look: Look) -> str:
    """A share of 0 to 1 as a bar of at most so many characters."""
    return _SIGNS[look.letters]["bar"] * max(1, round(room * min(1.0, share)))


def plot_days(days: Sequence[DayChange], look: Look, rows: int = 7) -> list[str]:
    """An event study: a column a day, the band of placebo dates, and its scale on the left."""
    signs = _SIGNS[look.letters]
    read = [day for day in days if day.day not in (0, 1)] or list(days)
    values = [v for day in read for v in (day.value, *(day.placebo or ()))]
    ticks = make_change_axis(values).ticks
    low, high = ticks[0][0], ticks[-1][0]
    step = (high - low) / (rows - 1)

    def row_of(value: float) -> int:
        return round((high - value) / step)

    grid = [[" "] * len(days) for _ in range(rows)]
    for row in range(rows):
        if row == row_of(0.0):
            grid[row] = [signs["zero"]] * len(days)
    for column, day in enumerate(days):
        if day.placebo:
            for row in range(
                max(0, row_of(day.placebo.high)), min(rows, row_of(day.placebo.low) + 1)
            ):
                grid[row][column] = signs["band"]
        if day.day == 0:
            for line in grid:
                line[column] = signs["edit"]
        row = row_of(day.value)
        inside = 0 <= row < rows
        mark = signs["far"] if day.is_unusual else signs["usual"]
        grid[min(max(row, 0), rows - 1)][column] = mark if inside else _CUT[look.letters]
    labels = {0: format_change(high), row_of(0.0): "0 %", rows - 1: format_change(low)}
    lines = [
        f"  {labels.get(row, '').replace('−', '-'):>6} {''.join(cells)}".rstrip()
        for row, cells in enumerate(grid)
    ]
    first, last = f"{days[0].day:+d}", f"{days[-1].day:+d}"
    middle = sum(day.day < 0 for day in days)
    axis = f"{first:<{middle}}0".ljust(len(days) - len(last)) + last
    return [*lines, f"  {'day':>6} {axis}"]
