"""What a style cuts out, masks or presses flat, so that nothing of an element is left to see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import cos, isclose, radians

from cardiogram.cards.visibility.style.colours import BLACK, parse_colour
from cardiogram.cards.visibility.style.lengths import Scale, parse_length, parse_number, split_top
from cardiogram.lazy import regex

_CALL = regex(r"([a-z0-9-]+)\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
_ANGLE = regex(r"([+-]?[\d.]+)(deg|rad|turn|grad)?")
_DEGREES = {"deg": 1.0, "rad": 57.2958, "turn": 360.0, "grad": 0.9, "": 1.0}
_SLIVER = 3.0


def cuts_all(values: Mapping[str, str], scale: Scale) -> bool:
    """Whether `clip-path` or `clip` leaves nothing."""
    if (value := values.get("clip")) and values.get("position") in ("absolute", "fixed"):
        edges = [parse_length(part, scale) for part in re.split(r"[\s,]+", value[5:-1].strip())]
        if value.startswith("rect(") and len(edges) == 4 and _is_thin(edges):
            return True
    for name, inside in _CALL.findall(values.get("clip-path", "")):
        if _is_empty(name, inside.partition(" round ")[0].strip(), scale):
            return True
    return False


def _is_thin(edges: list[float | None]) -> bool:
    """Whether the four edges of a rectangle leave no room."""
    top, right, bottom, left = edges
    low = bottom is not None and bottom - (top or 0.0) < _SLIVER
    return low or (right is not None and right - (left or 0.0) < _SLIVER)


def _is_empty(name: str, inside: str, scale: Scale) -> bool:
    whole = scale._replace(whole=1000.0)
    if name == "inset":
        words = (split_top(inside, " ") or ["0"]) * 4
        four = words[:4] if len(words) != 12 else [*words[:3], words[1]]
        top, right, bottom, left = [parse_length(word, whole) or 0.0 for word in four]
        return top + bottom > 997 or left + right > 997
    if name in ("circle", "ellipse"):
        radii = split_top(inside.partition("at ")[0] if "at " in inside else inside, " ")
        sizes = [parse_length(word, whole) for word in radii]
        return any(size is not None and size < _SLIVER for size in sizes)
    if name == "polygon":
        points = [split_top(part, " ") for part in split_top(inside, ",")]
        pairs = [p for p in points if len(p) == 2]
        places = [[parse_length(word, whole) or 0.0 for word in pair] for pair in pairs]
        return bool(pairs) and abs(_area(places)) < _SLIVER
    if name == "rect":
        edges = [parse_length(word, whole) for word in split_top(inside, " ")]
        return len(edges) == 4 and _is_thin(edges)
    if name == "xywh":
        edges = [parse_length(word, whole) for word in split_top(inside, " ")]
        return any(size is not None and size < _SLIVER for size in edges[2:4])
    return name == "path" and len(re.findall(r"[\d.]+", inside)) < 5


def _area(points: list[list[float]]) -> float:
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2


def masks_all(values: Mapping[str, str]) -> bool:
    """Whether a mask lets nothing through."""
    mask = values.get("mask-image", "none")
    if mask in ("none", "initial", "unset"):
        return False
    sizes = [parse_length(word) for word in split_top(values.get("mask-size", "auto"), " ")]
    if any(size is not None and size < 1 for size in sizes):
        return True
    if "url(" in mask and "gradient" not in mask:
        return not re.search(r"""url\(\s*["']?#""", mask)
    words = re.split(r"[\s,]+(?![^()]*\))", mask[mask.find("(") + 1 : -1])
    colours = [c for word in words if (c := parse_colour(word.strip(), BLACK)) is not None]
    return bool(colours) and all(colour.alpha < 0.05 for colour in colours)


def transform_of(values: Mapping[str, str], scale: Scale) -> tuple[float, float]:
    """How far an element is stretched upwards and sideways."""
    high = wide = 1.0
    for name, inside in _CALL.findall(values.get("transform", "")):
        parts = split_top(inside, ",")
        numbers = [parse_number(part) for part in parts]
        up, along = _stretch(name, [1.0 if n is None else n for n in numbers], parts)
        high, wide = high * up, wide * along
    words = split_top(values.get("scale", ""), " ")
    numbers = [parse_number(word) for word in words]
    if numbers and numbers[0] is not None:
        wide *= abs(numbers[0])
        second = numbers[1] if len(numbers) > 1 and numbers[1] is not None else numbers[0]
        high *= abs(second)
    turned = split_top(values.get("rotate", ""), " ")
    if len(turned) == 2 and turned[0] in ("x", "y"):
        up, along = _stretch(f"rotate{turned[0]}", [], turned[1:])
        high, wide = high * up, wide * along
    return high, wide


def _stretch(name: str, numbers: list[float], parts: list[str]) -> tuple[float, float]:
    """What one function of `transform` does upwards and sideways."""
    first = abs(numbers[0]) if numbers else 1.0
    if name in ("scale", "scale3d"):
        return (abs(numbers[1]) if len(numbers) > 1 else first), first
    if name == "scalex":
        return 1.0, first
    if name == "scaley":
        return first, 1.0
    if name == "matrix" and len(numbers) == 6:
        a, b, c, d = numbers[:4]
        area = abs(a * d - b * c)
        return (area, 1.0) if area < 0.1 else (1.0, 1.0)
    if name == "matrix3d" and len(numbers) == 16:
        area = abs(numbers[0] * numbers[5] - numbers[1] * numbers[4])
        return (area, 1.0) if area < 0.1 else (1.0, 1.0)
    if name in ("rotatex", "rotatey") and parts and (match := _ANGLE.fullmatch(parts[0])):
        turn = abs(cos(radians(float(match[1]) * _DEGREES[match[2] or ""])))
        turn = 0.0 if isclose(turn, 0, abs_tol=1e-3) else turn
        return (turn, 1.0) if name == "rotatex" else (1.0, turn)
    return 1.0, 1.0
