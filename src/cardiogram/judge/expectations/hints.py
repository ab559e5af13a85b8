"""Hints that a card may say something although no counted fact shows it.

An expectation is called missing only where its words are nowhere in what the card's author wrote,
in any main language: a false "you do not say" costs more trust than a gap that goes unmentioned.
The words are data (data/hints.json).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence, Set as AbstractSet
from itertools import chain

from cardiogram.cards import Block, Card, is_placeholder, is_to_do, unfilled_tables
from cardiogram.cards.features import PHRASES, CardFeatures, Features, is_boilerplate, lower_bytes
from cardiogram.lazy import regex
from cardiogram.names import DATA
from cardiogram.records import NamedTuple

_TO_WORDS = bytes(
    byte if chr(byte).isalnum() or byte >= 128 or byte in b"_'" else 32 for byte in range(256)
)
_SCRIPTS = tuple(
    bytes([lead]) for lead in (*range(0xD0, 0xD2), *range(0xD8, 0xDB), *range(0xE3, 0xEE))
)
"""First bytes of Cyrillic, Arabic, Chinese, Japanese and Korean letters in UTF-8."""

_LANGUAGES = frozenset(("en", "fr", "de", "es", "pt", "it", "ru", "zh", "ja", "ko", "ar", "code"))
_FUNCTION_WORDS = frozenset(word.encode() for word in PHRASES["function_words"]["words"])
_MIN_FUNCTION_WORDS = 5
_FOREIGN_SHARE = 0.08
_FOREIGN_BYTES = bytes(range(128, 256))
_FEW_WORDS, _SENTENCE = 15, 8
TOOL_OPENING = "This model is a fine-tuned version of"
"""What a trainer prints first: it names a dataset, which is no description of one."""


class Hints(NamedTuple):
    """What a card's own words hint at.

    Attributes
    ----------
    known
        Words of expectations that the card has.
    keys
        Expectations that one of these words speaks of, and those that a phrase with one of them
        does, as bits.
    legible
        Whether the card is in a language whose words are known.
    text
        What its author wrote, lower case, as UTF-8, and the model's id.
    unspaced
        Whether it is in a script whose words are told by their parts.
    english
        Whether it is in English, as far as can be told: of other languages only some words are
        known, and what a card lacks in them cannot be told.
    """

    known: frozenset[bytes]
    keys: int
    legible: bool
    text: bytes
    unspaced: bool
    english: bool

    def speak_of(self, key: str) -> bool:
        """Whether words of an expectation are there."""
        by_word, by_phrase = _BITS.get(key, (0, 0))
        if self.keys & by_word:
            return True
        phrases = _PHRASES[key] if self.keys & by_phrase else {}
        for word in self.known.intersection(phrases):
            if any([phrase in self.text for phrase in phrases[word]]):
                return True
        return self.unspaced and any([part in self.text for part in _PARTS.get(key, ())])

    def ends(self) -> list[bytes]:
        """The first words of the text, and those of the id at its end."""
        words = self.text.translate(_TO_WORDS)
        return [*words.split(None, _TOP)[:_TOP], *words.rsplit(None, _ID)[-_ID:]]


def _load() -> dict[str, dict[str, list[str]]]:
    file = DATA / "hints.json"
    data = json.loads(file.read_text("utf-8"))
    return {key: {**value, "words": value["words"].split()} for key, value in data.items()}


_DATA = _load()
HINTED = frozenset(_DATA)
"""Keys of the expectations that have hints."""

_SUBJECT = _DATA.pop("purpose")
_SUBJECT_WORDS = frozenset(word.encode() for word in _SUBJECT["words"])


def _by_word(phrases: Iterable[bytes]) -> dict[bytes, list[bytes]]:
    """Phrases by their longest word."""
    by_word: dict[bytes, list[bytes]] = {}
    for phrase in phrases:
        word = max(phrase.translate(_TO_WORDS).split(), key=len)
        by_word.setdefault(word, []).append(phrase)
    return by_word


_WORDS = {key: frozenset(word.encode() for word in value["words"]) for key, value in _DATA.items()}
_PHRASES = {
    key: _by_word([phrase.encode() for phrase in value.get("phrases", ())])
    for key, value in _DATA.items()
}
_PARTS = {key: tuple(part.encode() for part in value["parts"]) for key, value in _DATA.items()}
_BITS = {key: (1 << 2 * place, 2 << 2 * place) for place, key in enumerate(_WORDS)}
"""Two bits for each expectation: one for its words, one for words of its phrases."""

_KNOWN = _FUNCTION_WORDS.union(*_WORDS.values(), *_PHRASES.values())


def _keys_by_word() -> dict[bytes, int]:
    """Bits of the expectations that a word speaks of."""
    keys = dict.fromkeys(_KNOWN, 0)
    for key, (by_word, by_phrase) in _BITS.items():
        for word in _WORDS[key]:
            keys[word] |= by_word
        for word in _PHRASES[key]:
            keys[word] |= by_phrase
    return keys


_KEYS = _keys_by_word()


def read_hints(card: Card, features: Features) -> Hints:
    """Look for the words of every expectation in what the author wrote.

    Headings count where something stands below them that is the author's, code never.
    """
    texts: list[bytes] = []
    words: list[Iterable[bytes]] = []
    split: list[bytes] = []
    keys = 0
    for text in (*own_texts(features), card.id):  # the id is above every card on the Hub
        if _is_version(text):
            keys |= _BITS["software"][0]  # "Datasets 2.14.5" speaks of no data
            continue
        read = features.read.get(text)
        lower = read.lower if read else lower_bytes(text)
        texts.append(lower)
        if read and b"'" not in lower:
            words.append(read.tokens)
        else:
            split.append(lower)
    words.append(b"\n".join(split).translate(_TO_WORDS).split())
    known = frozenset[bytes]().union(*map(_KNOWN.intersection, words))
    for word in known:
        keys |= _KEYS[word]
    lower = b"\n".join(texts)
    known_script = not lower.isascii() and any([lead in lower for lead in _SCRIPTS])
    legible = known_script or _is_legible(card, known, lower, texts)
    english = not _is_foreign(known, lower, known_script)
    return Hints(known, keys, legible, lower, known_script, english)


def _is_foreign(words: AbstractSet[bytes], text: bytes, known_script: bool) -> bool:
    """Whether a good part of a text is in another script, or most of its small words are foreign.

    Of the small words those count that are no words of English.
    """
    if known_script:
        foreign = len(text) - len(text.translate(None, _FOREIGN_BYTES))
        return foreign > _FOREIGN_PART * len(text)
    other = words & _FUNCTION_WORDS - _ENGLISH - _IN_BOTH
    return len(other) >= _FOREIGN_WORDS and len(other) > len(words & _ENGLISH)


_ENGLISH = frozenset(
    b"""
    the of is are was were be to and for with this that it by or from can has have not we you its
    """.split()
)
_IN_BOTH = frozenset(b"a an in on as at do per i o e se na w z die en con es um y il la".split())
_FOREIGN_PART, _FOREIGN_WORDS = 0.2, 4


def is_english(read: CardFeatures) -> bool:
    """Whether a card's own words are in English, as far as can be told."""
    hints = read_hints(read.card, read.features)
    return hints.english and hints.legible


