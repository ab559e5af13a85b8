"""From the look of an element to that of one inside it: attributes, defaults and style."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cardiogram.cards.visibility.style.boxes import look_boxed, look_placed
from cardiogram.cards.visibility.style.colours import BLACK, parse_colour
from cardiogram.cards.visibility.style.declarations import Style, is_valid, resolve_style
from cardiogram.cards.visibility.style.ink import look_inked
from cardiogram.cards.visibility.style.lengths import (
    Scale,
    parse_length,
    parse_number,
)
from cardiogram.cards.visibility.style.look import Appearance
from cardiogram.cards.visibility.style.shapes import cuts_all, masks_all, transform_of
from cardiogram.cards.visibility.style.style_names import (
    BLOCKS,
    FONT_SIZES,
    REPLACED,
    UNDRAWN,
    UNDRAWN_IN_DRAWINGS,
)

_OTHER_DISPLAYS = {
    "table": "table",
    "caption": "table-caption",
    "tr": "table-row",
    "td": "table-cell",
    "th": "table-cell",
    "tbody": "table-row-group",
    "thead": "table-row-group",
    "tfoot": "table-row-group",
    "button": "inline-block",
    "input": "inline-block",
    "select": "inline-block",
    "textarea": "inline-block",
    "img": "inline-block",
    "ruby": "inline",
}
_TIMES = {
    "h1": 2.0,
    "h2": 1.5,
    "h3": 1.17,
    "h5": 0.83,
    "h6": 0.67,
    "small": 0.8333,
    "sub": 0.8333,
    "sup": 0.8333,
    "big": 1.2,
    "rt": 0.5,
}
_OLD_SIZES = (10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0)
_PICTURE_ATTRIBUTES = ("fill", "opacity", "visibility", "display", "font-size", "fill-opacity")


def look_inside(
    look: Appearance, name: str, attributes: Mapping[str, str], drawing: bool = False
) -> Appearance:
    """The look of an element in another.

    Parameters
    ----------
    look
        Of the element around it.
    name, attributes
        In lower case; the values as they read after character references are resolved.
    drawing
        Whether it is an element of SVG.
    """
    if name == "table" and look.indent:
        look = look._replace(indent=0.0)
    if not attributes and name not in _MARKED and not drawing:
        return look if not look.lines_up else look._replace(lines_up=False)
    style = _style_of(name, attributes, look, drawing)
    display = _display(name, attributes, style, look)
    replaced = name in REPLACED or (name == "object" and "data" in attributes)
    if display == "none" or (replaced and not drawing) or _waits(attributes):
        return look._replace(gone=True)
    if drawing:
        look = _in_drawing(look, name, attributes)
    if look.lines_up:
        look = look._replace(lines_up=False)
    if not style.values and name not in _MARKED:
        return look
    look = _font(look, name, style)
    look = look_inked(look, name, attributes, style)
    if style.values:
        inline = display == "inline"
        look = _shown(look, style, inline)
        look = look_placed(look, style, display)
        if not inline and display != "contents":
            look = look_boxed(look, style)
        lines_up = display.removeprefix("inline-") in ("flex", "grid", "box")
        if lines_up or style.custom != look.custom:
            look = look._replace(lines_up=lines_up, custom=style.custom)
    return look


_MARKED = UNDRAWN | REPLACED | {*_TIMES, "a", "mark", "button", "input", "textarea", "font"}
"""Elements that are drawn in a way of their own."""


def _style_of(name: str, attributes: Mapping[str, str], look: Appearance, drawing: bool) -> Style:
    """What wins of the style and of attributes that mean the same."""
    style = attributes.get("style")
    resolved = resolve_style(style, look.custom) if style else Style({}, look.custom)
    hints: dict[str, str] = {}
    if attributes:
        if name == "font" and "color" in attributes:
            hints["color"] = _old_colour(attributes["color"])
        if name == "font" and (size := _old_size(attributes.get("size", ""))):
            hints["font-size"] = f"{size}px"
        if "bgcolor" in attributes and name in ("table", "td", "th", "tr", "tbody", "thead"):
            hints["background-color"] = _old_colour(attributes["bgcolor"])
        if drawing:
            hints |= {
                key: attributes[key].lower() for key in _PICTURE_ATTRIBUTES if key in attributes
            }
            hints = {key: value for key, value in hints.items() if is_valid(key, value)}
    return Style({**hints, **resolved.values}, resolved.custom) if hints else resolved


def _old_colour(value: str) -> str:
    """A colour as the old attributes name it: a bare number is one too."""
    value = value.strip().lower()
    if parse_colour(value, BLACK) is not None and value != "transparent":
        return value
    digits = re.sub(r"[^0-9a-f]", "0", value.removeprefix("#"))[:128] or "0"
    digits += "0" * (-len(digits) % 3)
    part = len(digits) // 3
    pieces = [digits[i * part : (i + 1) * part].rjust(2, "0") for i in range(3)]
    if part > 8:
        pieces = [piece[-8:] for piece in pieces]
    while all(len(piece) > 2 and piece[0] == "0" for piece in pieces):
        pieces = [piece[1:] for piece in pieces]
    return "#" + "".join([piece[:2] for piece in pieces])


def _old_size(value: str) -> float | None:
    match = re.match(r"\s*([+-]?)(\d{1,3})", value)
    if match is None:
        return None
    size = int(match[2])
    size = 3 + size if match[1] == "+" else 3 - size if match[1] == "-" else size
    return _OLD_SIZES[min(7, max(1, size)) - 1]


def _display(name: str, attributes: Mapping[str, str], style: Style, look: Appearance) -> str:
    """How an element is laid out; "none" where it is not."""
    value = style.values.get("display", "").replace("-webkit-", "")
    if value in ("initial", "unset"):
        value = "inline"
    elif value in ("", "revert", "revert-layer", "inherit"):
        unsaid = name in UNDRAWN and not (name == "dialog" and "open" in attributes)
        if unsaid or "hidden" in attributes or "popover" in attributes:
            return "none"
        value = "block" if name in BLOCKS else _OTHER_DISPLAYS.get(name, "inline")
    if value == "inline" and (
        look.lines_up
        or style.values.get("float", "none") not in ("none", "initial", "unset")
        or style.values.get("position") in ("absolute", "fixed")
    ):
        return "block"
    return value


def _waits(attributes: Mapping[str, str]) -> bool:
    """Whether an element is hidden until it is found, whatever its style says."""
    return attributes.get("hidden", "").lower() == "until-found"


def _in_drawing(look: Appearance, name: str, attributes: Mapping[str, str]) -> Appearance:
    """In a drawing only its texts are drawn, where they have a place."""
    if name in UNDRAWN_IN_DRAWINGS:
        return look._replace(gone=True)
    if name == "svg":
        sizes = [parse_length(attributes.get(side, "100px") + "px") for side in ("width", "height")]
        sizes += [parse_length(attributes.get(side, "100px")) for side in ("width", "height")]
        gone = look.gone or 0.0 in sizes
        return look._replace(drawing=True, gone=gone, colour=BLACK)
    if name == "foreignobject":
        return look._replace(drawing=False)
    if name in ("text", "tspan", "textpath"):
        placed = any(key in attributes for key in ("y", "dy", "transform")) or not look.drawing
        return look._replace(drawing=not placed)
    return look


def _font(look: Appearance, name: str, style: Style) -> Appearance:
    size = look.size * _TIMES.get(name, 1.0)
    value = style.values.get("font-size", "")
    if value in FONT_SIZES:
        size = FONT_SIZES[value]
    elif value in ("larger", "smaller"):
        size = look.size * (1.2 if value == "larger" else 1 / 1.2)
    elif value in ("inherit", "unset"):
        size = look.size
    elif value == "initial":
        size = 16.0
    elif value and (length := parse_length(value, Scale(look.size, look.size))) is not None:
        size = length
    return look if size == look.size else look._replace(size=size)


def _shown(look: Appearance, style: Style, inline: bool) -> Appearance:
    values = style.values
    visible = values.get("visibility")
    if visible in ("visible", "initial"):
        look = look._replace(visible=True)
    elif visible in ("hidden", "collapse"):
        look = look._replace(visible=False)
    gone = (
        (values.get("content-visibility") == "hidden" and not inline)
        or cuts_all(values, Scale(look.size))
        or masks_all(values)
        or values.get("text-security", "none") not in ("none", "initial", "unset")
    )
    if not inline:
        high, wide = transform_of(values, Scale(look.size))
        if high != 1 or wide != 1:
            look = look._replace(zoom=look.zoom * high, narrow=look.narrow * wide)
    zoom = parse_number(values.get("zoom", ""))
    if zoom:  # a browser takes 0 for 1
        look = look._replace(zoom=look.zoom * abs(zoom), narrow=look.narrow * abs(zoom))
    return look._replace(gone=True) if gone else look
