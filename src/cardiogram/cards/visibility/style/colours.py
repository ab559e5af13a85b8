"""Colours of a style: read, laid over each other, and how far they stand out."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from cardiogram.cards.visibility.style.lengths import split_top
from cardiogram.lazy import regex
from cardiogram.records import NamedTuple

_NAMED = """
aliceblue f0f8ff  antiquewhite faebd7  aqua 00ffff  aquamarine 7fffd4  azure f0ffff  beige
f5f5dc  bisque ffe4c4  black 000000  blanchedalmond ffebcd  blue 0000ff  blueviolet 8a2be2
brown a52a2a  burlywood deb887  cadetblue 5f9ea0  chartreuse 7fff00  chocolate d2691e  coral
ff7f50  cornflowerblue 6495ed  cornsilk fff8dc  crimson dc143c  cyan 00ffff  darkblue 00008b
darkcyan 008b8b  darkgoldenrod b8860b  darkgray a9a9a9  darkgreen 006400  darkgrey a9a9a9
darkkhaki bdb76b  darkmagenta 8b008b  darkolivegreen 556b2f  darkorange ff8c00  darkorchid
9932cc  darkred 8b0000  darksalmon e9967a  darkseagreen 8fbc8f  darkslateblue 483d8b
darkslategray 2f4f4f  darkslategrey 2f4f4f  darkturquoise 00ced1  darkviolet 9400d3  deeppink
ff1493  deepskyblue 00bfff  dimgray 696969  dimgrey 696969  dodgerblue 1e90ff  firebrick b22222
floralwhite fffaf0  forestgreen 228b22  fuchsia ff00ff  gainsboro dcdcdc  ghostwhite f8f8ff
gold ffd700  goldenrod daa520  gray 808080  green 008000  greenyellow adff2f  grey 808080
honeydew f0fff0  hotpink ff69b4  indianred cd5c5c  indigo 4b0082  ivory fffff0  khaki f0e68c
lavender e6e6fa  lavenderblush fff0f5  lawngreen 7cfc00  lemonchiffon fffacd  lightblue add8e6
lightcoral f08080  lightcyan e0ffff  lightgoldenrodyellow fafad2  lightgray d3d3d3  lightgreen
90ee90  lightgrey d3d3d3  lightpink ffb6c1  lightsalmon ffa07a  lightseagreen 20b2aa
lightskyblue 87cefa  lightslategray 778899  lightslategrey 778899  lightsteelblue b0c4de
lightyellow ffffe0  lime 00ff00  limegreen 32cd32  linen faf0e6  magenta ff00ff  maroon 800000
mediumaquamarine 66cdaa  mediumblue 0000cd  mediumorchid ba55d3  mediumpurple 9370db
mediumseagreen 3cb371  mediumslateblue 7b68ee  mediumspringgreen 00fa9a  mediumturquoise 48d1cc
mediumvioletred c71585  midnightblue 191970  mintcream f5fffa  mistyrose ffe4e1  moccasin ffe4b5
navajowhite ffdead  navy 000080  oldlace fdf5e6  olive 808000  olivedrab 6b8e23  orange ffa500
orangered ff4500  orchid da70d6  palegoldenrod eee8aa  palegreen 98fb98  paleturquoise afeeee
palevioletred db7093  papayawhip ffefd5  peachpuff ffdab9  peru cd853f  pink ffc0cb  plum dda0dd
powderblue b0e0e6  purple 800080  rebeccapurple 663399  red ff0000  rosybrown bc8f8f  royalblue
4169e1  saddlebrown 8b4513  salmon fa8072  sandybrown f4a460  seagreen 2e8b57  seashell fff5ee
sienna a0522d  silver c0c0c0  skyblue 87ceeb  slateblue 6a5acd  slategray 708090  slategrey
708090  snow fffafa  springgreen 00ff7f  steelblue 4682b4  tan d2b48c  teal 008080  thistle
d8bfd8  tomato ff6347  turquoise 40e0d0  violet ee82ee  wheat f5deb3  white ffffff  whitesmoke
f5f5f5  yellow ffff00  yellowgreen 9acd32  canvas ffffff  canvastext 000000  buttonface efefef
buttontext 000000  field ffffff  fieldtext 000000  graytext 808080  linktext 0000ee  highlight
0041c6  highlighttext ffffff  mark ffff00  marktext 000000
"""
_NAMES = dict(zip(_NAMED.split()[::2], _NAMED.split()[1::2], strict=True))
_HEX = regex(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_CALL = regex(r"([a-z-]+)\((.*)\)", re.DOTALL)
_NUMBER = regex(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)(%|deg|rad|grad|turn)?")
_DEPTH = 8


class Colour(NamedTuple):
    """Red, green, blue and cover, each from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, other: Colour) -> Colour:
        """Lay the colour over one that covers all."""
        pairs = zip(self[:3], other[:3], strict=True)
        red, green, blue = [a * self.alpha + b * (1 - self.alpha) for a, b in pairs]
        return Colour(red, green, blue)

    def faded(self, by: float) -> Colour:
        """Let the colour cover less."""
        return self._replace(alpha=self.alpha * by)

    @property
    def luminance(self) -> float:
        """Relative luminance of WCAG 2."""
        parts = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in self[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


BLACK, WHITE = Colour(0, 0, 0), Colour(1, 1, 1)
CLEAR = Colour(0, 0, 0, 0)


def contrast(colour: Colour, other: Colour) -> float:
    """Contrast of WCAG 2 of two colours that cover all: 1 to 21."""
    light, dark = sorted((colour.luminance, other.luminance), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def parse_colour(value: str, current: Colour) -> Colour | None:
    """Read a colour in lower case; None where a browser takes it for none.

    Parameters
    ----------
    current
        What `currentcolor` stands for.

    Examples
    --------
    >>> parse_colour("rgb(255 255 255 / 50%)", BLACK)
    Colour(red=1.0, green=1.0, blue=1.0, alpha=0.5)
    >>> parse_colour("whitish", BLACK)
    """
    value = value.strip()
    return current if value == "currentcolor" else _parse(value, current, 0)


@lru_cache(maxsize=1024)
def _parse(value: str, current: Colour, depth: int) -> Colour | None:
    if value == "transparent":
        return CLEAR
    if value == "currentcolor":
        return current
    if named := _NAMES.get(value):
        value = f"#{named}"
    if match := _HEX.fullmatch(value):
        digits = match[1] if len(match[1]) > 4 else "".join([digit * 2 for digit in match[1]])
        return Colour(*[int(digits[i : i + 2], 16) / 255 for i in range(0, len(digits), 2)])
    call = _CALL.fullmatch(value)
    if call is None or depth > _DEPTH:
        return None
    name, inside = call[1], call[2].strip()
    if name in ("color-mix", "light-dark"):
        return _mixed(name, split_top(inside, ","), current, depth)
    if inside.startswith("from "):
        return _parse(split_top(inside[5:], " ")[0], current, depth + 1)
    return _of_numbers(name, inside)


def _mixed(name: str, parts: list[str], current: Colour, depth: int) -> Colour | None:
    """One of two colours, or both in shares."""
    if name == "light-dark":
        return _parse(parts[0], current, depth + 1) if len(parts) == 2 else None
    if len(parts) != 3:
        return None
    colours: list[Colour] = []
    shares: list[float] = []
    for part in parts[1:]:
        words = split_top(part, " ")
        percent = next((word for word in words if word.endswith("%")), "")
        colour = _parse(next((w for w in words if w != percent), ""), current, depth + 1)
        if colour is None:
            return None
        colours.append(colour)
        shares.append(_number(percent, 1) or 0.0 if percent else -1.0)
    if min(shares) < 0:
        shares = (
            [0.5, 0.5] if max(shares) < 0 else [s if s >= 0 else 1 - max(shares) for s in shares]
        )
    share = shares[0] / (sum(shares) or 1)
    pairs = zip(*colours, strict=True)
    return Colour(*[first * share + other * (1 - share) for first, other in pairs])


def _number(word: str, whole: float) -> float | None:
    """A number, or a part of `whole` in percent."""
    if word == "none":
        return 0.0
    match = _NUMBER.fullmatch(word)
    if match is None:
        return None
    number = float(match[1])
    turn = {"%": whole / 100, "rad": 180 / math.pi, "grad": 0.9, "turn": 360.0}
    return number * turn.get(match[2] or "", 1.0)


def _of_numbers(name: str, inside: str) -> Colour | None:
    """A colour by its coordinates."""
    words = inside.replace(",", " ").replace("/", " ").split()
    space = words.pop(0) if name == "color" and words else ""
    wholes = _WHOLES.get(name)
    if wholes is None or not 3 <= len(words) <= 4:
        return None
    numbers = [_number(word, whole) for word, whole in zip(words, (*wholes, 1.0), strict=False)]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers):
        return None
    first, second, third, alpha = *known[:3], known[3] if len(known) > 3 else 1.0
    alpha = _clamp(alpha)
    if name in ("rgb", "rgba"):
        return Colour(_clamp(first / 255), _clamp(second / 255), _clamp(third / 255), alpha)
    if name == "color":
        if space.startswith("xyz"):
            return _grey(second, alpha)
        return Colour(_clamp(first), _clamp(second), _clamp(third), alpha)
    if name in ("lab", "lch"):
        return _grey(((first + 16) / 116) ** 3 if first > 8 else first / 903.3, alpha)
    if name in ("oklab", "oklch"):
        return _grey(first**3, alpha)
    return _of_hue(name, first % 360, _clamp(second / 100), _clamp(third / 100), alpha)


_WHOLES: dict[str, tuple[float, float, float]] = {
    "rgb": (255, 255, 255),
    "rgba": (255, 255, 255),
    "hsl": (360, 100, 100),
    "hsla": (360, 100, 100),
    "hwb": (360, 100, 100),
    "color": (1, 1, 1),
    "lab": (100, 125, 125),
    "lch": (100, 150, 360),
    "oklab": (1, 0.4, 0.4),
    "oklch": (1, 0.4, 360),
}


def _of_hue(name: str, hue: float, second: float, third: float, alpha: float) -> Colour:
    def channel(number: float) -> float:
        place = (number + hue / 30) % 12
        return third - second * min(third, 1 - third) * max(-1, min(place - 3, 9 - place, 1))

    if name != "hwb":
        return Colour(channel(0), channel(8), channel(4), alpha)
    white, black = second, third
    if white + black >= 1:
        grey = white / (white + black)
        return Colour(grey, grey, grey, alpha)
    second, third = 1.0, 0.5
    red, green, blue = [channel(n) * (1 - white - black) + white for n in (0, 8, 4)]
    return Colour(red, green, blue, alpha)


def _grey(luminance: float, alpha: float) -> Colour:
    """A grey as light as a colour whose hue does not matter here."""
    light = _clamp(luminance)
    level = light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return Colour(level, level, level, alpha)


def _clamp(number: float) -> float:
    return min(1.0, max(0.0, number))
