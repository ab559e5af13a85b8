"""Numbers of a text with their units, in digits and in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from cardiogram.lazy import regex

NUMBER = regex(
    r"(?<![\w./^-])(?P<digits>\d(?:[\d.,]{0,30}\d)?(?:[eE][-+]?\d{1,4})?)"
    r"(?:\s?(?P<unit>%|[kKMGTB](?:i?B)?\b|thousand\b|million\b|billion\b|trillion\b))?(?!\w|[.,]\d)"
)
_GROUPED = regex(r"\d{1,3}(?:[.,]\d{3}){1,10}")
SPENT = regex(
    r"\s?(?:h|hrs?|mins?)\b|\W{0,3}(?:x\W)?(?:\w{1,20}\W){0,2}?(?:hours?|days?|weeks?|months?|minutes?|kg|tons?|[GT]PUs?|"
    r"[AHV]\d{2,3}s?|T4s?|RTX|euros?|dollars?|USD|watts?|k?Wh)\b",
    re.I,
)
"""What was spent: no number of layers is one of hours."""
SCALES = {
    **{"k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "t": 1e12, "%": 0.01},
    **{"dozen": 12.0, "hundred": 100.0, "thousand": 1e3, "million": 1e6},
    **{"billion": 1e9, "trillion": 1e12},
}
BINARY = {1e3: 2.0**10, 1e6: 2.0**20, 1e9: 2.0**30}
_WORDS = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SPELLED_OUT = {
    **{word: str(n) for n, word in enumerate(_WORDS.split(), 1)},
    **{word: str(10 * n) for n, word in enumerate(_TENS.split(), 2)},
    "half a": "0.5",
}
"""Digits of numbers in words."""
SPELLED = regex(
    rf"\b(?P<word>{'|'.join(sorted(SPELLED_OUT, key=len, reverse=True))})\b"
    r"(?:[ -](?P<unit>dozen|hundred|thousand|million|billion|trillion)\b)?",
    re.I,
)


def spent_in(text: str) -> Iterator[re.Match[str]]:
    """Numbers of hours, costs and machines."""
    return (m for m in NUMBER.finditer(text) if SPENT.match(text, m.end()))


def amounts_in(text: str, *, spent: bool = False) -> Iterator[float]:
    """Numbers of a text with their units, and those in words; of what was spent alone."""
    for match in chain(NUMBER.finditer(text), SPELLED.finditer(text)):
        if spent and not SPENT.match(text, match.end()):
            continue
        parts = match.groupdict()
        digits = parts.get("digits") or SPELLED_OUT[match["word"].lower()]
        name = (match["unit"] or "").lower()
        scale = SCALES.get(name) or SCALES.get(name[:1], 1.0)
        for reading in readings_of(digits):
            try:
                yield float(reading) * scale
            except ValueError:
                continue  # a version


def readings_of(digits: str) -> Iterator[str]:
    """A number as it may be meant: 12,000 is 12000, and 1.082 may be either."""
    if _GROUPED.fullmatch(digits):
        yield re.sub("[.,]", "", digits)
    yield digits.replace(",", ".")
