"""Which of many literal phrases a text contains, found from its words.

Phrases are searched, not parsed: no pattern here can backtrack. A phrase is looked for only where
its longest word is among the text's words. The last word of a phrase that starts with ``~`` may go
on: "~classif" finds "classification".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

_TO_WORDS = bytes(
    byte if chr(byte).isalnum() or byte >= 128 or chr(byte) == "_" else 32 for byte in range(256)
)
_AFFIX = 4
"""Characters by which the beginnings and ends of words are looked up."""
_MOST = 9
_REMEMBERED = 1 << 16


def lower_bytes(text: str) -> bytes:
    """A text in lower case, as UTF-8: bytes are searched faster, and every letter is as wide."""
    return text.lower().encode("utf-8", "replace")


def list_words(lower: bytes) -> list[bytes]:
    """The words of a text from :func:`lower_bytes`, in their order."""
    return lower.translate(_TO_WORDS).split()


class Lexicon(dict[bytes, "bytes | None"]):
    """Words to themselves where they matter to one of some indexes, else to None.

    Words that are not listed matter by how they begin or end. What was found of a word is
    remembered, up to a bound.

    Parameters
    ----------
    words
        Words that matter.
    indexes
        Indexes of phrases, whose words matter too.
    """

    def __init__(self, words: Iterable[bytes], indexes: Sequence[PhraseIndex]) -> None:
        self._listed = frozenset(words).union(*(index.words for index in indexes))
        self._begins = frozenset[bytes]().union(*(index.begins for index in indexes))
        self._ends = frozenset[bytes]().union(*(index.ends for index in indexes))
        self.forget()

    def __missing__(self, word: bytes) -> bytes | None:
        if len(self) >= _REMEMBERED:
            self.forget()
        matters = word[:_AFFIX] in self._begins or word[-_AFFIX:] in self._ends
        found = self[word] = word if matters else None
        return found

    def forget(self) -> None:
        """Forget all words but those listed."""
        self.clear()
        self.update(zip(self._listed, self._listed, strict=True))

    def choose(self, words: Iterable[bytes]) -> frozenset[bytes]:
        """The words that matter."""
        return frozenset(filter(None, map(self.__getitem__, words)))


class PhraseIndex:
    """Phrases of several facts.

    Parameters
    ----------
    groups
        Name of a fact to its phrases, lower case.

    Attributes
    ----------
    words, begins, ends
        Whole words, beginnings and ends of words that decide where phrases are looked for.
    facts
        Names of the facts.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._name: list[str] = []
        self._text: list[bytes] = []
        self._always: list[int] = []
        self._foreign: list[int] = []
        self._is_word: dict[bytes, list[int]] = defaultdict(list)
        self._by_word: dict[bytes, list[int]] = defaultdict(list)
        self._by_stem: dict[bytes, list[int]] = defaultdict(list)
        self._hides: dict[int, bytes] = {}
        for name, phrases in groups.items():
            for phrase in phrases:
                self._add(name, phrase)
        self._single, self._longest = frozenset(self._is_word), frozenset(self._by_word)
        self._stems, self.ends = frozenset(self._by_stem), frozenset(self._hides.values()) - {b""}
        self.begins = self._stems | self.ends
        self._longer = self._find_longer()
        self._go_on = frozenset(self._longer)
        self.words = self._single | self._longest
        self.facts = frozenset(groups)

    def _add(self, name: str, phrase: str) -> None:
        number, plain = len(self._name), phrase.lstrip("~").encode()
        self._name.append(name)
        self._text.append(plain)
        words = list_words(plain)
        if phrase.startswith("~"):
            *words, last = words
            if len(last) >= _AFFIX and not words:
                self._by_stem[last[:_AFFIX]].append(number)
                self._hides[number] = b""
                return
        if not plain.isascii():
            self._foreign.append(number)
        elif plain == b"".join(words):
            self._is_word[words[0]].append(number)
        elif words:
            longest = max(sorted(words), key=len)
            self._by_word[longest].append(number)
            affix = _open_end(plain, longest)
            if affix is not None:
                self._hides[number] = affix
        else:
            self._always.append(number)

    def _find_longer(self) -> dict[bytes, frozenset[bytes]]:
        """Longest words that go on where another ends, and the affixes that they share."""
        pairs = [
            (word, affix)
            for word, numbers in self._by_word.items()
            for affix in [self._hides.get(number) for number in numbers]
            if affix
        ]
        found: dict[bytes, set[bytes]] = defaultdict(set)
        for word in self._by_word:
            for other, affix in pairs:
                if word != other and word.startswith(other) | word.endswith(other):
                    found[word].add(affix)
        return {word: frozenset(affixes) for word, affixes in found.items()}

    def count(self, text: bytes, words: AbstractSet[bytes]) -> dict[str, int]:
        """Count the different phrases of each fact that stand in a text, at most 9.

        Parameters
        ----------
        text
            From :func:`lower_bytes`.
        words
            At least its words.
        """
        if not text:
            return {}
        numbers = set(self.search(text, words))
        for word in words & self._single:
            numbers.update(self._is_word[word])
        return self._tally(numbers)

    def names(self, text: bytes, words: AbstractSet[bytes]) -> set[str]:
        """Names of the facts of which a text has a phrase; see :meth:`count`."""
        names = {
            self._name[number] for word in words & self._single for number in self._is_word[word]
        }
        for number in self._candidates(text, words):
            name = self._name[number]
            if name not in names and self._text[number] in text:
                names.add(name)
        return names

    def search(self, text: bytes, words: AbstractSet[bytes]) -> list[int]:
        """Numbers of the phrases of several words in one block; :meth:`count_in` needs them.

        Parameters
        ----------
        text
            From :func:`lower_bytes`.
        words
            Those of its words that matter, of a :class:`Lexicon`, or more of them.
        """
        known = self._text
        return [n for n in self._candidates(text, words) if known[n] in text]

    def count_in(
        self, text: bytes, words: AbstractSet[bytes], found: Iterable[int]
    ) -> dict[str, int]:
        """Count as :meth:`count` does in a text that was searched block by block.

        A phrase that stands in no block with its longest word may still stand in another, where
        that word is part of a longer one.

        Parameters
        ----------
        text
            The blocks, joined by line ends.
        words, found
            Words of all blocks that matter, and what :meth:`search` found in any.
        """
        numbers = set(found)
        longest = words & self._longest
        others = words - longest
        affixes = {b"", *[word[:_AFFIX] for word in others], *[word[-_AFFIX:] for word in others]}
        for word in longest & self._go_on:
            affixes |= self._longer[word]
        hides, known = self._hides, self._text
        for number in self._candidates(b"", words):
            if hides.get(number) in affixes and number not in numbers and known[number] in text:
                numbers.add(number)
        for word in words & self._single:
            numbers.update(self._is_word[word])
        return self._tally(numbers)

    def _candidates(self, text: bytes, words: AbstractSet[bytes]) -> list[int]:
        """Phrases that may stand in a text with such words."""
        numbers = list(self._always)
        for word in words & self._longest:
            numbers += self._by_word[word]
        if self._stems:
            for stem in self._stems.intersection([word[:_AFFIX] for word in words]):
                numbers += self._by_stem[stem]
        if self._foreign and not text.isascii():
            numbers += self._foreign
        return numbers

    def _tally(self, numbers: Iterable[int]) -> dict[str, int]:
        """Number of phrases by fact."""
        counts: dict[str, int] = {}
        for number in numbers:
            name = self._name[number]
            counts[name] = counts.get(name, 0) + 1
        return {name: min(count, _MOST) for name, count in counts.items()}


def _open_end(phrase: bytes, word: bytes) -> bytes | None:
    """How a longer word would begin or end that could hide a phrase's word.

    None where the phrase has it between others, so that no longer word can; b"" for any.
    """
    spaced = phrase.translate(_TO_WORDS)
    if b" %b " % word in spaced:
        return None
    first, last = spaced.startswith(word + b" "), spaced.endswith(b" " + word)
    if len(word) < _AFFIX or first == last:
        return b""
    return word[-_AFFIX:] if first else word[:_AFFIX]
