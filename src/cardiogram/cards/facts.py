"""Facts that a card states in its words or code, each told by a few literal phrases.

Phrases are searched, not parsed: no pattern here can backtrack. Values are the number of
different phrases found, up to 9, so that saying one word often gains nothing.

A phrase is looked for only where its longest word is among the card's words. A phrase that
starts with ``~`` is part of a word ("~classif") and looked for in any case.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from importlib import resources

from cardiogram.cards.card import Card


def _load_phrases() -> dict[str, dict[str, list[str]]]:
    file = resources.files("cardiogram") / "data" / "phrases.json"
    found: dict[str, dict[str, list[str]]] = json.loads(file.read_text("utf-8"))
    return found


PHRASES = _load_phrases()
"""Phrases by where they are looked for (code, prose, links, generators) and by fact."""

FACTS: tuple[str, ...] = (
    *PHRASES["code"],
    *PHRASES["prose"],
    *PHRASES["links"],
    "names_itself_in_code",
    "names_itself",
    "hardware_named",
    "metric_values",
)

_METRIC_VALUE = re.compile(
    r"\b(?:accuracy|f1|bleu|wer|cer|loss|rouge\w{0,4}|precision|recall|perplexity|reward|score)\b"
    r"[^\n\d]{0,20}\d",
)
_HARDWARE = re.compile(r"\b(?:a100|v100|h100|h800|h200|t4|tpu|rtx ?\d{4}|a6000|p100|l40|mi250)\b")
_TO_WORDS = bytes(
    byte if chr(byte).isalnum() or byte >= 128 or chr(byte) == "_" else 32 for byte in range(256)
)


class PhraseIndex:
    """Which of many phrases a text contains, found from its words.

    Parameters
    ----------
    groups
        Name of a fact to its phrases, lower case.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._always: list[tuple[str, str]] = []
        self._by_word: dict[bytes, list[tuple[str, str]]] = defaultdict(list)
        for name, phrases in groups.items():
            for phrase in phrases:
                words = split_words(phrase)
                if phrase.startswith("~") or not phrase.isascii() or not words:
                    self._always.append((name, phrase.lstrip("~")))
                else:
                    self._by_word[max(sorted(words), key=len)].append((name, phrase))
        self._words = frozenset(self._by_word)

    def count(self, text: str, words: AbstractSet[bytes]) -> dict[str, int]:
        """Number of different phrases of each fact that stand in a text, at most 9.

        Parameters
        ----------
        text
            Lower case.
        words
            At least the words of the text, from :func:`split_words`.
        """
        found: dict[str, int] = {}
        if not text:
            return found
        for word in words & self._words:
            for name, phrase in self._by_word[word]:
                if phrase in text:
                    found[name] = found.get(name, 0) + 1
        for name, phrase in self._always:
            if phrase in text:
                found[name] = found.get(name, 0) + 1
        return {name: min(count, 9) for name, count in found.items()}


def split_words(lower: str) -> AbstractSet[bytes]:
    """The different words of a lower-case text, as UTF-8."""
    return frozenset(lower.encode("utf-8", "replace").translate(_TO_WORDS).split())


_CODE_INDEX = PhraseIndex(PHRASES["code"])
_PROSE_INDEX = PhraseIndex(PHRASES["prose"])
_LINK_INDEX = PhraseIndex(PHRASES["links"])


def find_facts(card: Card, words: AbstractSet[bytes], prose: str, code: str) -> dict[str, int]:
    """Facts stated in a card.

    Parameters
    ----------
    words
        Words of the whole card, from :func:`split_words`.
    prose, code
        The card's visible text and its code, each block once.

    Returns
    -------
    dict
        Fact name to the number of different phrases found (1-9); facts not found are left out.
    """
    prose, code = prose.lower(), code.lower()
    links = "\n".join(link.target for link in card.document.links).lower()
    found = _CODE_INDEX.count(code, words)
    found |= _PROSE_INDEX.count(prose, words)
    found |= _LINK_INDEX.count(links, words)
    name = card.id.rpartition("/")[2].lower()
    if name:
        found["names_itself_in_code"] = int(card.id.lower() in code) + int(name in code)
        found["names_itself"] = int(name in prose)
    if "says_hardware" in found:
        found["hardware_named"] = min(len(set(_HARDWARE.findall(prose))), 9)
    if "says_metric" in found:
        found["metric_values"] = min(len(_METRIC_VALUE.findall(prose)), 9)
    return found
