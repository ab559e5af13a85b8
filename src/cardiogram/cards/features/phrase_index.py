"""Which of many literal phrases a text contains.

Phrases are searched for, not parsed: no pattern here can backtrack. A phrase counts only where its
longest word is among the text's words. The last word of a phrase that starts with ``~`` may go on:
"~classif" finds "classification".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set as AbstractSet
from functools import cache, cached_property

from cardiogram.cards.features.literals import LiteralSearch

TO_WORDS = bytes(
    byte if chr(byte).isalnum() or byte >= 128 or chr(byte) == "_" else 32 for byte in range(256)
)
_BLANKS = b" \t\n\r\v\f"
_BLANK = ord(" ")
_STEM = 4
"""Characters by which some word must begin as a phrase of one word that may go on does."""
_MOST = 9


def lower_bytes(text: str) -> bytes:
    """A text in lower case, as UTF-8: bytes are searched faster, and every letter is as wide."""
    return text.lower().encode("utf-8", "replace")


def list_words(lower: bytes) -> list[bytes]:
    """The words of a text from :func:`lower_bytes`, in their order."""
    return lower.translate(TO_WORDS).split()


class PhraseIndex:
    """Phrases of several features.

    Parameters
    ----------
    groups
        Name of a feature to its phrases, lower case.

    Attributes
    ----------
    words
        Whole words that decide which phrases count.
    groups
        Names of the features.
    phrases
        All phrases, those of one word last.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._name_of_word: dict[bytes, list[str]] = defaultdict(list)
        self._name: list[str] = []
        self._needs: list[bytes] = []
        self._texts: list[bytes] = []
        for name, phrases in groups.items():
            for phrase in phrases:
                plain = phrase.lstrip("~").encode()
                need = plain if phrase.isalnum() and phrase.isascii() else _needed_word(phrase)
                if plain == need:
                    self._name_of_word[need].append(name)
                else:
                    self._texts.append(plain)
                    self._name.append(name)
                    self._needs.append(need)
        self._single = frozenset(self._name_of_word)
        needs = list(enumerate(self._needs))
        self._stems = frozenset(number for number, need in needs if need.startswith(b" "))
        self.words: frozenset[bytes] = self._single.union(
            need for need in self._needs if need.strip() == need != b""
        )
        self.groups: frozenset[str] = frozenset(groups)
        self.phrases: tuple[bytes, ...] = (*self._texts, *sorted(self._single))

    def count(self, text: bytes, words: AbstractSet[bytes]) -> dict[str, int]:
        """Count the different phrases of each feature that stand in a text, at most 9.

        Parameters
        ----------
        text
            From :func:`lower_bytes`.
        words
            Its words, or those of them that :attr:`words` has.
        """
        counts: dict[str, int] = {}
        for name in self._find(text, words):
            counts[name] = counts.get(name, 0) + 1
        return {name: count if count < _MOST else _MOST for name, count in counts.items()}

    def names(
        self, text: bytes, words: AbstractSet[bytes], may: Iterable[int] | None = None
    ) -> set[str]:
        """Names of the features of which a text has a phrase; see :meth:`count`.

        Parameters
        ----------
        may
            Numbers of the phrases that may stand there, where they are known.
        """
        if may is None:
            return set(self._find(text, words))
        places = {number: text.find(self.phrases[number]) for number in may}
        some = {n: place for n, place in places.items() if place >= 0 and n < len(self._texts)}
        return set(self._find(text, words, some))

    def names_in(self, text: bytes, may: Iterable[int]) -> set[str]:
        """As :meth:`names`, of a text whose words nobody has listed; any blanks in it are one."""
        named: set[str] = set()
        spaced = b""
        for number in may:
            phrase, (need, features, is_whole) = self.phrases[number], self._wanted[number]
            first = text.find(phrase.partition(b" ")[0])
            if first < 0 or not _with_any_blanks(phrase).search(text, first):
                continue
            if not is_whole:
                spaced = spaced or b" %b " % text.translate(TO_WORDS)
            if is_whole or need in spaced:
                named.update(features)
        return named

    @cached_property
    def _literals(self) -> LiteralSearch:
        return LiteralSearch(self._texts, self._needs)

    @cached_property
    def _wanted(self) -> list[tuple[bytes, list[str], bool]]:
        """Of each phrase what must stand in a text, its names, and whether it has that itself."""
        needs = [need if need[:1] in (b"", b" ") else b" %b " % need for need in self._needs]
        needs += [b" %b " % word for word in sorted(self._single)]
        of = [[name] for name in self._name]
        of += [self._name_of_word[word] for word in sorted(self._single)]
        has = [n in text.translate(TO_WORDS) for n, text in zip(needs, self.phrases, strict=True)]
        return list(zip(needs, of, has, strict=True))

    def _find(
        self, text: bytes, words: AbstractSet[bytes], places: Mapping[int, int] | None = None
    ) -> list[str]:
        """The name of each different phrase that counts, of those at some places if given."""
        needs, name_of = self._needs, self._name
        matched = [name for word in self._single & words for name in self._name_of_word[word]]
        places = self._literals.search(text, words) if places is None else places
        matched += [name_of[n] for n in places if (need := needs[n]) in words or not need]
        spaced = b""
        for number in self._stems.intersection(places):
            place = places[number]
            if place and TO_WORDS[text[place - 1]] != _BLANK:  # another may begin a word
                spaced = spaced or b" " + text.translate(TO_WORDS)
                if needs[number] not in spaced:
                    continue
            matched.append(name_of[number])
        return matched


class SharedSearch:
    """Phrases of several indexes, searched at once where blanks do not count.

    Parameters
    ----------
    indexes
        Whose phrases are looked for.
    """

    def __init__(self, *indexes: PhraseIndex) -> None:
        self._number = [
            (place, number)
            for place, index in enumerate(indexes)
            for number in range(len(index.phrases))
        ]
        phrases = [phrase for index in indexes for phrase in index.phrases]
        self._literals = LiteralSearch([phrase.translate(None, _BLANKS) for phrase in phrases])
        self._indexes = len(indexes)

    def search(self, text: bytes) -> list[list[int]]:
        """Numbers of the phrases of each index that may stand in a text."""
        may: list[list[int]] = [[] for _ in range(self._indexes)]
        for hit in self._literals.search(text.translate(None, _BLANKS)):
            place, number = self._number[hit]
            may[place].append(number)
        return may


@cache
def _with_any_blanks(phrase: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\s+".join(map(re.escape, phrase.split(b" "))))


def _needed_word(phrase: str) -> bytes:
    """The word that a text must have for a phrase to count.

    Of a single word that may go on its beginning, after a space; none for a phrase without words
    or in letters beyond ASCII.
    """
    plain = phrase.lstrip("~").encode()
    words = list_words(plain)
    if phrase.startswith("~"):
        *words, last = words
        if len(last) >= _STEM and not words:
            return b" " + last[:_STEM]
    if not plain.isascii():
        return b""
    return max(sorted(words), key=len, default=b"")
