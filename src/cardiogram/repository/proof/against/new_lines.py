"""Lines that an edit brings, and of which nothing is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cardiogram.cards import Card
from cardiogram.lazy import regex
from cardiogram.repository.proof.against.already_said import flat_words
from cardiogram.repository.proof.against.new_values import (
    metadata_lines,
    prose_lines,
    take_away,
)

_SENTENCE_END = regex(r"(?<=[.!?:])\s+")
_WORD = regex(r"[^\W\d_]{2,}")
_FEW = 3
"""Words that are no sentence, unless they stand behind a label."""
_MOST_LINES = 2_000


def new_lines(
    card: Card, before: Card, settled: Collection[str], proven: Collection[int]
) -> list[int]:
    """Lines that say what stood nowhere before, and that are neither proven nor answered.

    Of a block of code that nothing is proven of, the first new one.

    Parameters
    ----------
    settled
        Sentences that are proven or answered.
    proven
        Lines of these.
    """
    words = lines_in_words(card, before, settled)
    return sorted({*words, *_code(card, before, proven), *_pictures(card, before)})


def lines_in_words(card: Card, before: Card, settled: Collection[str] = ()) -> list[int]:
    """The same of prose and, a line a key, of metadata."""
    return sorted({*_prose(card, before, settled), *_metadata(card, before, settled)})


def _prose(card: Card, before: Card, settled: Collection[str]) -> Iterator[int]:
    was, searches = flat_words(before.text), _MOST_LINES
    stood = set(map(flat_words, before.text.split("\n")))
    for number, line in prose_lines(card):
        if searches and (flat := flat_words(line)) not in stood and flat not in was:
            searches -= 1
            parts = _SENTENCE_END.split(take_away(line, settled).rstrip())
            left = [part for part in parts if _is_new(part, was)]
            words = len(_WORD.findall(" ".join(left)))
            if words >= _FEW or (words and len(left) < len(parts) and parts[0].endswith(":")):
                yield number


def _is_new(sentence: str, was: str) -> bool:
    """Whether it stood nowhere; what leads to a list or code says nothing by itself."""
    return not sentence.endswith(":") and flat_words(sentence) not in was


def _metadata(card: Card, before: Card, settled: Collection[str]) -> Iterator[int]:
    stood = {line.strip() for _, line in metadata_lines(before)} | {*settled}
    seen = False
    for number, line in metadata_lines(card):
        text = line.strip()
        if line[:1].isalpha():
            seen = False
        label, _, value = text.rpartition(": ")
        value = (value or label).removeprefix("- ").strip("'\"")
        says = value and text != "---" and not text.endswith(":") and not text.startswith("#")
        if says and not seen and not {text, value} & stood:
            seen = True
            yield number


def _code(card: Card, before: Card, proven: Collection[int]) -> Iterator[int]:
    stood = set(map(str.strip, before.text.split("\n")))
    lines = card.text.split("\n")
    for block in card.document.blocks:
        here = range(block.line, min(block.last_line, len(lines)) + 1)
        if block.kind == "code" and not any(number in proven for number in here):
            new = (n for n in here if (text := lines[n - 1].strip()) and text not in stood)
            yield from list(new)[:1]


def _pictures(card: Card, before: Card) -> Iterator[int]:
    """Pictures with words that were nowhere: they are read aloud in its place."""
    for link in card.document.links:
        if link.image and _SENTENCE.search(link.text) and link.text not in before.text:
            yield link.line


_SENTENCE = regex(r"\w\W{1,3}\w{1,40}\W{1,3}\w")
"""Three words of a picture's text: a name has fewer."""
