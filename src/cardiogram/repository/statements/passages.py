"""A card as passages: sentences, labels with their values, lines of code, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from cardiogram.cards import Block, Card
from cardiogram.lazy import regex
from cardiogram.repository.statements.statement import Place
from cardiogram.repository.statements.whose import (
    OTHER,
    Names,
    is_of_others,
    is_original_card,
    names_in,
)

MAX_PASSAGES = 2_000
"""Passages that are read of a card: what it costs is bounded, whatever stands in it."""
_MAX_TEXT = 2_000
_SENTENCE = regex(
    r"(?<=[.!?])(?<!\b[a-z]\.)\s+(?=[^\sa-z])|(?<=\w\w\w[.!?])\n\s*(?=[a-z])|(?<=[。！？])"
)
_ABBREVIATED = regex(
    (
        r"(?:\d ?(?:mrd|mio|tys|тыс|млн|млрд|mln|mld)|\b(?:ca|approx|etc|vs|no|nr|e\.g|"
        r"i\.e|z\. ?b|bzw))\.\Z"
    ),
    re.I,
)
_LABEL = regex(
    r"(?:[-*•–] {1,4})?(?P<label>[^:：=|\s][^:：=|]{1,68}?)\s{0,4}"
    r"(?:[:：](?!//)|(?<=\s)=(?=\s)|=(?=\S))\s{0,9}(?P<value>\S.*)\Z"
)
_HEADING_VALUE = 90
_VALUE_HEADS = regex(
    r"(?:values?|wert|valeur|valor|valore|waarde|värde|wartość|значение|值|値|값|details?|setting|"
    r"description|config(?:uration)?|info(?:rmation)?|beschreibung|)\Z",
    re.I,
)
_MODELS = regex(r"\W*(?:models?|checkpoints?|variants?|versions?|names?|repo\w*|systems?)\b", re.I)
_CELL = regex(r"(?<!\\)\|")
_RULE = regex(r"[\s|:-]+\Z")
_MARKS = regex(r"\*\*|__|[*`\\\[\]]")
_OURS = regex(
    (
        r"\b(?:ours?|this (?:model|work|repo\w*)|dieses modell|ce modèle|este modelo|"
        r"questo modello|dit model)\b|本模型|我们|このモデル|이 모델"
    ),
    re.I,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that stand together.

    Attributes
    ----------
    text
        As a visitor reads them, on one line.
    raw
        The same with the line ends, of the same length.
    label
        What the words are the value of: in a list, a table, under a heading.
    headings
        Headings above it, the nearest last.
    about
        "" for this model, else `OTHER`.
    row
        First cell of its row, where it is a cell of a table with several columns.
    first, last
        Lines that it may stand on; it begins on the first.
    block
        Number of its block.
    info
        The language named at a code fence.
    """

    text: str
    raw: str
    place: Place
    first: int
    last: int
    label: str = ""
    headings: tuple[str, ...] = ()
    about: str = ""
    row: str = ""
    block: int = 0
    info: str = ""


def read_passages(card: Card, known: Names) -> tuple[Passage, ...]:
    """All passages of a card's body in order, as far as `MAX_PASSAGES`."""
    passages: list[Passage] = []
    stack: list[tuple[int, str]] = []
    blocks = card.document.blocks
    lines = card.text.split("\n")
    original = False
    for number, block in enumerate(blocks):
        if (left := MAX_PASSAGES - len(passages)) <= 0:
            break
        if block.kind == "heading":
            stack = [(level, text) for level, text in stack if level < block.level]
            stack.append((block.level, block.text))
            original = original or is_original_card(block.text)
            passages.append(_of(block, number, block.text, "title", tuple(t for _, t in stack)))
            continue
        headings = tuple(text for _, text in stack)
        about = OTHER if original or any(map(is_of_others, headings)) else ""
        after_heading = bool(number) and blocks[number - 1].kind == "heading"
        read = islice(_read_block(block, number, headings, lines, known, after_heading), left)
        passages += (replace(each, about=about) if about else each for each in read)
    return tuple(passages)


def _of(block: Block, number: int, text: str, place: Place, headings: tuple[str, ...]) -> Passage:
    flat = text[:_MAX_TEXT].replace("\n", " ")
    return Passage(
        flat, text[:_MAX_TEXT], place, block.line, block.last_line, "", headings, block=number
    )


def _read_block(
    block: Block,
    number: int,
    headings: tuple[str, ...],
    lines: Sequence[str],
    known: Names,
    after_heading: bool,
) -> Iterator[Passage]:
    whole = _of(block, number, block.text, "text", headings)
    if block.kind == "code":
        yield from _code(whole, block, lines)
    elif block.kind == "table":
        rows = [(block.line + i, row) for i, row in enumerate(block.text.split("\n"))]
        yield from _table(replace(whole, place="table"), rows, known)
    elif _is_drawn_table(block.text):
        rows = [(block.line, row) for row in block.text.split("\n") if row.strip()]
        yield from _table(replace(whole, place="table"), rows, known)
    else:
        yield from _prose(whole, block, after_heading)


