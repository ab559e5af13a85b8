"""Numbers as people write them: multipliers of many languages, and what rounding leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cardiogram.lazy import regex

_WORDS: dict[float, str] = {
    1e3: "k|thousand|tausend|mille|mil|mila|duizend|tusen|tys\\.?|tysięcy|тыс\\.?|тысяч[аи]?|千|천",
    1e4: "万|萬|만",
    1e6: "m|mio\\.?|million(?:en|s)?|millones|milioni|milh(?:ões|oes)|miljoen|miljoner|"
    "millioner|mln|"
    "milion(?:ów|y|ow)|миллион(?:ов|а)?|млн|百万|백만",
    1e7: "千万|천만",
    1e8: "亿|億|억",
    1e9: "b|bn|mrd\\.?|billion|milliarde[n]?|milliards?|mil\\s+millones|miliard[io]|mld|"
    "bilh(?:ões|oes)|"
    "mil\\s+milh(?:ões|oes)|miljard|miljarder|milliarder|miliard(?:ów|y|ow)|миллиард(?:ов|а)?|млрд|"
    "十亿|십억",
    1e12: "t|trillion|billionen|billones|biljoen|biljoner|трлн|триллион(?:ов|а)?|万亿|兆|조",
}
_MULTIPLIERS = {regex(f"(?:{words})\\Z", re.I): value for value, words in _WORDS.items()}
_MULTIPLIER = "|".join(
    sorted(re.split(r"\|(?![^(]*\))", "|".join(_WORDS.values())), key=lambda word: -len(word))
)
_SPACE = r"[  \u202f]"
NUMBER = (
    rf"(?:\d{{1,3}}(?:[.,'’٬_  \u202f]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?|\.\d+)"
    rf"(?:[eE][-+−]?\d+|{_SPACE}?[x×·*]{_SPACE}?10(?:\^|\*\*)?[{{(]?[-−–⁻+]?[\d⁰¹²³⁴-⁹]+[)}}]?)?"
)
"""A number, with thousands grouped in any way, and perhaps a power of ten."""
_WORD_END = r"(?![A-Za-z\u00c0-\u052f\u1e00-\u1eff])"
AMOUNT = rf"(?P<number>{NUMBER})(?:(?:{_SPACE}|-)?(?P<word>{_MULTIPLIER}){_WORD_END})?"
"""A number with its multiplier; as a part of other patterns, once in each."""
_SMALL = {
    word: value
    for value, words in enumerate(
        (
            "one un une una ein eine einen één",
            "two deux dos zwei dois duas twee två",
            "three trois tres drei tre três drie",
            "four quatre cuatro vier quattro quatro fyra fire",
            "five cinq cinco fünf cinque vijf fem",
            "six seis sechs zes sex seks",
            "seven sept siete sieben sette sete zeven sju syv",
            "eight huit ocho acht oito åtta otte",
            "nine neuf nueve neun nove negen nio ni",
            "ten dix diez zehn dieci dez tien tio ti",
            "eleven onze undici elva",
            "twelve douze doce zwölf dodici doze twaalf tolv",
        ),
        1,
    )
    for word in words.split()
}
SMALL_NUMBER = "|".join(sorted(_SMALL, key=len, reverse=True))
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−–", "0123456789---")
_POWER = regex(r"[eE]([-+]?\d+)\Z|[x×·*]\s?10(?:\^|\*\*)?[{(]?([-+]?\d+)[)}]?\Z")
_EITHER = regex(r"[1-9]\d{0,2}\.\d{3}")
_ENGLISH = regex(r"(?:thousand|million|billion|trillion|bn)\Z", re.I)
_ABOUT = regex(
    r"(?:\b(?:about|around|roughly|approx(?:imately|\.)?|circa|ca\.?|c\.|over|"
    r"nearly|almost|some|more than|at least|"
    r"etwa|ungefähr|rund|über|fast|environ|près de|plus de|alrededor de|cerca de|"
    r"más de|circa|oltre|"
    r"aproximadamente|mais de|ongeveer|ruim|omkring|ungefär|drygt|około|ponad|около|"
    r"примерно|более)|[~≈>≥]|约|約|大约)\s*\Z",
    re.I,
)
_BYTES = {
    "b": 1.0,
    "kb": 1e3,
    "mb": 1e6,
    "gb": 1e9,
    "tb": 1e12,
    "go": 1e9,
    "mo": 1e6,
    "гб": 1e9,
    "мб": 1e6,
}
_BINARY = {"kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30}
BYTES = rf"(?P<number>{NUMBER}){_SPACE}?(?P<unit>[KMG]i?B|[TGM]B|[GM]o|ГБ|МБ|G|M)(?![^\W_])"
"""A size in bytes."""


class Quantity(NamedTuple):
    """A number with the bounds of all that are rounded to it, and where it stands in its text."""

    value: float
    low: float
    high: float
    start: int = 0
    end: int = 0


def read_quantity(match: re.Match[str], comma: bool = False, units: bool = True) -> Quantity | None:
    """Read a match of `AMOUNT`, or of a pattern that holds it; None where it is no number.

    Parameters
    ----------
    comma
        Whether the text's language writes decimals with a comma.
    units
        Whether ``128k`` may be 128 x 1,024 as well.
    """
    number, word = match["number"], match.groupdict().get("word") or ""
    if len(word) > 1 and _EITHER.fullmatch(number) and not _ENGLISH.match(word):
        return None  # 6.700 millones: thousands or decimals
    read = _plain(number, comma, bool(word))
    if read is None:
        return None
    value, step = read
    times = _times(word)
    if word and len(word) == 1 and word.lower() == "k" and units:
        low, high = (value - step / 2) * 1e3, (value + step / 2) * 1024
    else:
        low, high = (value - step / 2) * times, (value + step / 2) * times
    if _ABOUT.search(match.string[max(0, match.start("number") - 24) : match.start("number")]):
        low, high = low * 0.85, high * 1.2
    start, end = match.start("number"), match.end("word" if word else "number")
    return Quantity(value * times, low, high, start, end)


def read_bytes(match: re.Match[str], comma: bool = False) -> Quantity | None:
    """Read a match of `BYTES`: GB may be meant as decimal or binary."""
    read = _plain(match["number"], comma, multiplied=True)
    if read is None:
        return None
    value, step = read
    unit = match["unit"].lower()
    if unit in _BINARY:
        size = _BINARY[unit]
        bounds = ((value - step / 2) * size, (value + step / 2) * size)
    else:
        size = _BYTES[unit if len(unit) > 1 else f"{unit}b"]
        binary = 1024.0 ** round(len(f"{size:.0f}") / 3)
        bounds = ((value - step / 2) * size, (value + step / 2) * max(size, binary))
    return Quantity(value * size, *bounds, match.start("number"), match.end("unit"))


def read_small(text: str) -> int | None:
    """A number up to twelve, in digits or in a word of one of eight languages.

    Examples
    --------
    >>> read_small("sechs")
    6
    """
    if text.isascii() and text.isdigit():
        return int(text)
    return _SMALL.get(text.lower())


def find_amounts(text: str, comma: bool = False) -> Iterator[Quantity]:
    """All numbers of a text in turn, with their multipliers.

    Examples
    --------
    >>> [amount.value for amount in find_amounts("7 Milliarden, 1e-05, 128k")]
    [7000000000.0, 1e-05, 128000.0]
    """
    for match in _ANY.finditer(text):
        if (quantity := read_quantity(match, comma)) is not None:
            yield quantity


SPELLED = r"0-9A-Za-z_\u00c0-\u052f"
"""Letters and digits of scripts with spaces between words."""
_ANY = regex(rf"(?<![\w.-]){AMOUNT}", re.I)
_COUNTED = regex(rf"(?<![{SPELLED}.,/]){AMOUNT}|(?<![\w-])(?P<small>{SMALL_NUMBER})(?![\w-])", re.I)
MARK, SMALL_MARK = "\ue000", "\ue001"
"""What stands in a marked text for each character of a number, and of a number in words."""


def mark_numbers(text: str, comma: bool = False) -> tuple[str, dict[int, Quantity]]:
    """A text of the same length without its numbers, and these by where they begin.

    Patterns that look for a number among words are short and fast on such a text.

    Examples
    --------
    >>> marked, numbers = mark_numbers("two of 7B")
    >>> len(marked), [number.value for number in numbers.values()]
    (9, [2.0, 7000000000.0])
    """
    numbers: dict[int, Quantity] = {}
    parts, place = [], 0
    for match in _COUNTED.finditer(text):
        small = match["small"]
        if small:
            value = float(read_small(small) or 0)
            quantity: Quantity | None = Quantity(value, value, value, *match.span())
        else:
            quantity = read_quantity(match, comma)
        if quantity is None:
            continue
        numbers[quantity.start] = quantity
        mark = SMALL_MARK if small else MARK
        parts += [text[place : quantity.start], mark * (quantity.end - quantity.start)]
        place = quantity.end
    return "".join([*parts, text[place:]]), numbers


def _times(word: str) -> float:
    if not word:
        return 1.0
    word = re.sub(r"\s+", " ", word)
    return next((value for pattern, value in _MULTIPLIERS.items() if pattern.match(word)), 1.0)


def _plain(number: str, comma: bool, multiplied: bool) -> tuple[float, float] | None:
    """A number without multiplier, and the step of its last digit."""
    number = number.translate(_SUPERSCRIPTS)
    power = _POWER.search(number)
    exponent = int(power[1] or power[2]) if power else 0
    if abs(exponent) > 30:
        return None
    digits = number[: power.start()].strip() if power else number
    whole, _, fraction = _split(digits, comma, multiplied)
    whole = re.sub(r"\D", "", whole)
    if not (whole or fraction) or len(whole) + len(fraction) > 24:
        return None
    if power and not multiplied:
        step = 0.0
    elif fraction:
        step = 10.0 ** -len(fraction)
    elif multiplied and len(whole) > 1:
        step = 10.0 ** (len(whole) - len(whole.rstrip("0"))) if int(whole) else 1.0
    else:
        step = 0.0 if not multiplied else 1.0
    value = float(f"{whole or 0}.{fraction or 0}e{exponent}")
    return value, step


def _split(digits: str, comma: bool, multiplied: bool) -> tuple[str, str, str]:
    """Where the decimals begin: the last point or comma, unless it groups thousands."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return digits, "", ""
    mark, tail = digits[last], digits[last + 1 :]
    other = "," if mark == "." else "."
    if other in digits or digits.count(mark) > 1 or re.search(r"['’٬_  \u202f]", digits):
        grouped = digits.count(mark) > 1 and other not in digits
        return (digits, "", "") if grouped else (digits[:last], mark, tail)
    if len(tail) == 3 and 1 <= last <= 3 and digits[:last].strip("0"):
        groups = mark == "," if not comma else mark == "."
        if groups and not (multiplied and mark == "."):
            return digits, "", ""
    return digits[:last], mark, tail
