"""The lines of a card's body: which are headings, code, comments and text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from cardiogram.improve.editing import ReadmeText
from cardiogram.improve.operations import ReplaceLines
from cardiogram.lazy import regex
from cardiogram.text import split_front_matter

LineKind = Literal["blank", "heading", "code", "comment", "text"]
_HEADING = regex(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_FENCE = regex(r"\s{0,9}(`{3,}|~{3,})")
_LINE_END = regex(r"\r\n|\r|\n")
_LONGEST_HEADING = 500
_MOST_WORK = 2_000_000
"""Edits times lines: each edit reads the whole card."""


@dataclass(frozen=True, slots=True)
class LineSpan:
    """Lines from `first` to `last`, from 0, both of them in it."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class HeadedLines:
    """A heading with the lines below it, down to the next heading.

    Attributes
    ----------
    heading
        Its line from 0; -1 for what stands above the first heading.
    stop
        The line behind its last one.
    """

    heading: int
    level: int
    title: str
    stop: int

    @property
    def start(self) -> int:
        """The first line below the heading."""
        return self.heading + 1


@dataclass(frozen=True)
class BodyLines:
    """The lines of a README, without their ends.

    Attributes
    ----------
    first
        Where the body begins, from 0.
    """

    lines: tuple[str, ...]
    first: int = 0

    @classmethod
    def of(cls, readme: ReadmeText) -> BodyLines:
        """The lines of a README."""
        lines = tuple(readme.text[start:end] for start, end in readme.lines())
        parts = split_front_matter(_LINE_END.sub("\n", readme.text))
        return cls(lines, parts.body_line)

    @cached_property
    def kinds(self) -> tuple[LineKind, ...]:
        """What each line is; of front matter, code."""
        return tuple(self._kinds())

    def _kinds(self) -> Iterator[LineKind]:
        fence, comment = "", False
        for number, line in enumerate(self.lines):
            if number < self.first:
                yield "code"
                continue
            if comment:
                yield "comment"
                comment = "-->" not in line
                continue
            match = _FENCE.match(line)
            if fence:
                closes = match is not None and match[1].startswith(fence)
                if closes and not line.strip().strip(fence[0]):
                    fence = ""
                yield "code"
            elif match is not None:
                fence = match[1]
                yield "code"
            elif line.lstrip().startswith("<!--"):
                inner = line.lstrip()[4:]
                comment = "-->" not in inner
                alone = comment or not inner.partition("-->")[2].strip()
                yield "comment" if alone else "text"
            elif not line.strip():
                yield "blank"
            else:
                yield "heading" if _heading(line) else "text"

    @cached_property
    def sections(self) -> tuple[HeadedLines, ...]:
        """The body cut at its headings, what stands above the first of them first."""
        heads = [n for n, kind in enumerate(self.kinds) if kind == "heading"]
        stops = [*heads, len(self.lines)]
        made = [HeadedLines(self.first - 1, 0, "", stops[0])]
        for place, number in enumerate(heads):
            match = _heading(self.lines[number])
            assert match is not None
            title = (match[2] or "").strip()
            made.append(HeadedLines(number, len(match[1]), title, stops[place + 1]))
        return tuple(made)

    def comments(self, start: int, stop: int) -> Iterator[LineSpan]:
        """Comments that stand alone on their lines."""
        number = start
        while number < stop:
            if self.kinds[number] != "comment":
                number += 1
                continue
            last = number
            while "-->" not in self.lines[last] and last + 1 < stop:
                last += 1
            yield LineSpan(number, last)
            number = last + 1

    def fences(self, start: int, stop: int) -> Iterator[LineSpan]:
        """Blocks of code with the lines that fence them."""
        number = start
        while number < stop:
            if self.kinds[number] != "code" or number < self.first:
                number += 1
                continue
            last = number
            fence = _FENCE.match(self.lines[number])
            mark = fence[1] if fence else "```"
            while last + 1 < stop and self.kinds[last + 1] == "code":
                last += 1
                if self.lines[last].strip().startswith(mark):
                    break
            yield LineSpan(number, last)
            number = last + 1

    def text(self, span: LineSpan) -> str:
        """The lines of a span as a text."""
        return "\n".join(self.lines[span.first : span.last + 1])

    def replaced(
        self, edits: Iterable[tuple[LineSpan, tuple[str, ...]]]
    ) -> tuple[ReplaceLines, ...]:
        """Operations that put lines in the place of spans, from the last one up.

        A card that would take minutes gets none.
        """
        ordered = sorted(edits, key=lambda edit: -edit[0].first)
        if len(ordered) * len(self.lines) > _MOST_WORK:
            return ()
        return tuple(
            ReplaceLines(was, new, self._nth(was, span.first))
            for span, new in ordered
            for was in [self.lines[span.first : span.last + 1]]
        )

    def _nth(self, was: tuple[str, ...], before: int) -> int:
        size = len(was)
        return sum(
            self.lines[n] == was[0] and self.lines[n : n + size] == was for n in range(before)
        )


def _heading(line: str) -> re.Match[str] | None:
    return _HEADING.fullmatch(line) if len(line) < _LONGEST_HEADING else None
