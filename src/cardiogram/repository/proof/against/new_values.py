"""Numbers, names and praise that an edit brings, and that no file has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from cardiogram.cards import Card
from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact
from cardiogram.repository.proof.against.already_said import AlreadySaid, flat
from cardiogram.repository.proof.against.new_names import KnownNames
from cardiogram.repository.proof.against.numbers_in_texts import (
    BINARY,
    NUMBER,
    SCALES,
    SPELLED,
    SPELLED_OUT,
    SPENT,
    amounts_in,
    readings_of,
    spent_in,
)

_DIGITS = regex(r"\d(?:[\d.,]{0,30}\d)?(?:[eE][-+]?\d{1,4})?")
_NO_PROSE = regex(
    r"`[^`]{0,500}`|\]\([^)]{0,500}\)|<[^<>]{0,500}>|https?://\S+|\[\d{1,4}\]|^\s{0,8}\d{1,4}[.)]\s"
)
_MOST_NUMBERS = 2_000
"""Numbers of a card that are looked at."""
SHORT = 8
"""Characters below which a text is a value, and no sentence that can be taken away."""
_LEAST, _LEAST_SPENT = 4, 2
"""Whole numbers below it are counted by anybody; of hours and machines only one."""
_TELLING = 3
"""Digits of a number that is rounded from another by no chance."""
_NAMES = regex(
    r"(?:arxiv(?:\.org/(?:abs|pdf)/|[:\s]\s?))(?P<paper>\d{4}\.\d{4,5})"
    r"|(?:huggingface\.co|hf\.co)/(?P<id>(?:datasets/|spaces/)?[\w.-]{1,96}/[\w.-]{1,96})"
    r"|\b(?P<machine>(?:A|H|V|L|B)\d{2,3}s?|T4s?|RTX\s?\d{4}|TPU\s?v\d|MI\d{3}X?)\b"
    r"|\b(?P<praise>state[- ]of[- ]the[- ]art|SOTA|production[- ]ready|best[- ]in[- ]class|"
    r"(?:ready|safe) for production|world[- ]class|out-?performs?|surpass(?:es)?|superior|robust|"
    r"unbiased|near[- ]perfect|cutting[- ]edge)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class NewValues:
    """What a line has that no file has.

    Attributes
    ----------
    line
        Of the card, from 1.
    shown
        Numbers and names as they stand there.
    """

    line: int
    text: str
    shown: tuple[str, ...]


def find_new_values(
    card: Card, said: AlreadySaid, settled: Collection[str] = ()
) -> Iterator[NewValues]:
    """Lines of prose, headings and tables with a number or name that nobody said and no file has.

    Numbers in code, in links and in names are not looked at; praise is known in English alone.

    Parameters
    ----------
    settled
        Sentences that are proven or answered.
    """
    short = [sentence for sentence in settled if len(sentence) < SHORT]
    known = _Known(said, short)
    spent = _Spent(said, short)
    known_names = KnownNames(said)
    words = "\n".join(said.texts).lower()
    stood = set(said.before.text.split("\n"))
    left = _MOST_NUMBERS
    metadata = [(number, line, False) for number, line in metadata_lines(card)]
    prose = [(number, line, True) for number, line in chain(prose_lines(card), _headings(card))]
    for number, line, is_prose in (*metadata, *prose):
        if left <= 0 or line in stood:
            continue
        unsettled = take_away(line, settled)
        bare = _NO_PROSE.sub(" ", _NAMES.sub(" ", unsettled))
        new, looked_at = _new_in(bare, known, spent)
        new += _new_names(unsettled, words)
        new += known_names.new_in(bare) if is_prose else []
        left -= looked_at
        if new:
            yield NewValues(number, line.strip(), tuple(new))


def take_away(line: str, settled: Collection[str]) -> str:
    """A line without the sentences that are proven or answered, the longest first."""
    for sentence in sorted(settled, key=len, reverse=True):
        if len(sentence) >= SHORT:
            line = line.replace(sentence, " ")
    return line


def metadata_lines(card: Card) -> Iterator[tuple[int, str]]:
    """Lines of the front matter, where results and emissions stand."""
    yield from enumerate(card.text.split("\n")[: max(card.body_line - 1, 0)], 1)


def prose_lines(card: Card) -> Iterator[tuple[int, str]]:
    """Lines of text and tables with their numbers, from 1: no code, no headings."""
    lines = card.text.split("\n")
    for block in card.document.blocks:
        if block.kind not in ("code", "heading"):
            for number in range(block.line, min(block.last_line, len(lines)) + 1):
                yield number, lines[number - 1]


def _headings(card: Card) -> Iterator[tuple[int, str]]:
    lines = card.text.split("\n")
    for block in card.document.blocks:
        if block.kind == "heading" and block.line <= len(lines):
            yield block.line, _SECTION.sub("", lines[block.line - 1])


_SECTION = regex(r"^\s{0,3}#{1,6}\s{1,9}(?:\d{1,3}(?:\.\d{1,3}){0,4}[.)]?\s)?")
"""What stands before the words of a heading, with the number of its section."""


def _new_in(prose: str, known: _Known, spent: _Known) -> tuple[list[str], int]:
    """The new numbers of a line, and how many there are in all."""
    new = []
    matches = list(islice(NUMBER.finditer(prose), _MOST_NUMBERS))
    for match in matches:
        there = spent if SPENT.match(prose, match.end()) else known
        if not there.has(match["digits"], match["unit"] or ""):
            new.append(match[0])
    for match in islice(SPELLED.finditer(prose), _MOST_NUMBERS):
        is_spent = SPENT.match(prose, match.end())
        digits, unit = SPELLED_OUT[match["word"].lower()], match["unit"] or ""
        if (unit or is_spent) and not (spent if is_spent else known).has(digits, unit.lower()):
            new.append(match[0])
    return new, len(matches)


def _new_names(line: str, words: str) -> list[str]:
    """Papers, repositories, machines and praise of a line that stand nowhere else."""
    matches = islice(_NAMES.finditer(line), _MOST_NUMBERS)
    said = dict.fromkeys(str(match[match.lastgroup or 0]).rstrip(".") for match in matches)
    return [name for name in said if _KIND.sub("", name.lower()) not in words]


_KIND = regex(r"^(?:datasets|spaces)/")


class _Known:
    """Numbers that facts have, and those that stand in texts.

    Attributes
    ----------
    written
        Digits as they stand in a text.
    stated
        Values of texts, with their units.
    numbers
        Values of facts and of answers, which a number may be rounded from.
    """

    least = _LEAST

    def __init__(self, said: AlreadySaid, settled: Sequence[str]) -> None:
        texts = [*said.texts, *settled]
        there = (digits for text in texts for digits in _DIGITS.findall(text))
        self.written = {reading for digits in there for reading in readings_of(digits)}
        self.stated = [value for text in texts for value in amounts_in(text)]
        answers = [value for text in said.answers for value in amounts_in(text)]
        self.numbers = [*_numbers_of(said.facts), *answers]
        self._keys = set(map(_key, self.stated))

    def has(self, digits: str, unit: str) -> bool:
        """Whether the number stands there, or is one of the values within its rounding."""
        return any(
            reading in self.written or self._is_value(reading, unit)
            for reading in readings_of(digits)
        )

    def _is_value(self, digits: str, unit: str) -> bool:
        try:
            number = float(digits)
        except ValueError:
            return True  # a version, an address: no number
        if number < self.least and digits.isdecimal() and not unit:
            return True
        decimals = 12 if "e" in digits.lower() else len(digits.partition(".")[2])
        room = 0.5001 * 10.0**-decimals
        name = unit.lower()
        scale = SCALES.get(name) or SCALES.get(name[:1], 1.0)
        scales = {scale, BINARY.get(scale, scale), *([1.0] if name == "%" else [])}
        if any(_key(number * each) in self._keys for each in scales):
            return True
        is_telling = sum(char.isdigit() for char in digits.lstrip("0.")) >= _TELLING
        values = [*self.numbers, *(self.stated if is_telling else ())]
        return any(abs(v / each - number) <= room for v in values for each in scales)


class _Spent(_Known):
    """Hours, costs and machines alone: no number of layers is one of hours."""

    least = _LEAST_SPENT

    def __init__(self, said: AlreadySaid, settled: Sequence[str]) -> None:
        texts = [said.before.text, *said.answers, *settled]
        spent = [match for text in texts for match in spent_in(text)]
        self.written = {reading for match in spent for reading in readings_of(match["digits"])}
        self.stated = [value for text in texts for value in amounts_in(text, spent=True)]
        costs = (f for f in said.facts if f.name in ("training_seconds", "hardware"))
        self.numbers = [each / part for each in _numbers_of(costs) for part in _HOURS]
        self._keys = set(map(_key, self.stated))


_HOURS = (1.0, 60.0, 3600.0, 86_400.0)


def _numbers_of(facts: Iterable[Fact]) -> Iterator[float]:
    values = (value for fact in facts for value in flat(fact.value))
    return (float(value) for value in values if isinstance(value, int | float))


def _key(number: float) -> str:
    """A number but for the last of its digits, which a computation may change."""
    return f"{number:.10g}"
