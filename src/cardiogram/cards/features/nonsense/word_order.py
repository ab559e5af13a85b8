"""Whether the words of a text stand in an order in which somebody would write them.

Common words have classes, learned from cards (data/word-order.json), and each pair of classes a
score: the logarithm of how often one follows the other in text, over how often it would if the
words were shuffled. Summed over a text it is the log-likelihood ratio of its order against none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from functools import cache
from itertools import chain, pairwise

from cardiogram.cards.features.phrase_index import list_words, lower_bytes
from cardiogram.lazy import regex
from cardiogram.names import DATA
from cardiogram.records import dataclass

UNIT = 8
"""Scores are whole numbers of eighths of the natural logarithm."""

SUSPECT = -5 * UNIT
"""A text whose words score lower is looked at closely."""

_SHUFFLED = -6 * UNIT
_FEWEST = 12
_ENGLISH = frozenset(
    b"the of is are and to with for this that it by from on was were be can you your we has have "
    b"which will not or an if its these their they but when how".split()
)
_OTHER_LANGUAGES = frozenset(
    "le la les un une des et est du pour dans el los las una y es en por para con que der die das "
    "und ist ein eine von zu mit für auf os um uma e do da em il lo di che per na z w se não de "
    "den det och att som är på av het een van voor niet bir ve için ile bu dan yang untuk dengan"
    "".encode().split()
)
_OTHER_SHARE = 0.08
_LOOKED_AT = 2500
_HELD_SHARE = 0.06
_PUNCTUATION = regex(r"[^\w\s'’-]+|\n|\s-\s")
_SYMBOL = regex(r"\b[B-HJ-Z]\b|(?<=\s)A\b(?!\s[a-z]{3})")
_SIGNS = regex(r"[^\w\s.'\"’-]|\n|\d[\d.,]*")
_SIGNS_SHARE = 0.4
_SIGN = b"_"

Written = tuple[str, Sequence[bytes]]
"""A text with its words in their order."""


def is_number(word: bytes) -> bool:
    """Whether a word is one of up to three digits."""
    return word.isdigit() and len(word) <= 3


def _numbers() -> list[bytes]:
    digits = [b"%d" % digit for digit in range(10)]
    two = [first + last for first in digits for last in digits]
    return [*digits, *two, *(first + last for first in two for last in digits)]


@dataclass(frozen=True, slots=True)
class WordOrder:
    """Classes of words, and scores of their pairs.

    Attributes
    ----------
    classes
        Known words and numbers to their classes; all others have the class before the last.
    scores
        Of one class after another, in :data:`UNIT`, shape (classes, classes).
    """

    classes: Mapping[bytes, int]
    scores: Sequence[Sequence[int]]

    @classmethod
    def of(cls, members: Sequence[Sequence[str]], scores: Sequence[Sequence[int]]) -> WordOrder:
        """From the words of each class; numbers have the last."""
        classes = {word.encode(): place for place, words in enumerate(members) for word in words}
        classes |= dict.fromkeys(_numbers(), len(members) + 1)
        return cls(classes, [tuple(row) for row in scores])

    @property
    def other(self) -> int:
        """The class of words that are not known."""
        return len(self.scores) - 2

    def as_json(self) -> str:
        """What :func:`load_order` reads."""
        members: list[list[str]] = [[] for _ in range(self.other)]
        for word, place in self.classes.items():
            if place < self.other:
                members[place].append(word.decode())
        what = (
            "Common words of cards by class, and scores of pairs of classes (last: other, number)"
        )
        lines = [json.dumps(" ".join(words), ensure_ascii=False) for words in members]
        rows = [json.dumps(row, separators=(",", ":")) for row in self.scores]
        return '{{\n"what": "{}",\n"classes": [\n{}\n],\n"scores": [\n{}\n]\n}}'.format(
            what, ",\n".join(lines), ",\n".join(rows)
        )

    def is_shuffled(self, texts: Iterable[Written], limit: int = _SHUFFLED) -> bool:
        """Whether the words of texts stand in no order.

        A pair of words counts once, however often it is repeated, and not across punctuation.
        Texts in other languages than English are not judged, nor are lists and data, which have no
        order of their own.
        """
        texts = _start_of(texts)
        words = list(chain.from_iterable([words for _, words in texts]))
        if len(words) < _FEWEST or not _is_judged(texts, words, self.classes.keys()):
            return False
        pairs: set[tuple[bytes, bytes]] = set()
        signs = 0
        for text, _ in texts:
            for phrase in split_phrases(text):
                pairs.update(pairwise(phrase))
                signs += phrase.count(_SIGN)
        if signs > _OTHER_SHARE * len(words):
            return False
        return sum([self.score(*pair) for pair in pairs]) <= limit

    def score(self, first: bytes, second: bytes) -> int:
        """How much likelier it is that one word follows another than that both are there."""
        classes, other = self.classes, self.other
        return self.scores[classes.get(first, other)][classes.get(second, other)]


def _start_of(texts: Iterable[Written]) -> list[Written]:
    """As much of texts as tells whether they are shuffled."""
    start, left = [], _LOOKED_AT
    for text, words in texts:
        if left <= 0:
            break
        start.append((text, words) if len(text) <= left else (text[:left], words[: left // 5]))
        left -= len(text)
    return start


def _is_judged(texts: Sequence[Written], words: Sequence[bytes], known: AbstractSet[bytes]) -> bool:
    """Whether words are in English, or common ones that nothing holds together."""
    english = sum(map(_ENGLISH.__contains__, words))
    other = sum(map(_OTHER_LANGUAGES.__contains__, words))
    if other > english or other > _OTHER_SHARE * len(words):
        return False
    if english >= _HELD_SHARE * len(words):
        return True
    signs = sum([len(_SIGNS.findall(text)) for text, _ in texts])
    common = [word for word in words if word in known and not word.isdigit()]
    return signs < _SIGNS_SHARE * len(words) < len(common)


def split_phrases(text: str) -> Iterator[list[bytes]]:
    """Words between punctuation, in lower case; letters that stand for something have a sign."""
    for phrase in _PUNCTUATION.split(text):
        if words := list_words(lower_bytes(_SYMBOL.sub(" _ ", phrase))):
            yield words


@cache
def load_order() -> WordOrder:
    """The shipped classes and scores."""
    data = json.loads((DATA / "word-order.json").read_text("utf-8"))
    return WordOrder.of([words.split() for words in data["classes"]], data["scores"])
