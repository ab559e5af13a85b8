"""Sentences with marks in the place of their values, so that a model sees reviewed words alone.

A value comes from a card or a file that anybody wrote. None of it is shown to a model: it cannot be
changed, and whatever it says to a model is not heard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cardiogram.improve.additions import DraftWords
from cardiogram.improve.draft import Draft, DraftChange, Sentence
from cardiogram.improve.operations import InsertLines, ReplaceLines
from cardiogram.lazy import regex
from cardiogram.repository import Fact

_VALUES = (
    ("a quotation", regex(r'".*"|„.*“|«.*»|“.*”|「.*」')),
    ("a link", regex(r"!?\[[^\]]*\]\([^)]*\)|https?://[^\s)]*")),
    ("a name", regex(r"`[^`]*`|[A-Za-z0-9][\w.-]*/[\w.-]*\w")),
)
_NUMBER = regex(r"[A-Za-z0-9.,%+/×-]*[0-9](?:[A-Za-z0-9.,%+/×-]*[A-Za-z0-9%+])?")
_BETWEEN = regex(r"[\s,、，;]*")
_WORD = regex(r"[^\W\d_]+")
_FENCE = regex(r"\s*(?:```|~~~)")
_MOST = 40
"""Sentences of a card that are reworded; more is no card that a draft makes."""


@dataclass(frozen=True, slots=True)
class MaskedSentence:
    """A sentence that a draft added, as a model is shown it.

    Attributes
    ----------
    change
        Place of its change in the draft.
    line
        The line on which it stands.
    text
        With `{1}`, `{2}` ... for its values.
    values, kinds
        What they stand for, and what that is: "a link", "a number" ...
    """

    change: int
    line: str
    sentence: Sentence
    text: str
    values: tuple[str, ...]
    kinds: tuple[str, ...]

    def fill(self, text: str) -> str:
        """Another text with the values in the place of their marks."""
        return re.sub(r"\{([0-9]+)\}", lambda match: self.values[int(match[1]) - 1], text)

    def mark_of(self, value: str) -> str:
        """The mark behind which a value stands; "" where it stands in no value."""
        words = value.casefold()
        for number, shown in enumerate(self.values, 1):
            if words and words in shown.casefold():
                return f"{{{number}}}"
        return ""


def words_of(text: str) -> set[str]:
    """Words of a text, in lower case."""
    return {word.casefold() for word in _WORD.findall(text)}


def find_sentences(draft: Draft, language: str) -> tuple[MaskedSentence, ...]:
    """Sentences of prose that may be reworded: the draft's own, proven by facts, a line apart.

    A line must be of the draft alone, made of nothing but its sentences, and stand in the card
    once; a sentence must hold nothing but reviewed words besides its values.
    """
    words = DraftWords(language)
    if not words.speaks:
        return ()
    before = {line.strip() for line in draft.before.text.splitlines()}
    after = draft.after.text.splitlines()
    masked = [
        made
        for number, change in enumerate(draft.changes)
        for line, sentences in _prose(change)
        if after.count(line) == 1 and line.strip() not in before
        for made in (_mask(number, line, sentence) for sentence in sentences)
        if made is not None and words_of(made.text) <= words.vocabulary
    ]
    return tuple(masked[:_MOST])


def _prose(change: DraftChange) -> Iterator[tuple[str, list[Sentence]]]:
    """Lines that are sentences one after the other, outside of code, with these."""
    if change.kind != "section":
        return
    for operation in change.operations:
        if not isinstance(operation, InsertLines | ReplaceLines):
            continue
        was = getattr(operation, "was", ())
        fenced = False
        for line in operation.lines:
            if _FENCE.match(line):
                fenced = not fenced
            elif not fenced and line not in was and (parts := _made_of(line, change.sentences)):
                yield line, parts


def _made_of(line: str, sentences: tuple[Sentence, ...]) -> list[Sentence]:
    """The sentences that make a line; none where one is answered or something else stands there."""
    there = [each for each in sentences if each.text and each.text in line]
    proven = all(each.facts and not each.answered for each in there)
    return there if proven and " ".join(each.text for each in there) == line else []


def _mask(change: int, line: str, sentence: Sentence) -> MaskedSentence | None:
    """A sentence with marks; None where it has nothing of its own to reword."""
    text = sentence.text
    spans = _merged(text, sorted(_spans(text, sentence.facts)))
    parts, values, kinds, end = [], [], [], 0
    for start, stop, kind in spans:
        values.append(text[start:stop])
        kinds.append(kind)
        parts += [text[end:start], f"{{{len(values)}}}"]
        end = stop
    shown = "".join([*parts, text[end:]])
    unmarked = re.sub(r"\{[0-9]+\}", "", shown)
    if re.search(r"[{}\[\]<>`*_|\\0-9]", unmarked) or not _WORD.search(unmarked):
        return None
    return MaskedSentence(change, line, sentence, shown, tuple(values), tuple(kinds))


def _spans(text: str, facts: tuple[Fact, ...]) -> Iterator[tuple[int, int, str]]:
    taken = [False] * len(text)
    known = [(kind, match) for kind, pattern in _VALUES for match in pattern.finditer(text)]
    known += [("a name", match) for each in _texts(facts) for match in each.finditer(text)]
    known += [("a number", match) for match in _NUMBER.finditer(text)]
    for kind, match in known:
        start, stop = match.span()
        if start < stop and not any(taken[start:stop]):
            taken[start:stop] = [True] * (stop - start)
            yield start, stop, kind


def _texts(facts: tuple[Fact, ...]) -> Iterator[re.Pattern[str]]:
    """Patterns of the texts that are values of facts, the longest first."""
    values = [part for fact in facts for part in _parts(fact.value)]
    values += [fact.about for fact in facts]
    for value in sorted({each for each in values if each.strip()}, key=len, reverse=True):
        yield re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE)


def _parts(value: object) -> list[str]:
    parts = [*value.values()] if isinstance(value, dict) else value
    texts = parts if isinstance(parts, list) else [parts]
    return [each for each in texts if isinstance(each, str) and len(each) <= 2000]


def _merged(text: str, spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Values with nothing but commas between them are one: a list."""
    merged: list[tuple[int, int, str]] = []
    for start, stop, kind in spans:
        if merged and merged[-1][2] in (kind, "a list") and kind != "a quotation":
            first, last, _ = merged[-1]
            if _BETWEEN.fullmatch(text, last, start):
                merged[-1] = (first, stop, "a list")
                continue
        merged.append((start, stop, kind))
    return merged
