"""Reviewed words in six languages, and numbers as each of them writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from cardiogram.lazy import regex
from cardiogram.names import DATA

LANGUAGES = ("en", "de", "fr", "es", "zh", "ja")
_GROUPS = {"en": ",", "zh": ",", "ja": ",", "de": ".", "es": ".", "fr": "\u202f"}
_WORD = regex(r"[^\W\d_]+")
_COMMA = ("de", "es", "fr")


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    """Headings, labels, sentences, and words for what they cite (data/improve/sentences.json)."""
    text = (DATA / "improve" / "sentences.json").read_text("utf-8")
    words: dict[str, dict[str, dict[str, str]]] = json.loads(text)
    return words


@cache
def _vocabulary(language: str) -> frozenset[str]:
    texts = (
        re.sub(r"\{[a-z]+\}", " ", said.get(language, ""))
        for said in _words()["sentences"].values()
    )
    return frozenset(word.casefold() for text in texts for word in _WORD.findall(text))


@dataclass(frozen=True, slots=True)
class DraftWords:
    """The words of one language; English labels and no sentences for any other than the six.

    Examples
    --------
    >>> DraftWords("de").integer(12400), DraftWords("de").count(6_738_415_616)
    ('12.400', '6,74B')
    """

    language: str

    @property
    def speaks(self) -> bool:
        """Whether sentences of this language were reviewed."""
        return self.language in LANGUAGES

    def heading(self, key: str) -> str:
        """The heading of a section."""
        return self._of("headings", key)

    def label(self, key: str) -> str:
        """The label of a fact, or a word beside a value."""
        return self._of("labels", key)

    def say(self, key: str, **values: str) -> str:
        """A sentence with its values; "" in a language without sentences."""
        return _words()["sentences"][key][self.language].format(**values) if self.speaks else ""

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in _words()["sentences"]

    @property
    def vocabulary(self) -> frozenset[str]:
        """Words of the reviewed sentences, in lower case."""
        return _vocabulary(self.language)

    @property
    def subjects(self) -> frozenset[str]:
        """Words of five letters or more of the labels, in lower case: what can be stated."""
        labels = (said.get(self.language, "") for said in _words()["labels"].values())
        words = (word.casefold() for label in labels for word in _WORD.findall(label))
        return frozenset(word for word in words if len(word) > 4) - self.vocabulary

    def sources_in(self, text: str) -> Iterator[str]:
        """Words of a text, in lower case, that say whose words are cited: "base model", "card"."""
        for said in _words()["sources"].values():
            word = said.get(self.language, "").casefold()
            if word and word in text.casefold():
                yield word

    def integer(self, number: float) -> str:
        """A whole number, with its thousands grouped."""
        mark = _GROUPS.get(self.language, "")
        return f"{round(number):,}".replace(",", mark)

    def decimal(self, number: float, digits: int = 6) -> str:
        """A number with so many digits at most; small ones as they are."""
        text = f"{number:.{digits}g}"
        if "e" in text:
            return text
        return text.replace(".", ",") if self.language in _COMMA else text

    def count(self, number: float) -> str:
        """A number of parameters, rounded to three digits."""
        for size, sign in ((1e9, "B"), (1e6, "M")):
            if number >= size:
                return self._three(number / size) + sign
        return self.integer(number)

    def size(self, number: float) -> str:
        """Bytes, rounded to three digits."""
        for size, sign in ((1e9, "GB"), (1e6, "MB"), (1e3, "KB")):
            if number >= size:
                return f"{self._three(number / size)} {sign}"
        return f"{number:.0f} bytes"

    def _three(self, number: float) -> str:
        digits = 0 if number >= 99.95 else 1 if number >= 9.995 else 2
        text = f"{number:.{digits}f}"
        return text.replace(".", ",") if self.language in _COMMA else text

    def _of(self, kind: str, key: str) -> str:
        words = _words()[kind][key]
        return words.get(self.language) or words["en"]