def own_texts(features: Features) -> list[str]:
    """Texts that neither a template nor a tool left in the card.

    In a card of hardly anything but plain code, those of the code: some are indented by mistake.
    """
    whole = features.whole
    if whole.words < _FEW_WORDS and whole.code:
        return [b.text for s in features.sections for b in s.blocks if not b.info]
    if not whole.placeholders and not whole.boilerplate:
        texts = []
        below = chain([section.depth for section in features.sections[1:]], [0])
        for section, depth in zip(features.sections, below, strict=False):
            own = [b.text for b in section.blocks if not is_to_do(b.text)]
            if section.heading and (own or depth > section.depth or not section.topics):
                texts.append(section.heading.text)
            texts += [b.text for b in section.blocks if b.kind != "code" and b.text in own]
        return texts
    texts = []
    for section in features.sections:
        own = [b.text for b in section.blocks if not _is_left(b.text, features)]
        if section.heading and own and section.topics:
            texts.append(section.heading.text)
        texts += [b.text for b in section.blocks if b.kind != "code" and b.text in own]
    return texts


def find_unfilled_results(card: Card) -> Block | None:
    """The first table that names measures and gives no value of any."""
    for block in unfilled_tables(card.document):
        words = lower_bytes(block.text).translate(_TO_WORDS).split()
        if not _WORDS["numbers"].isdisjoint(words):
            return block
    return None


