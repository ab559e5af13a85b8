"""Numbers, machines, papers, data sets and praise that an edit brings, and that no file has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from cardiogram.cards import Card
from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, RepositoryFacts

_NUMBER = regex(
    r"(?<![\w./^-])(?P<digits>\d(?:[\d.,]{0,30}\d)?(?:[eE][-+]?\d{1,4})?)"
    r"(?:\s?(?P<unit>%|[kKMGTB](?:i?B)?\b|thousand\b|million\b|billion\b|trillion\b))?(?!\w|[.,]\d)"
)
_DIGITS = regex(r"\d(?:[\d.,]{0,30}\d)?(?:[eE][-+]?\d{1,4})?")
_GROUPED = regex(r"\d{1,3}(?:[.,]\d{3}){1,10}")
_NO_PROSE = regex(
    r"`[^`]{0,500}`|\]\([^)]{0,500}\)|<[^<>]{0,500}>|https?://\S+|\[\d{1,4}\]|^\s{0,8}\d{1,4}[.)]\s"
)
_SPENT = regex(
    r"\s?(?:h|hrs?|mins?)\b|\W{0,3}(?:x\W)?(?:\w{1,20}\W){0,2}?(?:hours?|days?|weeks?|months?|minutes?|kg|tons?|[GT]PUs?|"
    r"[AHV]\d{2,3}s?|T4s?|RTX|euros?|dollars?|USD|watts?|k?Wh)\b",
    re.I,
)
"""What was spent: no number of layers is one of hours."""
_SCALES = {
    **{"k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "t": 1e12, "%": 0.01},
    **{"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12},
}
_BINARY = {1e3: 2.0**10, 1e6: 2.0**20, 1e9: 2.0**30}
_MOST_NUMBERS = 2_000
"""Numbers of a card that are looked at."""
_SHORT = 8
"""Characters below which a text is a value, and no sentence that can be taken away."""
_LEAST = 4
"""Whole numbers below it are counted by anybody."""


_NAMES = regex(
    r"(?:arxiv(?:\.org/(?:abs|pdf)/|[:\s]\s?))(?P<paper>\d{4}\.\d{4,5})"
    r"|(?:huggingface\.co|hf\.co)/(?P<id>(?:datasets/|spaces/)?[\w.-]{1,96}/[\w.-]{1,96})"
    r"|\b(?P<machine>(?:A|H|V|L|B)\d{2,3}s?|T4s?|RTX\s?\d{4}|TPU\s?v\d|MI\d{3}X?)\b"
    r"|\b(?P<praise>state[- ]of[- ]the[- ]art|SOTA|production[- ]ready|best[- ]in[- ]class|"
    r"out-?performs?|surpass(?:es)?|superior|unbiased|cutting[- ]edge)\b",
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
    card: Card, before: Card, facts: RepositoryFacts, settled: Collection[str] = ()
) -> Iterator[NewValues]:
    """Lines of prose and tables with a number or name that was not there, and that no file has.

    Numbers in code, in links and in names are not looked at; praise is known in English alone.

    Parameters
    ----------
    settled
        Sentences that are proven or answered.
    """
    known = _Known(facts.facts, (before.text, card.id, *(s for s in settled if len(s) < _SHORT)))
    was = (m["digits"] for m in _NUMBER.finditer(before.text) if _SPENT.match(before.text, m.end()))
    costs = (*facts.named("training_seconds"), *facts.named("hardware"))
    spent = _Known(costs, (" ".join(was),), _HOURS)
    words = "\n".join((*known.texts, facts.repo)).lower()
    left = _MOST_NUMBERS
    settled = [sentence for sentence in settled if len(sentence) >= _SHORT]
    for number, line in (*_metadata_lines(card), *prose_lines(card)):
        if left > 0 and (_NUMBER.search(line) or _NAMES.search(line)):
            said = line
            for sentence in settled:
                line = line.replace(sentence, " ")
            new, looked_at = _new_in(_NO_PROSE.sub(" ", _NAMES.sub(" ", line)), known, spent)
            new += _new_names(line, words)
            left -= looked_at
            if new:
                yield NewValues(number, said.strip(), tuple(new))


def _metadata_lines(card: Card) -> Iterator[tuple[int, str]]:
    """Lines of the front matter, where results and emissions stand."""
    yield from enumerate(card.text.split("\n")[: card.body_line - 1], 1)


def prose_lines(card: Card) -> Iterator[tuple[int, str]]:
    """Lines of text and tables with their numbers, from 1: no code, no headings."""
    lines = card.text.split("\n")
    for block in card.document.blocks:
        if block.kind not in ("code", "heading"):
            for number in range(block.line, min(block.last_line, len(lines)) + 1):
                yield number, lines[number - 1]


def _new_in(prose: str, known: _Known, spent: _Known) -> tuple[list[str], int]:
    """The new numbers of a line, and how many there are in all."""
    new = []
    matches = list(islice(_NUMBER.finditer(prose), _MOST_NUMBERS))
    for match in matches:
        there = spent if _SPENT.match(prose, match.end()) else known
        if not there.has(match["digits"], match["unit"] or ""):
            new.append(match[0])
    return new, len(matches)


def _new_names(line: str, words: str) -> list[str]:
    """Papers, repositories, machines and praise of a line that stand nowhere else."""
    matches = islice(_NAMES.finditer(line), _MOST_NUMBERS)
    said = dict.fromkeys(str(match[match.lastgroup or 0]).rstrip(".") for match in matches)
    return [name for name in said if _KIND.sub("", name.lower()) not in words]


_KIND = regex(r"^(?:datasets|spaces)/")


_HOURS = (1.0, 60.0, 3600.0, 86_400.0)


class _Known:
    """Numbers that facts have, in parts of a unit, and those that stand in texts."""

    def __init__(
        self, facts: Sequence[Fact], texts: Sequence[str], parts: Sequence[float] = (1.0,)
    ) -> None:
        values = [value for fact in facts for value in _flat(fact.value)]
        texts = [*texts, *(text for fact in facts for text in (fact.about, fact.note))]
        texts += [value for value in values if isinstance(value, str)]
        self.texts = texts
        there = (digits for text in texts for digits in _DIGITS.findall(text))
        self.written = {reading for digits in there for reading in _readings(digits)}
        numbers = [float(value) for value in values if isinstance(value, int | float)]
        self.numbers = [number / part for number in numbers for part in parts]

    def has(self, digits: str, unit: str) -> bool:
        """Whether the number stands there, or is one of the values within its rounding."""
        return any(
            reading in self.written or self._is_value(reading, unit)
            for reading in _readings(digits)
        )

    def _is_value(self, digits: str, unit: str) -> bool:
        try:
            number = float(digits)
        except ValueError:
            return True  # a version, an address: no number
        if number < _LEAST and digits.isdecimal() and not unit:
            return True
        decimals = 12 if "e" in digits.lower() else len(digits.partition(".")[2])
        room = 0.5001 * 10.0**-decimals
        name = unit.lower()
        scale = _SCALES.get(name) or _SCALES.get(name[:1], 1.0)
        scales = {scale, _BINARY.get(scale, scale), *([1.0] if name == "%" else [])}
        return any(abs(v / each - number) <= room for v in self.numbers for each in scales)


def _flat(value: object) -> Iterator[object]:
    """A value; of a list or map those in it, and how many they are."""
    if isinstance(value, dict):
        yield len(value)
        for key, each in value.items():
            yield key
            yield from _flat(each)
    elif isinstance(value, list | tuple):
        yield len(value)
        for each in value:
            yield from _flat(each)
    elif not isinstance(value, bool):
        yield value


def _readings(digits: str) -> Iterator[str]:
    """A number as it may be meant: 12,000 is 12000, and 1.082 may be either."""
    if _GROUPED.fullmatch(digits):
        yield re.sub("[.,]", "", digits)
    yield digits.replace(",", ".")
