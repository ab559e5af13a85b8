"""What a template left and nobody filled, taken away at the end of a draft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cardiogram.improve.draft import DraftChange, apply_changes
from cardiogram.improve.editing import ReadmeText
from cardiogram.improve.repairs.body_lines import BodyLines, HeadedLines, LineSpan
from cardiogram.improve.repairs.template_words import (
    is_bare_label,
    is_left,
    is_template_comment,
    is_template_heading,
    is_template_sentence,
    plain_words,
    repair,
    template_words,
    unfilled_label,
    without_optional,
)
from cardiogram.lazy import regex

_ON_NO_DATA = regex(
    r"(This model is a fine-tuned version of \[[^\]\n]{1,200}\]\([^)\n]{1,300}\))"
    r" on (?:an unkn?own dataset|the None dataset)\.(\s*)"
)
_IMPORT = ("from ", "import ", "...")
_LEVEL = 2
"""Of the headings that hold a card's sections."""
_MIXIN = "This model has been pushed to the Hub using the ["
_QUOTED = "original model card"
_NOTE = "then remove this comment"


def clear_placeholders(readme: ReadmeText) -> Iterator[DraftChange]:
    """The change that takes away what is still only a template's, where there is something.

    It belongs behind all others: what they fill stays. A heading goes with the placeholder below
    it where both are a generator's and nothing else stands there; below an author's heading, and
    in a card that is quoted, everything stays.
    """
    left = _Template(BodyLines.of(readme))
    edits: list[tuple[LineSpan, tuple[str, ...]]] = [(span, ()) for span in left.spans()]
    edits += [*left.sentences(), *left.headings(), *left.raised(), *left.ended()]
    operations = left.body.replaced(edits)
    change = repair("template", operations)
    after, refused = apply_changes(readme, [change])
    opened = BodyLines.of(after).first > left.body.first  # a rule at the top begins metadata
    if operations and not (refused or opened):
        yield change


def generator_lines(readme: ReadmeText) -> frozenset[str]:
    """Lines, stripped, that are a generator's and may go: what `kept_words` need not find."""
    body = BodyLines.of(readme)
    template = _Template(body)
    lines = {line.strip() for line in body.lines[body.first :] if _is_generators(line)}
    for span in template.comments:
        lines |= {line.strip() for line in body.lines[span.first : span.last + 1]}
    for span in template.codes:
        lines |= {line.strip() for line in body.lines[span.first : span.last + 1]}
    edited = (*template.headings(), *template.raised(), *template.ended())
    lines |= {body.lines[span.first].strip() for span, _ in edited}
    return frozenset(lines - {""})


def _is_generators(line: str) -> bool:
    if is_left(line) or unfilled_label(line) or is_template_sentence(line) or is_bare_label(line):
        return True
    words = template_words()
    heading = line.lstrip().startswith("#") and line.strip("# \t")
    if heading and (is_template_heading(heading) or plain_words(heading) in words.titles):
        return True
    return bool(_ON_NO_DATA.fullmatch(line)) or any(prompt in line for prompt in words.prompts)


