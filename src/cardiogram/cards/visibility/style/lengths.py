"""Lengths and numbers of a style, with what `calc` makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cardiogram.lazy import regex
from cardiogram.records import NamedTuple

WIDE, HIGH = 1280.0, 900.0
"""Pixels of the window in which a card is thought to be read."""

_UNITS = {
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 37.8,
    "mm": 3.78,
    "q": 0.945,
    "rem": 16.0,
    "vw": WIDE / 100,
    "vi": WIDE / 100,
    "vh": HIGH / 100,
    "vb": HIGH / 100,
    "vmin": HIGH / 100,
    "vmax": WIDE / 100,
}
_EM = {"em": 1.0, "ex": 0.5, "ch": 0.5, "ic": 1.0, "lh": 1.2, "cap": 0.7, "rlh": 1.2}
_TOKEN = regex(
    r"\s*(?:((?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)([a-z]+|%)?|([a-z-]+)?(\()|([-+*/),]))"
)
_DEPTH = 32


class Scale(NamedTuple):
    """What relative lengths are measured by, in pixels: the font, and what percents are of."""

    font: float = 16.0
    whole: float = WIDE


PLAIN = Scale()


def split_top(text: str, by: str) -> list[str]:
    """Split at a sign that stands in no brackets; empty parts are left out."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
        elif not depth and (sign == by or (by == " " and sign.isspace())):
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def parse_length(value: str, scale: Scale = PLAIN) -> float | None:
    """Pixels of a length; None where it is none, as `auto` and a bare number other than 0.

    Examples
    --------
    >>> parse_length("calc(2em - 8px)"), parse_length("50%", Scale(16, 300)), parse_length("7")
    (24.0, 150.0, None)
    """
    return _measure(value, scale, number=False)


def parse_number(value: str) -> float | None:
    """A number; a percentage is a part of 1.

    Examples
    --------
    >>> parse_number("25%"), parse_number("1px")
    (0.25, None)
    """
    return _measure(value, Scale(whole=1.0), number=True)


class _Measured(NamedTuple):
    amount: float
    bare: bool


def _measure(value: str, scale: Scale, *, number: bool) -> float | None:
    try:
        reader = _Reader(value.strip(), scale)
        sign = -1.0 if reader.take("-") else 1.0
        if sign > 0:
            reader.take("+")
        result = reader.factor(0)
        if reader.more():
            return None
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    if result.bare != number and not (number and value.endswith("%")):
        return 0.0 if result.amount == 0 and result.bare else None
    return sign * result.amount


class _Reader:
    """Reads one expression from left to right."""

    __slots__ = ("place", "scale", "text")

    def __init__(self, text: str, scale: Scale) -> None:
        self.text, self.scale, self.place = text, scale, 0

    def more(self) -> bool:
        return bool(self.text[self.place :].strip())

    def take(self, signs: str) -> str:
        """The sign that comes next, if it is one of these."""
        match = _TOKEN.match(self.text, self.place)
        if match and match[5] and match[5] in signs:
            self.place = match.end()
            return match[5]
        return ""

    def total(self, depth: int) -> _Measured:
        result = self.product(depth)
        while sign := self.take("+-"):
            other = self.product(depth)
            amount = result.amount + (other.amount if sign == "+" else -other.amount)
            result = _Measured(amount, result.bare and other.bare)
        return result

    def product(self, depth: int) -> _Measured:
        result = self.factor(depth)
        while sign := self.take("*/"):
            other = self.factor(depth)
            amount = result.amount * other.amount if sign == "*" else result.amount / other.amount
            result = _Measured(amount, result.bare and other.bare)
        return result

    def factor(self, depth: int) -> _Measured:
        if depth and (sign := self.take("+-")):
            other = self.factor(depth)
            return other._replace(amount=-other.amount if sign == "-" else other.amount)
        match = _TOKEN.match(self.text, self.place)
        if match is None or match[5] or depth > _DEPTH:
            raise ValueError(self.text)
        self.place = match.end()
        if match[1]:
            return self._plain(float(match[1]), match[2] or "")
        parts = [self.total(depth + 1)]
        while self.take(","):
            parts.append(self.total(depth + 1))
        if not self.take(")") and self.more():
            raise ValueError(self.text)
        combine = _COMBINE[match[3] or "calc"] if (match[3] or depth) else _COMBINE[""]
        return _Measured(combine([part.amount for part in parts]), parts[0].bare)

    def _plain(self, number: float, unit: str) -> _Measured:
        if not unit:
            return _Measured(number, True)
        if unit == "%":
            return _Measured(number * self.scale.whole / 100, False)
        if unit in _EM:
            return _Measured(number * _EM[unit] * self.scale.font, False)
        if unit not in _UNITS:
            unit = unit[1:]  # of the small, large and dynamic window
        if unit not in _UNITS:
            raise ValueError(unit)
        return _Measured(number * _UNITS[unit], False)


def _clamped(parts: Sequence[float]) -> float:
    low, likely, high = parts
    return max(low, min(likely, high))


class _Combine(dict[str, Callable[[Sequence[float]], float]]):
    def __missing__(self, name: str) -> Callable[[Sequence[float]], float]:
        raise ValueError(name)


_COMBINE = _Combine(
    {
        "calc": lambda parts: parts[0],
        "-webkit-calc": lambda parts: parts[0],
        "min": min,
        "max": max,
        "clamp": _clamped,
        "abs": lambda parts: abs(parts[0]),
    }
)
