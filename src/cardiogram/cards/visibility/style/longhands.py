"""Shorthand properties as the longhand ones that they set, and which values a browser takes."""

from __future__ import annotations

from collections.abc import Iterator

from cardiogram.cards.visibility.style.colours import BLACK, parse_colour
from cardiogram.cards.visibility.style.lengths import parse_length, parse_number, split_top
from cardiogram.cards.visibility.style.style_names import (
    COLOURS,
    DISPLAYS,
    EVERYWHERE,
    FONT_SIZES,
    KEYWORDS,
    LENGTHS,
    NO_LENGTHS,
    NUMBERS,
)

_SIDES = ("top", "right", "bottom", "left")
_LOGICAL = {
    "inline-size": "width",
    "block-size": "height",
    "max-inline-size": "max-width",
    "max-block-size": "max-height",
    "min-inline-size": "min-width",
    "min-block-size": "min-height",
    "overflow-inline": "overflow-x",
    "overflow-block": "overflow-y",
    **{
        f"{kind}-{logical}": (f"{kind}-{side}" if kind != "inset" else side)
        for kind in ("margin", "padding", "inset")
        for logical, side in (
            ("inline-start", "left"),
            ("inline-end", "right"),
            ("block-start", "top"),
            ("block-end", "bottom"),
        )
    },
}
_PAIRS = {
    f"{kind}-{axis}": tuple(f"{kind}-{side}" if kind != "inset" else side for side in sides)
    for kind in ("margin", "padding", "inset")
    for axis, sides in (("inline", ("left", "right")), ("block", ("top", "bottom")))
} | {"overflow": ("overflow-x", "overflow-y")}


def expand(name: str, value: str) -> Iterator[tuple[str, str]]:
    """The longhand properties that a declaration sets.

    Examples
    --------
    >>> dict(expand("margin", "0 auto 0 -9px"))["margin-left"]
    '-9px'
    """
    name = _LOGICAL.get(name, name)
    longhands = _SHORTHANDS.get(name)
    if longhands is None:
        yield name, value
    elif value in EVERYWHERE:
        yield from [(longhand, value) for longhand in longhands]
    else:
        yield from _EXPAND.get(name, _sides)(name, split_top(value, " "))


def _sides(name: str, words: list[str]) -> Iterator[tuple[str, str]]:
    """One to four values for two or four sides."""
    longhands = _SHORTHANDS[name]
    if 0 < len(words) <= len(longhands):
        every = [*words, words[1]] if len(words) == 3 else words * 4
        yield from zip(longhands, every, strict=False)


def _background(name: str, words: list[str]) -> Iterator[tuple[str, str]]:
    yield "background-image", " ".join(_pictures(words)) or "none"
    colours = [word for word in words if parse_colour(word, BLACK) is not None]
    yield "background-color", colours[-1] if colours else "initial"
    yield "background-clip", "text" if "text" in words else "border-box"


def _mask(name: str, words: list[str]) -> Iterator[tuple[str, str]]:
    yield "mask-image", " ".join(_pictures(words)) or "none"
    sizes = split_top(" ".join(words).partition("/")[2], " ")
    yield "mask-size", " ".join(sizes[:2]) or "auto"


def _font(name: str, words: list[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        size = word.partition("/")[0]
        if size in FONT_SIZES or parse_length(size) is not None:
            yield "font-size", size
            return


def _indent(name: str, words: list[str]) -> Iterator[tuple[str, str]]:
    yield name, words[0] if words else ""


_SHORTHANDS: dict[str, tuple[str, ...]] = {
    "margin": tuple(f"margin-{side}" for side in _SIDES),
    "padding": tuple(f"padding-{side}" for side in _SIDES),
    "inset": _SIDES,
    "background": ("background-image", "background-color", "background-clip"),
    "mask": ("mask-image", "mask-size"),
    "font": ("font-size",),
    "text-indent": ("text-indent",),
    **_PAIRS,
}


_EXPAND = {"background": _background, "mask": _mask, "font": _font, "text-indent": _indent}


def _pictures(words: list[str]) -> list[str]:
    return [word for word in words if "gradient(" in word or "url(" in word or "image(" in word]


def is_valid(name: str, value: str) -> bool:
    """Whether a browser takes a value; of properties that are not looked at, any."""
    if value in EVERYWHERE:
        return True
    if name in KEYWORDS:
        return value in KEYWORDS[name]
    if name == "display":
        return bool(value) and DISPLAYS.issuperset(value.replace("-webkit-", "").split())
    if name in NUMBERS:
        return parse_number(value) is not None or (name == "zoom" and value in _NO_ZOOM)
    if name in COLOURS:
        return parse_colour(value, BLACK) is not None or (name == "fill" and value == "none")
    if name == "font-size" and value not in FONT_SIZES:
        size = parse_length(value)
        return value in _RELATIVE or (size is not None and size >= 0)
    if name in LENGTHS:
        return value in NO_LENGTHS or value in FONT_SIZES or not _is_no_length(value)
    return bool(value)


def _is_no_length(value: str) -> bool:
    return parse_length(value) is None


_NO_ZOOM = frozenset({"normal", "reset"})
_RELATIVE = frozenset({"larger", "smaller"})
