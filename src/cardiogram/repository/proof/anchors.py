"""Where a sentence stands in a card: selectors, and how to find it again after an edit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cardiogram.cards import Card
from cardiogram.lazy import regex
from cardiogram.repository.access import withhold
from cardiogram.repository.proof.claim import QuoteSelector
from cardiogram.repository.statements import Statement

_AROUND = 32
"""Characters of a prefix and of a suffix."""
_WINDOW = 256
"""Characters in which a secret, such as a token or an e-mail address, is looked for."""
_LONGEST = 400
"""Characters of a sentence; of a longer one its line, and of a longer line the words alone."""
_PLACES = 100
"""Places of the same words that are looked at."""
_LEAST = 8
"""Characters on each side between which a sentence that was edited is found."""

_ALIKE = 0.6
"""Likeness of a line to a sentence that was changed into it."""
_LINES, _SEARCHES = 2_000, 50
"""Lines that are compared, and how often."""

_END = regex(r"[.!?…][\"'”»)\]*_`]*\s+(?=\S)|[。！？]")
_BLOCK = regex(r"\s*(?:[-*+>|#]|\d+[.)]\s|```|~~~|:?-{3,})")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A part of a card's text.

    Attributes
    ----------
    start, end
        Characters of the text.
    line
        Line of the first of them, from 1.
    """

    start: int
    end: int
    line: int


