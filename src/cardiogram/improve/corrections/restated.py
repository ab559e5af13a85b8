"""A line that says something else, with the true value in the words that the author chose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from cardiogram.lazy import regex
from cardiogram.repository import Statement, Value

_NUMBER = regex(r"(?<![\w.,-])\d[\d.,' \u00a0\u202f]*\d|(?<![\w.,-])\d")
_SCALES = (1.0, 1e3, 1024.0, 1e6, 1e9, 1e12, 0.01)
"""What a number may be written in: as it is, k, Ki, M, B, T, per cent."""
_NEAR, _ROUNDED = 0.03, 0.005
_KIND = regex(r"(?:For|LM|With)[A-Z].*|(?:Model|Pipeline|LMHeadModel)$")
_STYLES = (
    ("float16", "bfloat16", "float32"),
    ("fp16", "bf16", "fp32"),
    ("FP16", "BF16", "FP32"),
    ("F16", "BF16", "F32"),
    ("half", "bfloat16", "float32"),
)
"""Names of types of weights, each tuple in one way of writing."""
_TYPES = {"F16": 0, "BF16": 1, "F32": 2, "float16": 0, "bfloat16": 1, "float32": 2}
_STORED = ("dtype", "dtype_to_load")


def restate(line: str, statement: Statement, value: Value) -> Iterator[str]:
    """The line with another value, in every way that keeps its other words.

    Parameters
    ----------
    line
        The whole line of the card.
    value
        What the statement is to say.

    Examples
    --------
    >>> said = Statement("parameters", 7e9, 1, "It has 7B parameters", "text")
    >>> list(restate("It has 7B parameters.", said, 13_015_864_320))
    ['It has 13B parameters.']
    """
    start = line.find(statement.quote) if statement.quote else 0
    if start < 0:
        return
    end = start + len(statement.quote) if statement.quote else len(line)
    before, quote, after = line[:start], line[start:end], line[end:]
    if isinstance(statement.value, bool) or isinstance(value, bool):
        return
    if isinstance(statement.value, int | float):
        if isinstance(value, int | float):
            new = _restate_number(quote, statement, float(value))
            if new != quote:
                yield f"{before}{new}{after}"
        return
    if statement.kind in _STORED:
        words = _restate_type(quote, value)
    else:
        words = _restate_words(quote, str(statement.value), value)
    for new in words:
        yield f"{before}{new}{after}"


# Numbers ---------------------------------------------------------------------------------------


def _restate_number(quote: str, statement: Statement, value: float) -> str:
    """All numbers of a sentence that say the same as the statement, however they are written."""
    said = float(str(statement.value))
    low = min(said, statement.low or said) * (1 - _NEAR)
    high = max(said, statement.high or said) * (1 + _NEAR)

    def rewritten(match: re.Match[str]) -> str:
        text = match[0]
        for written, decimal in _readings(text):
            for scale in _SCALES:
                if low <= written * scale <= high and said:
                    return _write(text, value / scale, decimal)
        return text

    return _NUMBER.sub(rewritten, quote)


def _readings(text: str) -> Iterator[tuple[float, Literal[".", ",", ""]]]:
    """What a number with points and commas may be: thousands apart, or a decimal mark."""
    digits = re.sub(r"[ '\u00a0\u202f]", "", text)
    if digits.isdigit():
        yield float(digits), ""
        return
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits) and len({*digits} & {".", ","}) == 1:
        yield float(re.sub(r"[.,]", "", digits)), ""
    mark: Literal[".", ","] = "," if digits.rfind(",") > digits.rfind(".") else "."
    whole, _, part = digits.rpartition(mark)
    whole = re.sub(r"[.,]", "", whole)
    if whole.isdigit() and part.isdigit():
        yield float(f"{whole}.{part}"), mark


def _write(text: str, value: float, decimal: Literal[".", ",", ""]) -> str:
    """A number as the old one was written; with more digits where it would be rounded away."""
    places = len(text.rpartition(decimal)[2]) if decimal else 0
    while places < 4 and value and abs(round(value, places) - value) > _ROUNDED * abs(value) * 5:
        places += 1
    written = f"{value:,.{places}f}" if _is_grouped(text, decimal) else f"{value:.{places}f}"
    mark = decimal or "."
    apart = next((c for c in text if c in ".,' \u00a0\u202f" and c != decimal), "")
    return written.replace(",", "\0").replace(".", mark).replace("\0", apart)


def _is_grouped(text: str, decimal: str) -> bool:
    return any(c in ".,' \u00a0\u202f" and c != decimal for c in text)


# Words -----------------------------------------------------------------------------------------


def _restate_type(quote: str, value: Value) -> Iterator[str]:
    parts = value if isinstance(value, list) else [value]
    places = {_TYPES.get(str(part).removeprefix("torch.").strip("[]'\" ")) for part in parts}
    place = places.pop() if len(places) == 1 else None
    if place is None:
        return
    for style in _STYLES:
        for number, name in enumerate(style):
            pattern = rf"(?<![\w]){re.escape(name)}(?![\w])"
            if number != place and len(re.findall(pattern, quote)) == 1:
                yield re.sub(pattern, style[place], quote)


def _restate_words(quote: str, said: str, value: Value) -> Iterator[str]:
    """The words that name the old value, in any case and with any marks between, exchanged."""
    letters = [re.escape(c) for c in said if c.isalnum()]
    if not letters or not isinstance(value, str | list):
        return
    exact = [match.span() for match in re.finditer(re.escape(said), quote)]
    marked = "[\\W_]{0,2}".join(letters)
    loose = re.finditer(rf"(?<!\w){marked}(?:\.\d+)?(?!\w)", quote, re.I)
    spans = exact or [match.span() for match in loose]
    if len(spans) != 1:
        return
    start, end = spans[0]
    for name in _names(value, exact=bool(exact)):
        yield f"{quote[:start]}{name}{quote[end:]}"


def _names(value: Value, *, exact: bool) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        text = str(part)
        if not exact and (short := _KIND.sub("", text)) != text and short:
            yield short
        yield text
