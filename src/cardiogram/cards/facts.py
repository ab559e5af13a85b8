"""Facts that a card states in its words or code, each told by a few literal phrases.

Phrases are searched, not parsed: no pattern here can backtrack. Values are the number of
different phrases found, up to 9, so that saying one word often gains nothing.

A phrase is looked for only where its longest word is among the card's words. The last word of a
phrase that starts with ``~`` may go on: "~classif" finds "classification".
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
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
)

_TO_WORDS = bytes(
    byte if chr(byte).isalnum() or byte >= 128 or chr(byte) == "_" else 32 for byte in range(256)
)


_STEM = 4
"""Characters by which the beginnings of words are looked up."""


class PhraseIndex:
    """Which of many phrases a text contains, found from its words.

    Parameters
    ----------
    groups
        Name of a fact to its phrases, lower case.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self._always: list[tuple[str, str]] = []
        self._foreign: list[tuple[str, str]] = []
        self._is_word: dict[bytes, list[str]] = defaultdict(list)
        self._by_word: dict[bytes, list[tuple[str, str]]] = defaultdict(list)
        self._by_stem: dict[bytes, list[tuple[str, str]]] = defaultdict(list)
        for name, phrases in groups.items():
            for phrase in phrases:
                self._add(name, phrase)
        self._single, self._words = frozenset(self._is_word), frozenset(self._by_word)
        self._stems = frozenset(self._by_stem)

    def _add(self, name: str, phrase: str) -> None:
        plain = phrase.lstrip("~")
        words = plain.encode().translate(_TO_WORDS).split()
        if phrase.startswith("~"):
            *words, last = words
            if len(last) >= _STEM and not words:
                self._by_stem[last[:_STEM]].append((name, plain))
                return
        if not plain.isascii():
            self._foreign.append((name, plain))
        elif plain.encode() == b"".join(words):
            self._is_word[words[0]].append(name)
        elif words:
            self._by_word[max(sorted(words), key=len)].append((name, plain))
        else:
            self._always.append((name, plain))

    def count(self, text: str, words: AbstractSet[bytes]) -> dict[str, int]:
        """Count the different phrases of each fact that stand in a text, at most 9.

        Parameters
        ----------
        text
            Lower case.
        words
            At least its words, from :func:`split_words`.
        """
        if not text:
            return {}
        names = [name for word in words & self._single for name in self._is_word[word]]
        maybe = [pair for word in words & self._words for pair in self._by_word[word]]
        if self._stems:
            stems = self._stems & {word[:_STEM] for word in words}
            maybe += [pair for stem in stems for pair in self._by_stem[stem]]
        if not text.isascii():
            maybe += self._foreign
        names += [name for name, phrase in maybe if phrase in text]
        names += [name for name, phrase in self._always if phrase in text]
        return {name: min(count, 9) for name, count in Counter(names).items()}


def split_words(lower: str) -> frozenset[bytes]:
    """Split a lower-case text into its different words, as UTF-8."""
    return frozenset(lower.encode("utf-8", "replace").translate(_TO_WORDS).split())


@dataclass(frozen=True, slots=True)
class Visible:
    """Text in lower case with its words."""

    lower: str
    words: AbstractSet[bytes]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Visible:
        """Join texts and split them into words."""
        lower = "\n".join(texts).lower()
        return cls(lower, split_words(lower))


@dataclass(frozen=True, slots=True)
class About:
    """What a block of text is about by its words.

    Attributes
    ----------
    topics
        Topics of which it names at least one word; most blocks name none.
    void
        Whether it tells a reader nothing: it speaks to a judge, or lists keywords.
    words
        Its different words.
    """

    topics: Sequence[str]
    words: AbstractSet[bytes]
    void: bool = False


class ContentIndex:
    """What a block is about by its words, for text that no heading announces.

    Parameters
    ----------
    topics
        Words by topic; those of scripts without spaces start with ``~``.
    addressed
        Phrases that speak to a judge and not to a reader.
    function_words
        Words that hold sentences together; lists of keywords have none.
    """

    def __init__(
        self,
        topics: Mapping[str, Sequence[str]],
        addressed: Sequence[str],
        function_words: Sequence[str],
    ) -> None:
        self.topics = {
            topic: frozenset(w.encode() for w in words if not w.startswith("~"))
            for topic, words in topics.items()
        }
        self._unspaced = [
            (word.lstrip("~"), topic)
            for topic, words in topics.items()
            for word in words
            if word.startswith("~")
        ]
        self._known = frozenset().union(*self.topics.values())
        self._addressed = PhraseIndex({"to_a_judge": addressed})
        self._function = frozenset(word.encode() for word in function_words)

    def read(self, text: str) -> About:
        """Tell what a block is about."""
        lower = text.lower()
        words = lower.encode("utf-8", "replace").translate(_TO_WORDS).split()
        different = frozenset(words)
        named = different & self._known
        if named or not text.isascii():
            topics = [name for name, known in self.topics.items() if known & named]
            topics += [topic for word, topic in self._unspaced if word in text]
        else:
            topics = []
        void = len(words) >= _LIST_WORDS and len(named) > 2 and self._is_list(words)
        if not void and not different.isdisjoint(_JUDGE_WORDS):
            void = bool(self._addressed.count(lower, different))
        return About(topics, different, void)

    def _is_list(self, words: Sequence[bytes]) -> bool:
        """Whether most words are keywords and nothing holds them together."""
        keywords = sum([word in self._known for word in words])
        if keywords < _LIST_SHARE * len(words):
            return False
        held = sum([word in self._function for word in words])
        return held < _FUNCTION_SHARE * len(words)


_LIST_WORDS, _LIST_SHARE, _FUNCTION_SHARE = 14, 0.22, 0.08
_JUDGE_WORDS = frozenset(
    b"ignore disregard rate judge evaluator reviewers judges graders rubric score scores rating "
    b"criteria criterion penalised penalized overall 5".split()
)
CONTENT = ContentIndex(
    PHRASES["content"],
    PHRASES["addressed"]["to_a_judge"],
    PHRASES["function_words"]["words"],
)

_CODE_INDEX = PhraseIndex(PHRASES["code"])
_PROSE_INDEX = PhraseIndex(PHRASES["prose"])
_LINK_INDEX = PhraseIndex(PHRASES["links"])


def find_facts(card: Card, prose: Visible, code: Visible) -> dict[str, int]:
    """Facts stated in a card.

    Parameters
    ----------
    prose, code
        The card's visible text and its code, each block once.

    Returns
    -------
    dict
        Fact name to the number of different phrases found (1-9); facts not found are left out.
    """
    links = Visible.of([link.target for link in card.document.links])
    found = _CODE_INDEX.count(code.lower, code.words)
    found |= _PROSE_INDEX.count(prose.lower, prose.words)
    found |= _LINK_INDEX.count(links.lower, links.words)
    name = card.id.rpartition("/")[2].lower()
    if name:
        found["names_itself_in_code"] = (card.id.lower() in code.lower) + (name in code.lower)
        found["names_itself"] = int(name in prose.lower)
    return found