def _is_drawn_table(text: str) -> bool:
    rows = [row for row in text.split("\n") if row.strip()]
    return len(rows) > 1 and all(row.lstrip().startswith("|") for row in rows)


def _code(whole: Passage, block: Block, lines: Sequence[str]) -> Iterator[Passage]:
    """Lines of code; the first stands below its fence."""
    first = lines[block.line - 1].lstrip(" \t>-*+0123456789.") if block.line <= len(lines) else ""
    start = block.line + first.startswith(("```", "~~~"))
    for i, text in enumerate(block.text.split("\n")):
        if text.strip():
            flat = text[:_MAX_TEXT]
            yield replace(
                whole, text=flat, raw=flat, place="code", first=start + i, info=block.info
            )


def _prose(whole: Passage, block: Block, after_heading: bool) -> Iterator[Passage]:
    """Sentences, and each line that is a label with its value."""
    text = block.text
    start = 0
    ends = (
        m.end()
        for m in _SENTENCE.finditer(text)
        if not _ABBREVIATED.search(text, max(0, m.start() - 8), m.start())
    )
    first = block.line
    for end in chain(ends, [len(text)]):
        raw = text[start:end].rstrip()[:_MAX_TEXT]
        if raw.strip():
            yield replace(whole, text=raw.replace("\n", " "), raw=raw, first=first)
        first += text.count("\n", start, end)
        start = end
    if after_heading and whole.headings and "\n" not in text and len(text) <= _HEADING_VALUE:
        yield replace(whole, label=whole.headings[-1])
    for i, line in enumerate(text.split("\n")):
        if len(line) < 400 and (match := _LABEL.match(line.strip())):
            label = _MARKS.sub("", match["label"]).strip()
            value = match["value"].strip()
            yield replace(whole, text=value, raw=value, first=block.line + i, label=label)


def _cells(row: str) -> list[str]:
    row = row.strip()
    row = row[1:] if row.startswith("|") else row
    row = row[:-1] if row.endswith("|") and not row.endswith("\\|") else row
    return [_MARKS.sub("", cell).strip() for cell in _CELL.split(row)]


def _table(whole: Passage, rows: Sequence[tuple[int, str]], known: Names) -> Iterator[Passage]:
    """Cells of a table, each with its label and whose it is."""
    head: list[str] = []
    for i, (line, row) in enumerate(rows[:600]):
        if _RULE.match(row) and ("-" in row or head):
            continue
        cells = _cells(row)
        here = replace(whole, first=line)
        if not i or not head:
            head = cells
            if len(cells) == 2 and cells[0] and cells[1]:
                yield _cell(here, cells[0], cells[1], "")
            continue
        yield from _row(here, head, cells, known)


def _row(here: Passage, head: list[str], cells: list[str], known: Names) -> Iterator[Passage]:
    paired = len(head) == 2 or (len(head) > 2 and _VALUE_HEADS.match(head[1]) is not None)
    if paired and len(cells) > 1:
        if cells[0] and cells[1]:
            own = len(head) != 2 or not _names_other(head[1], known)
            own = own and not (_MODELS.match(head[0]) or names_in(cells[0]))
            own = own or _is_own(cells[0], known)
            yield replace(_cell(here, cells[0], cells[1], cells[0]), about="" if own else OTHER)
            yield replace(_cell(here, head[1], cells[1], cells[0]), about=_owner(cells[0], known))
        return
    for column, text in enumerate(cells[: len(head)]):
        label = head[column]
        if column and text:
            yield replace(_cell(here, label, text, cells[0]), about=_owner(cells[0], known))
            if _is_own(label, known):
                yield replace(_cell(here, cells[0], text, cells[0]), about="")
        elif text:
            yield replace(_cell(here, label, text, text), about=OTHER)


def _cell(here: Passage, label: str, text: str, row: str) -> Passage:
    return replace(here, text=text[:_MAX_TEXT], raw=text[:_MAX_TEXT], label=label, row=row)


def _is_own(name: str, known: Names) -> bool:
    return _OURS.search(name) is not None or (len(name) > 2 and known.is_own(name))


def _names_other(name: str, known: Names) -> bool:
    return not (_VALUE_HEADS.match(name) or _is_own(name, known))


def _owner(row: str, known: Names) -> str:
    """Whose a cell of a table of several columns is: this model's only where its row says so."""
    return "" if _is_own(row, known) else OTHER
