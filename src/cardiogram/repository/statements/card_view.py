"""What the readers of statements read of a card, made once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cardiogram.cards import Card
from cardiogram.lazy import regex
from cardiogram.repository.fact import Value, make_pointer
from cardiogram.repository.statements.passages import Passage, read_passages
from cardiogram.repository.statements.quantity import Quantity
from cardiogram.repository.statements.statement import Statement
from cardiogram.repository.statements.whose import (
    Names,
    names_of,
    subject_of_words,
)
from cardiogram.repository.statements.written_language import detect_language

_MAX_QUOTE = 200
_AROUND, _PLACES = 24, 50
_LINES = 200
"""Lines above and below an estimate on which words are looked for."""
_DECIMAL_COMMA = frozenset(
    {
        "de",
        "fr",
        "es",
        "it",
        "pt",
        "nl",
        "sv",
        "da",
        "no",
        "fi",
        "pl",
        "cs",
        "ru",
        "uk",
        "tr",
        "id",
        "vi",
        "ro",
        "hu",
        "ca",
        "el",
    }
)
_SENTENCE_END = regex(r"(?<=[.!?])\s+(?=[^\sa-z])|(?<=[。！？])")


class WordSpan(NamedTuple):
    """Where a value stands in its passage."""

    start: int
    end: int


class CardView:
    """A card with its passages, names and language.

    Attributes
    ----------
    written_in
        Language of the prose, "" where it is not clear.
    comma
        Whether decimals are written with a comma.
    """

    __slots__ = ("card", "comma", "lines", "names", "passages", "written_in")

    def __init__(self, card: Card) -> None:
        self.card: Card = card
        self.lines: list[str] = card.text.split("\n")
        self.names: Names = names_of(card)
        self.passages: tuple[Passage, ...] = read_passages(card, self.names)
        prose = "\n".join(b.text for b in card.document.blocks if b.kind in ("paragraph", "item"))
        self.written_in: str = detect_language(prose)
        self.comma: bool = self.written_in in _DECIMAL_COMMA

    def sentences(self) -> Iterator[Passage]:
        """Sentences of prose, titles among them."""
        return (p for p in self.passages if not p.label and p.place in ("text", "title"))

    def pairs(self) -> Iterator[Passage]:
        """Labels with their values, of this model or of others."""
        return (p for p in self.passages if p.label)

    def code(self) -> Iterator[Passage]:
        """Lines of code."""
        return (p for p in self.passages if p.place == "code")

    def subject(self, passage: Passage, span: WordSpan | Quantity) -> tuple[str, bool]:
        """Whose a value of a passage is, and whether that is certain."""
        if passage.about:
            return passage.about, False
        if passage.label:
            return "", True
        return subject_of_words(
            passage.text[max(0, span.start - 240) : span.start],
            passage.text[span.end : span.end + 60],
            self.names,
        )

    def say(
        self,
        kind: str,
        value: Value,
        passage: Passage,
        span: WordSpan | Quantity,
        *,
        unit: str = "",
        about: str = "",
        certain: bool = True,
    ) -> Statement:
        """A statement of what stands at a place of a passage; a number brings its bounds."""
        words = passage.raw[span.start : span.end].strip()
        estimate = passage.first + passage.raw.count("\n", 0, span.start)
        start = passage.first if passage.place in ("code", "table") else passage.last
        start = min(start, self.card.document.blocks[passage.block].line)
        line = self.find_line(words.split("\n")[0], estimate, start, passage.last)
        low, high = (span.low, span.high) if isinstance(span, Quantity) else (0.0, 0.0)
        before = passage.raw[: span.start].rpartition("\n")[2]
        after = passage.raw[span.end :].partition("\n")[0]
        return Statement(
            kind,
            value,
            line,
            self.quote(line, words.split("\n")[0], before, after),
            passage.place,
            unit=unit,
            low=low,
            high=high,
            about=about,
            certain=certain,
        )

    def find_line(self, words: str, estimate: int, first: int, last: int) -> int:
        """The line between `first` and `last` that holds some words, nearest to an estimate."""
        estimate = min(max(estimate, 1), len(self.lines), max(first, last))
        start = max(1, first, estimate - _LINES)
        end = min(len(self.lines), max(first, last), estimate + _LINES)
        for line in sorted(range(start, end + 1), key=lambda each: abs(each - estimate)):
            if words in self.lines[line - 1]:
                return line
        return estimate

    def quote(self, line: int, words: str, before: str = "", after: str = "") -> str:
        """The sentence of a line that holds some words between others, as it stands there."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        at = _place(text, words, before, after)
        first, last = max(0, at - _MAX_QUOTE), min(len(text), at + _MAX_QUOTE + 1)
        starts = [first, *(match.end() for match in _SENTENCE_END.finditer(text, first, last))]
        start = max(each for each in starts if each <= at)
        end = next((each for each in starts if each > at), last)
        if end - start > _MAX_QUOTE:
            start = max(start, at - _MAX_QUOTE // 2)
            end = min(end, start + _MAX_QUOTE)
        return text[start:end].strip()

    def key_line(self, key: str, words: str = "", occurrence: int = 0) -> int:
        """Line of a key of the front matter, or of the words of its value below it."""
        lines = self.card.metadata.lines
        start = lines.get(key, 0)
        if not start or not words:
            return start
        later = [line for line in lines.values() if line > start]
        end = min([*later, self.card.body_line])
        hits = [n for n in range(start, end + 1) if words in self.lines[n - 1]]
        return hits[min(occurrence, len(hits) - 1)] if hits else start

    def from_key(
        self,
        kind: str,
        value: Value,
        pointer: tuple[str | int, ...],
        *,
        quantity: Quantity | None = None,
        about: str = "",
        certain: bool = True,
        words: str = "",
        occurrence: int = 0,
    ) -> Statement:
        """A statement of the front matter."""
        line = self.key_line(str(pointer[0]), words or str(value), occurrence)
        quote = self.lines[line - 1].strip() if line else str(value)
        low, high = (quantity.low, quantity.high) if quantity else (0.0, 0.0)
        return Statement(
            kind,
            value,
            line,
            quote[:_MAX_QUOTE],
            "front matter",
            pointer=make_pointer(pointer),
            low=low,
            high=high,
            about=about,
            certain=certain,
        )


def _place(text: str, words: str, before: str, after: str) -> int:
    """Where words stand in a line: at the place with most of the letters around them."""
    places = [max(text.find(words), 0)]
    while words and len(places) < _PLACES and (at := text.find(words, places[-1] + 1)) >= 0:
        places.append(at)
    if len(places) == 1:
        return places[0]
    left, right = _letters(before[-_AROUND:])[::-1], _letters(after[:_AROUND])

    def likeness(place: int) -> int:
        before = _letters(text[max(0, place - 2 * _AROUND) : place])[::-1]
        end = place + len(words)
        behind = text[end : end + _MAX_QUOTE]
        behind = behind.partition(")")[2] if behind.startswith("](") else behind
        return _common(left, before) + _common(right, _letters(behind))

    return max(places, key=likeness)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _common(text: str, other: str) -> int:
    pairs = enumerate(zip(text, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(text), len(other)))
