"""Features that a card states in its words or code, each told by a few literal phrases.

Values are the number of different phrases found, up to 9, so that saying one word often gains
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set as AbstractSet

from cardiogram.cards.card import Card
from cardiogram.cards.features.phrase_index import PhraseIndex, list_words, lower_bytes
from cardiogram.names import DATA, SCORES
from cardiogram.records import NamedTuple


def _load_phrases() -> dict[str, dict[str, list[str]]]:
    file = DATA / "phrases.json"
    phrases: dict[str, dict[str, list[str]]] = json.loads(file.read_text("utf-8"))
    return phrases


PHRASES = _load_phrases()
"""Phrases by where they are looked for (code, prose, links, generators) and by feature."""

MENTIONS: tuple[str, ...] = (
    *PHRASES["code"],
    *PHRASES["prose"],
    *PHRASES["links"],
    "names_itself_in_code",
    "names_itself",
)

STATED = tuple(name for name in PHRASES["prose"] if name != "says_placeholder")
"""Features that a card's prose can state."""


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

    Attributes
    ----------
    topics
        Words by topic, but those without spaces.
    words
        The words of all topics.
    """

    def __init__(
        self,
        topics: Mapping[str, Sequence[str]],
        addressed: Sequence[str],
        function_words: Sequence[str],
    ) -> None:
        self.topics: dict[str, frozenset[bytes]] = {
            topic: frozenset(w.encode() for w in words if not w.startswith("~"))
            for topic, words in topics.items()
        }
        self._unspaced = [
            (word.lstrip("~"), topic)
            for topic, words in topics.items()
            for word in words
            if word.startswith("~")
        ]
        self.words: frozenset[bytes] = frozenset[bytes]().union(*self.topics.values())
        self._addressed = PhraseIndex({"to_a_judge": addressed})
        self.function_words: frozenset[bytes] = frozenset(word.encode() for word in function_words)

    def named_without_spaces(self, text: str) -> list[str]:
        """Topics of the words without spaces that a text has, one for each such word."""
        return [topic for word, topic in self._unspaced if word in text]

    def is_void_code(self, text: str) -> bool:
        """Whether a block of code asks for a rating; what may is told before it is split."""
        lower = text.lower()
        may = any([word in lower for word in _IN_CODE])
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

    def is_list(self, words: Sequence[bytes], listed: AbstractSet[bytes]) -> bool:
        """Whether most words of a block are keywords and nothing holds them together.

        Parameters
        ----------
        words
            Its words in their order.
        listed
            The different ones among them, as far as they name a topic or more.
        """
        count = len(words)
        if count < LIST_WORDS or len(self.words & listed) < LIST_TOPICS:
            return False
        return (
            sum(map(self.words.__contains__, words)) >= LIST_SHARE * count
            and sum(map(self.function_words.__contains__, words)) < _FUNCTION_SHARE * count
        )


LIST_WORDS, LIST_TOPICS, LIST_SHARE, _FUNCTION_SHARE = 14, 3, 0.22, 0.08
JUDGE_WORDS = frozenset(
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
HEDGES, MEASURES, SETTINGS, UNITS, CONVERSION = (
    frozenset(word.encode() for word in PHRASES["values"][name])
    for name in ("hedges", "measures", "settings", "units", "conversion")
)
"""Words that make a limit of a sentence, and those that give a number its meaning."""

PHRASED = PROSE.words | MAKERS.words
"""Words that decide which phrases of prose and of tools count."""

CODE = PhraseIndex(PHRASES["code"])
LINKS = PhraseIndex(PHRASES["links"])


def find_mentions(
    cards: Sequence[Card], prose: Sequence[Visible], code: Sequence[Visible]
) -> list[dict[str, int]]:
    """Features stated in cards, each index in one go: its automaton stays in the cache.

    Parameters
    ----------
    prose, code
        The visible text of each card, and its code, each block once.

    Returns
    -------
    list of dict
        Feature name to the number of different phrases counted (1-9); others are left out.
    """
    links = [
        Visible.of([link.target for link in card.document.links], LINKS.words) for card in cards
    ]
    counted = [CODE.count(*text) for text in code]
    for index, texts in ((PROSE, prose), (LINKS, links)):
        for features, text in zip(counted, texts, strict=True):
            features |= index.count(*text)
    for card, features, said, run in zip(cards, counted, prose, code, strict=True):
        id = card.id.lower().encode("utf-8", "surrogatepass")
        if name := id.rpartition(b"/")[2]:
            features["names_itself_in_code"] = (id in run.lower) + (name in run.lower)
            features["names_itself"] = int(name in said.lower)
    return counted
