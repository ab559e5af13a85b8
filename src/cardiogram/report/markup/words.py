"""Numbers and names as a reader sees them: the one set of formatters."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Protocol

from cardiogram.lazy import regex
from cardiogram.records import NamedTuple

_UNPRINTABLE = regex(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Ends(Protocol):
    """Both ends of an interval."""

    @property
    def low(self) -> float | None: ...  # noqa: D102
    @property
    def high(self) -> float | None: ...  # noqa: D102


class Bounds(NamedTuple):
    """Both ends of an interval, neither of them missing."""

    low: float
    high: float


def printable(text: str) -> str:
    r"""A text from outside, without the control characters that steer a terminal.

    Examples
    --------
    >>> printable("a\x1b[2Jb")
    'a?[2Jb'
    """
    return _UNPRINTABLE.sub("?", text)


def wrap_lines(text: str, first: str = "", indent: str | None = None, width: int = 80) -> list[str]:
    """Lines of a paragraph; a word that is longer than a line is left whole.

    Parameters
    ----------
    first, indent
        What the first line and the others begin with; all with the same by default.
    """
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=first if indent is None else indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def format_number(value: float | None, digits: int = 0) -> str:
    """Write a number for reading: thousands apart, a dash for none.

    Examples
    --------
    >>> format_number(12345), format_number(None), format_number(2.5, 2)
    ('12,345', '–', '2.50')
    """
    return "–" if value is None else f"{value:,.{digits}f}"


def level_of(expected: float) -> int:
    """The level that a rating is called by: that of the one decimal which is shown.

    Examples
    --------
    >>> level_of(2.44), level_of(2.46)
    (2, 3)
    """
    return min(5, max(1, int(float(f"{expected:.1f}") + 0.5)))


def format_signed(value: float | None) -> str:
    """Write two decimals with a sign, with a real minus."""
    return "–" if value is None else f"{value:+.2f}".replace("-", "−")


def read_bounds(interval: Ends | None) -> Bounds | None:
    """Both ends of an interval; None where one is missing."""
    low, high = (None, None) if interval is None else (interval.low, interval.high)
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return None
    return Bounds(low, high)


def count_of(n: int, thing: str) -> str:
    """Count things, as in ``1 author`` and ``1,200 authors``."""
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"


def format_day(moment: object) -> str:
    """Write an ISO moment as ``23 November 2026``; a text that is none stays as it is."""
    from datetime import datetime

    try:
        day = datetime.fromisoformat(str(moment).replace("Z", "+00:00"))
    except ValueError:
        return str(moment)
    return f"{day.day} {day:%B %Y}"


def format_share(value: float) -> str:
    """Write a share as a percentage, of which a few are not nothing."""
    return format_percent(round(100_000 * value), 100_000).replace("\u00a0", " ")


def keep_units(sentence: str) -> str:
    """Keep a number and its sign on one line."""
    return sentence.replace(" %", "\u00a0%")


def join_words(words: Sequence[str]) -> str:
    """Join names as one says them."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def format_percent(n: int, total: int) -> str:
    r"""Give a share without calling a few nothing.

    Examples
    --------
    >>> format_percent(1, 471), format_percent(59, 471), format_percent(0, 0)
    ('<1\xa0%', '13\xa0%', '–')
    """
    if not total:
        return "–"
    if 0 < n / total < 0.005:
        return "<1\u00a0%"
    return f"{100 * n / total:.0f}\u00a0%"
