"""Sentences that build on what they say: another number would make the rest of them false."""

from __future__ import annotations

import re

from cardiogram.lazy import regex

_CONCLUDES = {
    "en": "so|thus|hence|therefore|consequently|accordingly|because|since|which|enough|means|"
    "allows?|allowing|fits?|making|makes",
    "de": "also|somit|daher|deshalb|deswegen|damit|folglich|sodass|weil|wodurch|reicht|"
    "passt|passen",
    "fr": "donc|ainsi|alors|car|parce|puisque|permet|permettent|suffit|suffisant",
    "es": "así|luego|entonces|porque|pues|permite|permiten|basta|suficiente|cabe|caben",
    "sv": "så|därför|alltså|därmed|eftersom|vilket|räcker|ryms",
}
_COMPARES = {
    "en": r"than|faster|slower|larger|bigger|smaller|longer|shorter|higher|lower|better|worse|"
    r"twice|double|half|times|same|compared|versus|vs|only|just|more|less|most|least|as \w+ as",
    "de": "als|schneller|größer|kleiner|länger|kürzer|höher|niedriger|besser|doppelt|halb|"
    "gleich|gegenüber|nur|mehr|weniger",
    "fr": "que|plus|moins|aussi|double|moitié|seulement|comparé",
    "es": "que|más|menos|tan|doble|mitad|solo|sólo|comparado",
    "sv": "än|snabbare|större|mindre|längre|kortare|högre|lägre|bättre|dubbelt|hälften|bara|mer",
}
_UNSPACED = regex("所以|因此|因为|因而|从而|足以|比|更|だから|したがって|そのため|ので|より|だけ")
_SENTENCE = regex(r"[.!?。！？]+(?:\s+|$)")


def builds_on(text: str, quote: str, language: str) -> bool:
    """Whether the sentence of a quote concludes or compares, or the next one concludes.

    Examples
    --------
    >>> builds_on("It takes 32k tokens, so whole reports fit.", "32k tokens", "en")
    True
    >>> builds_on("It takes 32k tokens. It reads English.", "32k tokens", "en")
    False
    """
    at = text.find(quote)
    stops = [match.end() for match in _SENTENCE.finditer(text)]
    start = max((stop for stop in stops if stop <= max(at, 0)), default=0)
    end = next((stop for stop in stops if stop >= at + len(quote)), len(text))
    said = text[start:end]
    following = re.match(r"\W*(\w+)", text[end:])
    languages = dict.fromkeys([language, "en"]) if language in _CONCLUDES else ("en",)
    return bool(_UNSPACED.search(said)) or any(
        _has(f"{_CONCLUDES[each]}|{_COMPARES[each]}", said)
        or (following is not None and _has(_CONCLUDES[each], following[1]))
        for each in languages
    )


def _has(words: str, text: str) -> bool:
    return re.search(rf"\b(?:{words})\b", text, re.IGNORECASE) is not None