class AnchoredText:
    """The text of a card, in which sentences are looked for.

    Parameters
    ----------
    card
        Its text has LF line ends, and front matter.
    """

    def __init__(self, card: Card) -> None:
        self.text: str = card.text
        self.body_line: int = card.body_line
        self._searches = _SEARCHES
        self._starts = [0, *(match.end() for match in re.finditer("\n", self.text))]

    def line_of(self, offset: int) -> int:
        """Line at a character, from 1."""
        from bisect import bisect_right

        return bisect_right(self._starts, offset)

    def sentence_of(self, statement: Statement) -> Anchor:
        """The sentence of a statement: in prose up to its full stops, elsewhere its line."""
        start, end = self._line_span(statement.line)
        place = self.text.find(statement.quote, start, end) if statement.quote else -1
        inner = (start, end) if place < 0 else (place, place + len(statement.quote))
        spans = [(start, end), inner]
        if statement.line > self.body_line and statement.place == "text":
            spans.insert(0, self._prose(start, end, *inner))
        for span in spans:
            start, end = self._trimmed(*span)
            if 0 < end - start <= _LONGEST:
                break
        return self._anchor(start, min(end, start + _LONGEST))

    def select(self, anchor: Anchor) -> QuoteSelector:
        """Selectors of a part of the text; what stands around it ends before a secret."""
        before = self.text[max(0, anchor.start - _WINDOW) : anchor.start]
        after = self.text[anchor.end : anchor.end + _WINDOW]
        prefix = min(_common(before[::-1], withhold(before)[::-1]), _AROUND)
        suffix = min(_common(after, withhold(after)), _AROUND)
        return QuoteSelector(
            exact=self.text[anchor.start : anchor.end],
            prefix=before[len(before) - prefix :],
            suffix=after[:suffix],
            start=anchor.start,
            end=anchor.end,
        )

    def find(self, quote: QuoteSelector) -> Iterator[Anchor]:
        """Places of the very words: those with the same words around them, then the nearest."""
        places: list[int] = []
        place = self.text.find(quote.exact) if quote.exact else -1
        for _ in range(_PLACES):
            if place < 0:
                break
            if self._is_whole(place, place + len(quote.exact)):
                places.append(place)
            place = self.text.find(quote.exact, place + len(quote.exact))
        places.sort(key=lambda place: (-self._likeness(place, quote), abs(place - quote.start)))
        for place in places:
            yield self._anchor(place, place + len(quote.exact))

    def is_alike(self, anchor: Anchor, quote: QuoteSelector) -> bool:
        """Whether all that stood around the words stands around this place."""
        return self.likeness(anchor, quote) == len(quote.prefix) + len(quote.suffix)

    def likeness(self, anchor: Anchor, quote: QuoteSelector) -> int:
        """Characters around a place that are those around the quote."""
        return self._likeness(anchor.start, quote)

    def find_edited(self, quote: QuoteSelector) -> Anchor | None:
        """What stands between the words that were around a sentence; None where they are gone."""
        before, after = quote.prefix.lstrip(), quote.suffix.rstrip()
        if len(before) < _LEAST or len(after) < _LEAST:
            return None
        place = self.text.find(before)
        if place < 0 or self.text.find(before, place + 1) >= 0:
            return None
        start = place + len(before)
        end = self.text.find(after, start, start + 2 * _LONGEST + len(after))
        if end <= start or not self.text[start:end].strip():
            return None
        return self._anchor(*self._trimmed(start, end))

    def find_changed(self, quote: QuoteSelector) -> Anchor | None:
        """What stands in the place of a sentence, or the line that is most like it."""
        from difflib import SequenceMatcher

        place = self.find_edited(quote)
        if place is not None or not 0 < len(quote.exact) <= _LONGEST or not self._searches:
            return place
        self._searches -= 1
        matcher = SequenceMatcher(None, b=quote.exact, autojunk=False)
        best, likest = None, _ALIKE
        for number, start in enumerate(self._starts[:_LINES], 1):
            _, end = self._line_span(number)
            matcher.set_seq1(self.text[start:end][:_LONGEST])
            near = matcher.real_quick_ratio() > likest and matcher.quick_ratio() > likest
            if near and (ratio := matcher.ratio()) > likest:
                best, likest = self._anchor(*self._trimmed(start, end)), ratio
        return best

    def _anchor(self, start: int, end: int) -> Anchor:
        return Anchor(start, end, self.line_of(start))

    def _line_span(self, line: int) -> tuple[int, int]:
        line = min(max(line, 1), len(self._starts))
        start = self._starts[line - 1]
        end = self._starts[line] - 1 if line < len(self._starts) else len(self.text)
        return start, end

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        part = self.text[start:end]
        start += len(part) - len(part.lstrip())
        return start, max(start, end - len(part) + len(part.rstrip()))

    def _prose(self, start: int, end: int, first: int, last: int) -> tuple[int, int]:
        """The sentence around the characters from `first` to `last`, over several lines."""
        while start > 0 and last - start < _LONGEST and not _BLOCK.match(self.text, start, end):
            above = self.text.rfind("\n", 0, start - 1) + 1
            if not self.text[above : start - 1].strip() or self.text[above] in "|#`":
                break
            start = above
        while end < len(self.text) and end - first < _LONGEST:
            below = self.text.find("\n", end + 1)
            below = len(self.text) if below < 0 else below
            if not self.text[end + 1 : below].strip() or _BLOCK.match(self.text, end + 1, below):
                break
            end = below
        start, end = max(start, first - _LONGEST), min(end, last + _LONGEST)
        for match in _END.finditer(self.text, start, end):
            if match.end() <= first:
                start = match.end()
            elif match.start() >= last - 1:
                return start, match.end()
        return start, end

    def _is_whole(self, start: int, end: int) -> bool:
        """Whether words end where a part of the text does: `a/b-7b` is no part of `a/b-7b-chat`."""
        before, after = self.text[max(0, start - 1) : start], self.text[end : end + 1]
        return not (_joined(before, self.text[start]) or _joined(self.text[end - 1 : end], after))

    def _likeness(self, place: int, quote: QuoteSelector) -> int:
        """Characters around a place that are those around the quote."""
        before = self.text[max(0, place - len(quote.prefix)) : place]
        end = place + len(quote.exact)
        after = self.text[end : end + len(quote.suffix)]
        return _common(before[::-1], quote.prefix[::-1]) + _common(after, quote.suffix)


def _joined(left: str, right: str) -> bool:
    """Whether two neighbouring characters are of one word."""
    return bool(left and right) and all(each.isalnum() or each in "-_/" for each in (left, right))


def _common(text: str, other: str) -> int:
    count = 0
    for mine, its in zip(text, other, strict=False):
        if mine != its:
            break
        count += 1
    return count
