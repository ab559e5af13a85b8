"""What an element draws of the text in it: the properties that can take it out of sight.

Looks are inherited from element to element. A look is asked once about a text, at its end: is it
there, large enough, inside the page and of another colour than what lies behind it?
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cardiogram.cards.visibility.style.colours import BLACK, WHITE, Colour, contrast
from cardiogram.records import NamedTuple

SMALLEST = 6.0
"""Pixels of the smallest font that is read."""

CONTRAST = 1.1
"""The contrast above which text stands out from what lies behind it."""

_FAR_LEFT, _FAR_RIGHT = -1000.0, 1200.0
_FAR_UP, _FAR_DOWN = -2000.0, 10_000.0
_NARROWEST = 0.15
_FAINTEST = 0.04
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Appearance(NamedTuple):
    """How text in an element is drawn.

    Attributes
    ----------
    gone
        Nothing in the element is drawn, whatever it says of itself.
    visible
        The property `visibility`, which an element inside may set again.
    clipped
        Cut away to nothing: by a box that is itself in place ("static"), or that also holds what
        is placed in it ("placed").
    colour, behind
        Of the text, and of what lies behind it; None where that is a picture or changes.
    edged
        The letters have a shadow or a line around them that stands out.
    opacity, size, zoom, narrow
        Cover, font size in pixels, and how much it is stretched: upwards and sideways.
    left, top, indent, spacing
        Pixels by which text is out of its place.
    tint
        Functions of `filter` that change its colour.
    custom
        Custom properties.
    lines_up
        Whether the element lays out those directly inside (flex, grid): none of them is inline.
    drawing
        Inside a drawing (svg), where only its own texts are drawn.
    """

    gone: bool = False
    visible: bool = True
    clipped: str = ""
    colour: Colour = BLACK
    behind: Colour | None = WHITE
    edged: bool = False
    opacity: float = 1.0
    size: float = 16.0
    zoom: float = 1.0
    narrow: float = 1.0
    left: float = 0.0
    top: float = 0.0
    indent: float = 0.0
    spacing: float = 0.0
    tint: tuple[tuple[str, float], ...] = ()
    custom: Mapping[str, str] = _NOTHING
    lines_up: bool = False
    drawing: bool = False

    def draws(self) -> bool:
        """Whether text in the element is to be seen."""
        if self is PAGE:
            return True
        if not self.shows_anything() or self.drawing or self.size * self.zoom < SMALLEST:
            return False
        return self.spacing > -self.size * 4 and self._stands_out()

    def shows_anything(self) -> bool:
        """Whether anything in the element is to be seen, be it no text."""
        if self.gone or not self.visible or self.clipped:
            return False
        if self.opacity <= _FAINTEST or min(self.zoom, self.narrow) < _NARROWEST:
            return False
        across = self.left + self.indent
        return _FAR_LEFT < across < _FAR_RIGHT and _FAR_UP < self.top < _FAR_DOWN

    def _stands_out(self) -> bool:
        if self.behind is None:
            return self.colour.alpha * self.opacity > _FAINTEST or self.edged
        if self.edged:
            return True
        colour = tinted(self.colour, self.tint).faded(self.opacity)
        return contrast(colour.over(self.behind), self.behind) > CONTRAST


PAGE = Appearance()
"""Of a page on which nothing is set."""


def tinted(colour: Colour, tint: tuple[tuple[str, float], ...]) -> Colour:
    """A colour after the functions of a `filter`."""
    for name, amount in tint:
        if name == "brightness":
            parts = [min(1.0, part * amount) for part in colour[:3]]
        elif name == "invert":
            by = min(1.0, amount)
            parts = [part * (1 - by) + (1 - part) * by for part in colour[:3]]
        else:
            parts = [min(1.0, max(0.0, (part - 0.5) * amount + 0.5)) for part in colour[:3]]
        colour = Colour(parts[0], parts[1], parts[2], colour.alpha)
    return colour