@dataclass(frozen=True)
class _Template:
    """A body with the eyes of who knows the templates."""

    body: BodyLines

    @cached_property
    def end(self) -> int:
        """Where a card that is quoted begins."""
        quoted = (s.heading for s in self.body.sections if _QUOTED in s.title.lower())
        return min(quoted, default=len(self.body.lines))

    @cached_property
    def comments(self) -> tuple[LineSpan, ...]:
        """Comments of a template."""
        spans = self.body.comments(self.body.first, self.end)
        return tuple(span for span in spans if is_template_comment(self.body.text(span)))

    @cached_property
    def codes(self) -> tuple[LineSpan, ...]:
        """Blocks of code that hold only a placeholder, or imports below one."""
        return tuple(s for s in self.body.fences(self.body.first, self.end) if self._is_unfilled(s))

    def _is_unfilled(self, span: LineSpan) -> bool:
        inner = [line for line in self.body.lines[span.first + 1 : span.last] if line.strip()]
        if all(map(is_left, inner)):
            return bool(inner)
        above = next((self.body.lines[n] for n in self._above(span.first)), "")
        return (
            plain_words(above) == "todo add your code"
            and any(line.strip() == "..." for line in inner)
            and all(line.strip().startswith(_IMPORT) for line in inner)
        )

    def _above(self, number: int) -> Iterator[int]:
        return (n for n in range(number - 1, self.body.first - 1, -1) if self.body.lines[n].strip())

    @cached_property
    def empty(self) -> frozenset[int]:
        """Lines that a template left."""
        spans = (*self.comments, *self.codes)
        lines = {number for s in spans for number in range(s.first, s.last + 1)}
        kinds, text = self.body.kinds, self.body.lines
        lines |= {
            number
            for number in range(self.body.first, self.end)
            if kinds[number] == "text"
            and (
                is_left(text[number])
                or (unfilled_label(text[number]) and not self._goes_on(number))
                or is_template_sentence(text[number])
            )
        }
        placeholders = {n for n in lines if kinds[n] == "text" and is_left(text[n])}
        placeholders |= {span.first for span in self.codes}
        for number in range(self.body.first, self.end):
            if kinds[number] == "text" and is_bare_label(text[number]):
                below = (n for n in range(number + 1, self.end) if text[n].strip())
                following = next(below, None)
                lines |= {number} if following in placeholders else set()
        return frozenset(lines)

    @cached_property
    def gone(self) -> frozenset[int]:
        """All lines that go: whole sections, and lines beside which something stands."""
        gone: set[int] = set()
        sections = self.body.sections
        for place in range(len(sections) - 1, 0, -1):
            below = self._below(place)
            if all(s.heading in gone for s in below) and self._goes(place, below):
                gone.update(range(sections[place].heading, sections[place].stop))
        for place, section in enumerate(sections):
            if section.heading in gone or section.start >= self.end:
                continue
            stays = any(s.heading not in gone for s in self._below(place))
            gone |= self._beside(section, stays)
        notes = [s for s in self.comments if _NOTE in plain_words(self.body.text(s))]
        gone |= {number for s in notes for number in range(s.first, s.last + 1)}
        return frozenset(gone | self._doubled(gone))

    def _doubled(self, gone: set[int]) -> set[int]:
        """Blank lines beside what goes, but for the first of those that come together."""
        doubled: set[int] = set()
        blanks: list[int] = []
        is_beside = False
        for number in range(self.body.first, self.end + 1):
            if number in gone:
                is_beside = True
            elif number < self.end and self.body.kinds[number] == "blank":
                blanks.append(number)
            else:
                doubled.update(blanks[1:] if is_beside else ())
                blanks, is_beside = [], False
        return doubled

    def _below(self, place: int) -> list[HeadedLines]:
        sections = self.body.sections
        below: list[HeadedLines] = []
        for section in sections[place + 1 :]:
            if section.level <= sections[place].level or self._is_appended(section):
                break
            below.append(section)
        return below

    def _is_appended(self, section: HeadedLines) -> bool:
        """Whether PEFT put its list of versions below a placeholder."""
        above = next(self._above(section.heading), None)
        is_list = plain_words(section.title) == "framework versions"
        return is_list and above is not None and is_left(self.body.lines[above])

    def _goes(self, place: int, below: list[HeadedLines]) -> bool:
        """Whether a heading and what stands below it are a template's alone."""
        section = self.body.sections[place]
        if place == 1 or section.stop > self.end or not is_template_heading(section.title):
            return False
        if any(self._is_written(number) for number in range(section.start, section.stop)):
            return False
        return bool(below) or bool(self.empty)

    def _is_written(self, number: int) -> bool:
        return self.body.kinds[number] != "blank" and number not in self.empty

    def _beside(self, section: HeadedLines, stays: bool) -> set[int]:
        """Placeholders beside which something else stands."""
        lines = range(section.start, min(section.stop, self.end))
        written = any(map(self._is_written, lines))
        if not (written or (stays and is_template_heading(section.title))):
            return set()
        text = self.body.lines
        placeholders = {
            n for n in lines if n in self.empty and (is_left(text[n]) or unfilled_label(text[n]))
        }
        spans = [s for s in (*self.codes, *self.comments) if s.first in lines]
        placeholders |= {n for s in spans for n in range(s.first, s.last + 1)}
        return placeholders | {n for n in lines if n in self.empty and is_bare_label(text[n])}

    def _goes_on(self, number: int) -> bool:
        """Whether an entry of a list has words on the line below it."""
        below = self.body.lines[number + 1 : number + 2]
        return any(line.strip() and line[0] in " \t" for line in below)

    def spans(self) -> list[LineSpan]:
        """What goes, line beside line."""
        spans: list[LineSpan] = []
        for number in sorted(self.gone):
            if spans and spans[-1].last == number - 1:
                spans[-1] = LineSpan(spans[-1].first, number)
            else:
                spans.append(LineSpan(number, number))
        return [self._at_end(span) for span in spans]

    def _at_end(self, span: LineSpan) -> LineSpan:
        """A span that reaches the end goes with the blank lines above it, not with the last one."""
        lines, first, last = self.body.lines, span.first, span.last
        if any(line.strip() for line in lines[last + 1 :]):
            return span
        while last > first and not lines[last].strip():
            last -= 1
        while first > self.body.first and not lines[first - 1].strip():
            first -= 1
        return LineSpan(first, last)

    def raised(self) -> Iterator[tuple[LineSpan, tuple[str, ...]]]:
        """PEFT's list of versions where the heading that it was put below goes."""
        sections = self.body.sections
        for place, section in enumerate(sections):
            if section.level < _LEVEL + 1 or not self._is_appended(section):
                continue
            above = next(s for s in reversed(sections[:place]) if s.level < section.level)
            if above.level == _LEVEL and above.heading in self.gone:
                line = self.body.lines[section.heading].replace("#" * section.level, "#" * _LEVEL)
                yield LineSpan(section.heading, section.heading), (line,)

    def ended(self) -> Iterator[tuple[LineSpan, tuple[str, ...]]]:
        """The sentence of the Hub's mixin where its whole list goes."""
        for number in range(self.body.first, self.end):
            line = self.body.lines[number]
            if not (line.startswith(_MIXIN) and line.endswith(":") and number + 1 in self.gone):
                continue
            following = next((n for n in range(number, self.end) if self._stays(n, number)), None)
            if following is None or not self.body.lines[following].startswith(("-", "*")):
                yield LineSpan(number, number), (f"{line[:-1]}.",)

    def _stays(self, number: int, behind: int) -> bool:
        """Whether a line behind another is one that a reader sees."""
        return number > behind and number not in self.gone and self.body.kinds[number] != "blank"

    def headings(self) -> Iterator[tuple[LineSpan, tuple[str, ...]]]:
        """Headings that stay, without a template's `[optional]`."""
        for section in self.body.sections[1:]:
            line = self.body.lines[section.heading]
            stays = section.heading not in self.gone and section.heading < self.end
            if stays and is_template_heading(section.title) and (words := without_optional(line)):
                yield LineSpan(section.heading, section.heading), (words,)

    def sentences(self) -> Iterator[tuple[LineSpan, tuple[str, ...]]]:
        """Generators' sentences that name no data, without that part."""
        for number in range(self.body.first, self.end):
            line = self.body.lines[number]
            match = _ON_NO_DATA.fullmatch(line) if len(line) < 1000 else None
            if match is not None and self.body.kinds[number] == "text":
                yield LineSpan(number, number), (f"{match[1]}.{match[2]}",)
