"""How an element colours its text and what lies behind it."""

from __future__ import annotations

from collections.abc import Mapping

from cardiogram.cards.visibility.style.colours import BLACK, CLEAR, Colour, contrast, parse_colour
from cardiogram.cards.visibility.style.declarations import Style
from cardiogram.cards.visibility.style.lengths import parse_length, parse_number, split_top
from cardiogram.cards.visibility.style.look import CONTRAST, Appearance, tinted
from cardiogram.lazy import regex

_LINK = Colour(0, 0, 0.933)
_MARK = Colour(1, 1, 0)
_FACE = Colour(0.94, 0.94, 0.94)
_CALL = regex(r"([a-z-]+)\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


def look_inked(
    look: Appearance, name: str, attributes: Mapping[str, str], style: Style
) -> Appearance:
    """Colours of the text and behind it, cover, and what the letters have around them."""
    values = style.values
    colour, behind = _usual(look, name, attributes)
    colour = _colour_of(values.get("color"), colour, look.colour)
    inked = _filtered(look, values.get("filter", "none"))
    if (part := parse_number(values.get("opacity", ""))) is not None:
        inked = inked._replace(opacity=inked.opacity * min(1.0, max(0.0, part)))
    back = _colour_of(values.get("background-color"), CLEAR, colour)
    if behind is not None and back.alpha:
        behind = tinted(back.over(behind), inked.tint[len(look.tint) :])
    elif back.alpha == 1:
        behind = back
    edged = _edged(values, look)
    picture = values.get("background-image", "none")
    if picture not in ("none", "initial", "unset"):
        edged = edged or values.get("background-clip") == "text"
        plain = _only_colour(picture, colour)
        behind = None if plain is None or behind is None or edged else plain.over(behind)
    colour = _colour_of(values.get("text-fill-color"), colour, colour)
    if values.get("fill") == "none":
        colour = CLEAR
    elif "fill" in values:
        colour = _colour_of(values["fill"], colour, colour)
    return inked._replace(colour=colour, behind=behind, edged=edged)


def _usual(
    look: Appearance, name: str, attributes: Mapping[str, str]
) -> tuple[Colour, Colour | None]:
    """The colours of the text and behind it, of an element of which nothing else is said."""
    if name == "a" and "href" in attributes and look.draws():  # words around no text are none
        return _LINK, look.behind
    if name == "mark":
        return BLACK, _MARK
    if name in ("button", "input", "textarea"):
        return BLACK, _FACE
    return look.colour, look.behind


def _colour_of(value: str | None, otherwise: Colour, around: Colour) -> Colour:
    if value is None or value in ("revert", "revert-layer"):
        return otherwise
    if value in ("inherit", "unset"):
        return around if otherwise is not CLEAR else CLEAR
    if value == "initial":
        return BLACK if otherwise is not CLEAR else CLEAR
    return parse_colour(value, around) or otherwise


def _edged(values: Mapping[str, str], look: Appearance) -> bool:
    """Whether a shadow or a line around the letters makes them stand out."""
    edged = look.edged
    for name in ("text-shadow", "text-stroke", "text-stroke-color"):
        value = values.get(name)
        if value is None:
            continue
        edged = False
        for word in split_top(value.replace(",", " ") if "(" not in value else value, " "):
            colour = parse_colour(word, look.colour)
            if colour is not None and look.behind is not None:
                edged = edged or contrast(colour.over(look.behind), look.behind) > CONTRAST
    return edged


def _only_colour(picture: str, current: Colour) -> Colour | None:
    """The colour of a gradient from a colour to the same; None for other pictures."""
    call = _CALL.search(picture)
    if call is None or "gradient" not in call[1]:
        return None
    words = [word for part in split_top(call[2], ",") for word in split_top(part, " ")]
    colours = {c for word in words if (c := parse_colour(word, current)) is not None}
    return colours.pop() if len(colours) == 1 else None


def _filtered(look: Appearance, value: str) -> Appearance:
    """What `filter` does to cover and colours, and whether it blurs all away."""
    opacity, tint, gone = look.opacity, look.tint, look.gone
    for name, inside in _CALL.findall(value):
        number = parse_number(inside) if inside.strip() else 1.0
        if name == "opacity" and number is not None:
            opacity *= min(1.0, max(0.0, number))
        elif name == "blur":
            gone = gone or (parse_length(inside) or 0.0) > look.size / 2
        elif name in ("brightness", "invert", "contrast") and number is not None:
            tint = (*tint, (name, number))
    return look._replace(opacity=opacity, tint=tint[-8:], gone=gone)
