"""Facts that a card states in its words or code, each told by a few literal phrases.

Values are the number of different phrases found, up to 9, so that saying one word often gains
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from importlib import resources
from typing import NamedTuple

from cardiogram.cards.card import Card
from cardiogram.cards.phrases import PhraseIndex, list_words, lower_bytes
from cardiogram.store import SCORES


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


class Visible(NamedTuple):
    """Text in lower case, as UTF-8, with those of its words that matter."""

    lower: bytes
    words: AbstractSet[bytes]

    @classmethod
    def every(cls, text: str) -> Visible:
        """A text with all its words."""
        lower = lower_bytes(text)
        return cls(lower, frozenset(list_words(lower)))

    @classmethod
    def of(cls, texts: Iterable[str], known: frozenset[bytes]) -> Visible:
        """Join texts, and find the known words in them."""
        lower = lower_bytes("\n".join(texts))
        return cls(lower, known.intersection(list_words(lower)))


class About(NamedTuple):
    """What a block of text is about by its words.

    Attributes
    ----------
    topics
        Topics of which it names at least one word; most blocks name none.
    void
        Whether it tells a reader nothing: it speaks to a judge, or lists keywords.
    """

    topics: Sequence[str]
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
        self._topics_of = {
            word: [topic for topic, known in self.topics.items() if word in known]
            for word in frozenset[bytes]().union(*self.topics.values())
        }
        self.words = frozenset(self._topics_of)
        self._addressed = PhraseIndex({"to_a_judge": addressed})
        self._function = frozenset(word.encode() for word in function_words)

    def read(self, text: str, words: Sequence[bytes], known: AbstractSet[bytes]) -> About:
        """Tell what a block is about.

        Parameters
        ----------
        text
            The block.
        words, known
            Its words in their order, and those of them that :data:`LEXICON` knows.
        """
        named = self.words & known
        topics = list({topic for word in named for topic in self._topics_of[word]})
        if not text.isascii():
            topics += [topic for word, topic in self._unspaced if word in text]
        void = len(words) >= _LIST_WORDS and len(named) > 2 and self._is_list(words)
        if not void and not _JUDGE_WORDS.isdisjoint(known):
            void = self.speaks_to_judge(text, words)
        return About(topics, void)

    def is_void_code(self, text: str) -> bool:
        """Whether a block of code asks for a rating; what may is told before it is split."""
        may = any(word in text.lower() for word in _IN_CODE)
        return may and self.speaks_to_judge(text, list_words(lower_bytes(text)))

    def speaks_to_judge(self, text: str, words: Sequence[bytes]) -> bool:
        """Whether a block asks for a rating, or says one in the rubric's own words.

        Parameters
        ----------
        text
            The block.
        words
            Its words in their order.
        """
        different = frozenset(words)
        if len(_RUBRIC_WORDS & different) >= _RUBRIC_SHARE:
            return True
        return bool(self._addressed.count(lower_bytes(text), different))

    def _is_list(self, words: Sequence[bytes]) -> bool:
        """Whether most words are keywords and nothing holds them together."""
        keywords = sum(map(self.words.__contains__, words))
        if keywords < _LIST_SHARE * len(words):
            return False
        held = sum(map(self._function.__contains__, words))
        return held < _FUNCTION_SHARE * len(words)


_LIST_WORDS, _LIST_SHARE, _FUNCTION_SHARE = 14, 0.22, 0.08
_JUDGE_WORDS = frozenset(
    b"ignore disregard rate judge evaluator reviewers judges graders rubric score scores rating "
    b"criteria criterion penalised penalized overall 5".split()
)
_IN_CODE = ("judge", "overall", "rate this", "rate it", "grader")
_RUBRIC_WORDS = frozenset(name.encode() for name in SCORES)
_RUBRIC_SHARE = 7
"""A block with so many of the nine names of a rating is a rating, or a rubric, and no card."""
CONTENT = ContentIndex(
    PHRASES["content"],
    PHRASES["addressed"]["to_a_judge"],
    PHRASES["function_words"]["words"],
)

PROSE = PhraseIndex(PHRASES["prose"])
MAKERS = PhraseIndex(PHRASES["generators"])
HEDGES, MEASURES, SETTINGS, UNITS = (
    frozenset(word.encode() for word in PHRASES["values"][name])
    for name in ("hedges", "measures", "settings", "units")
)
"""Words that make a limit of a sentence, and those that give a number its meaning."""
LEXICON = frozenset[bytes]().union(
    CONTENT.words, _JUDGE_WORDS, HEDGES, MEASURES, SETTINGS, UNITS, PROSE.words, MAKERS.words
)
"""Words by which blocks are read."""

CODE = PhraseIndex(PHRASES["code"])
LINKS = PhraseIndex(PHRASES["links"])


def find_facts(card: Card, prose: Visible, code: Visible) -> dict[str, int]:
    """Facts stated in a card.

    Parameters
    ----------
    prose
        The card's visible text, each block once.
    code
        The card's code, each block once.

    Returns
    -------
    dict
        Fact name to the number of different phrases found (1-9); facts not found are left out.
    """
    links = Visible.of([link.target for link in card.document.links], LINKS.words)
    facts = CODE.count(code.lower, code.words)
    facts |= PROSE.count(prose.lower, prose.words)
    facts |= LINKS.count(links.lower, links.words)
    id = card.id.lower().encode("utf-8", "surrogatepass")
    if name := id.rpartition(b"/")[2]:
        facts["names_itself_in_code"] = (id in code.lower) + (name in code.lower)
        facts["names_itself"] = int(name in prose.lower)
    return facts