def measures_something(features: Features) -> bool:
    """Whether a number stands in a block that names a measure, or whose heading or lead does.

    In code, as a tool's report of its measures is, it has to have decimals.
    """
    for section in features.sections:
        lead = section.heading.text if section.heading else ""
        for block in section.blocks:
            number = _DECIMAL if block.kind == "code" else _NUMBER
            if number.search(block.text) and _names_measure(f"{lead}\n{block.text}"):
                return True
            if block.text.rstrip().endswith((":", "：")):
                lead = f"{lead}\n{block.text}"
    return False


def shows_results(card: Card) -> bool:
    """Whether a table may show results, whosever they are."""
    return any(
        block.kind == "table" and len(_DECIMAL.findall(block.text)) >= _NUMBERS
        for block in card.document.blocks
    )


_NUMBERS = 4


def _names_measure(text: str) -> bool:
    lower = lower_bytes(text)
    words = lower.translate(_TO_WORDS).replace(b"_", b" ").split()
    if not _WORDS["numbers"].isdisjoint(words):
        return True
    parts = (*_PARTS["numbers"], *chain.from_iterable(_PHRASES["numbers"].values()))
    return any([part in lower for part in parts])


_NUMBER = regex(r"(?<![\w.])\d")
_DECIMAL = regex(r"(?<![\w.])\d{1,3}\.\d")


def _is_version(text: str) -> bool:
    """Whether a text is a library with its version, as trainers list them."""
    named = _VERSION.fullmatch(text.strip())
    return named is not None and named[1].lower().encode() in _WORDS["software"]


_VERSION = regex(r"([A-Za-z][\w-]{1,30})(?: [Vv]ersions?)?:? v?\d{1,4}\.\d[\w.+-]{0,40}")


def _is_left(text: str, features: Features) -> bool:
    """Whether a template or a tool left a block there."""
    read = features.read[text]
    left = (read.placeholder or read.boilerplate) if read else _is_left_in_code(text)
    return left or text.startswith(TOOL_OPENING) or is_to_do(text)


def _is_left_in_code(text: str) -> bool:
    """The same of a text that the card shows as code first."""
    return is_placeholder(text) or is_boilerplate(text)


def _is_legible(card: Card, words: AbstractSet[bytes], text: bytes, texts: Sequence[bytes]) -> bool:
    """Whether a text in Latin letters is in a language whose words are known.

    So is one of names and lists alone: there is no sentence in it that could be misread.
    """
    if len(words & _FUNCTION_WORDS) >= _MIN_FUNCTION_WORDS:
        return True
    if not text.isascii():
        foreign = len(text) - len(text.translate(None, _FOREIGN_BYTES))
        if foreign > _FOREIGN_SHARE * len(text):
            return False
    languages = card.metadata.texts("language")
    if not languages or any(name.lower() in _LANGUAGES for name in languages):
        return True
    return max([len(some.split()) for some in texts]) < _SENTENCE


def speaks_of_model(text: str) -> bool:
    """Whether a paragraph is about a model or what it does."""
    lower = text.lower()
    words = lower.encode("utf-8", "replace").translate(_TO_WORDS).split()
    if not _SUBJECT_WORDS.isdisjoint(words):
        return True
    return not text.isascii() and any(part in lower for part in _SUBJECT["parts"])


_FAMILIES = (
    b"yolo",
    b"llama",
    b"qwen",
    b"gemma",
    b"phi",
    b"gpt",
    b"mistral",
    b"resnet",
    b"patchtst",
)
_TOP, _ID = 80, 12
_FAMILY_ENDS = (b"bert", b"former", b"net", b"vit", b"rnn", b"gan")


def names_size(words: Iterable[bytes]) -> bool:
    """Whether a word is a size or a family of models.

    Examples
    --------
    >>> names_size([b"110m"]), names_size([b"yolov8m"]), names_size([b"b"])
    (True, True, False)
    """
    return any(
        [
            (word[-1:] in (b"b", b"m") and word[:-1].isdigit())
            or word.startswith(_FAMILIES)
            or word.endswith(_FAMILY_ENDS)
            for word in words
        ]
    )
