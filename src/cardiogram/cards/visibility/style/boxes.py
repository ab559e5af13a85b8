"""Where an element stands, and whether its box is large enough to show a line."""

from __future__ import annotations

from collections.abc import Mapping

from cardiogram.cards.visibility.style.declarations import Style
from cardiogram.cards.visibility.style.lengths import (
    HIGH,
    WIDE,
    Scale,
    parse_length,
    parse_number,
    split_top,
)
from cardiogram.cards.visibility.style.look import SMALLEST, Appearance
from cardiogram.lazy import regex

_CALL = regex(r"([a-z0-9-]+)\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


def look_placed(look: Appearance, style: Style, display: str) -> Appearance:
    """How far an element is from where it would stand."""
    values, scale = style.values, Scale(look.size)
    position = values.get("position", "static")
    left, top, clipped = look.left, look.top, look.clipped
    if position == "fixed":
        left = top = 0.0
        clipped = ""
    elif position == "absolute" and clipped == "static":
        clipped = ""
    if position in ("absolute", "fixed", "relative"):
        left += _shift(values, "left", "right", Scale(look.size, WIDE), position != "relative")
        top += _shift(values, "top", "bottom", Scale(look.size, HIGH), position != "relative")
    if not display.startswith("table-"):
        left += _length(values, "margin-left", scale)
    if display not in ("inline", "contents"):
        top += _length(values, "margin-top", scale)
        for shift in _translations(values, scale):
            left += shift[0]
            top += shift[1]
        if "text-indent" in values:
            look = look._replace(indent=_length(values, "text-indent", scale))
    if "letter-spacing" in values:
        look = look._replace(spacing=_length(values, "letter-spacing", scale))
    return look._replace(left=left, top=top, clipped=clipped)


def _shift(values: Mapping[str, str], near: str, far: str, scale: Scale, free: bool) -> float:
    """Pixels by which offsets from two sides move; from the near one where both are given."""
    length = parse_length(values.get(near, "auto"), scale)
    if length is not None:
        return length
    length = parse_length(values.get(far, "auto"), scale)
    if length is None:
        return 0.0
    if free and length >= scale.whole:
        return -2 * length  # its far side is where the page begins
    return -length


def _length(values: Mapping[str, str], name: str, scale: Scale) -> float:
    return parse_length(values.get(name, ""), scale) or 0.0


def _translations(values: Mapping[str, str], scale: Scale) -> list[tuple[float, float]]:
    """Shifts of `transform` and `translate`."""
    shifts = []
    for name, inside in _CALL.findall(values.get("transform", "")):
        parts = [parse_length(part, scale) or 0.0 for part in split_top(inside, ",")]
        if name == "translatex":
            shifts.append((parts[0], 0.0))
        elif name == "translatey":
            shifts.append((0.0, parts[0]))
        elif name in ("translate", "translate3d"):
            shifts.append((parts[0], parts[1] if len(parts) > 1 else 0.0))
        elif name == "matrix" and len(parts) == 6:
            numbers = [parse_number(part) or 0.0 for part in split_top(inside, ",")]
            shifts.append((numbers[4], numbers[5]))
    words = split_top(values.get("translate", ""), " ")
    if words and words[0] != "none":
        lengths = [parse_length(word, scale) or 0.0 for word in words]
        shifts.append((lengths[0], lengths[1] if len(lengths) > 1 else 0.0))
    return shifts


def look_boxed(look: Appearance, style: Style) -> Appearance:
    """Whether a box that cuts off what flows over is too small to show a line."""
    values = style.values
    contain = frozenset(values.get("contain", "").split())
    sized = contain & {"strict", "size"}
    cuts_x, cuts_y = [
        values.get(f"overflow-{axis}", "visible") not in ("visible", "initial", "unset")
        or bool(contain & {"strict", "paint", "content"})
        for axis in ("x", "y")
    ]
    if not (cuts_x or cuts_y):
        return look
    free = values.get("position") in ("absolute", "fixed")
    scale = Scale(look.size, HIGH if free else 0.0)
    high = _extent(values, "height", scale, free, 0.0 if sized else None)
    wide = _extent(values, "width", Scale(look.size, WIDE), True, None)
    high = None if high is None else high + _length(values, "padding-bottom", scale)
    wide = None if wide is None else wide + _length(values, "padding-right", scale)
    cut = (cuts_y and high is not None and high < SMALLEST) or (
        cuts_x and wide is not None and wide < SMALLEST / 2
    )
    if not cut:
        return look
    placed = values.get("position", "static") not in ("static", "initial", "unset")
    return look._replace(clipped="placed" if placed or look.clipped == "placed" else "static")


def _extent(
    values: Mapping[str, str], side: str, scale: Scale, percents: bool, otherwise: float | None
) -> float | None:
    """Size of a box by its style; None where it is as large as what it holds."""
    sizes = {}
    for name in (side, f"max-{side}", f"min-{side}"):
        value = values.get(name, "")
        if "%" not in value or percents:
            sizes[name] = parse_length(value, scale)
    size = sizes.get(side)
    size = otherwise if size is None else size
    highest, lowest = sizes.get(f"max-{side}"), sizes.get(f"min-{side}")
    if highest is not None:
        size = highest if size is None else min(size, highest)
    return max(size, lowest) if size is not None and lowest is not None else size
