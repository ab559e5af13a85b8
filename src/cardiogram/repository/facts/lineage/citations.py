"""How a work is to be cited, as files say: CITATION.cff, a BibTeX file, the base model's card.

No field is made up: an entry is that of the file, or is written of the fields that the file has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, FactSource
from cardiogram.repository.facts.lineage.front_facts import paper_facts

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

CARD, CFF = "README.md", "CITATION.cff"
LONGEST, MOST_LINES, MOST_AUTHORS = 3000, 30, 30
_ENTRY = regex(r"@(?!comment|string|preamble)[a-z]{3,20}\s*\{\s*[^\s,{}]{1,120}\s*,", re.I)
_LARGEST = 1 << 16
_NAME = ("name-particle", "family-names", "given-names", "name")
"""Keys of CITATION.cff that make an author's name."""


def citation_facts(files: Files) -> Iterator[Fact]:
    """The entry that a file of the repository gives; that of CITATION.cff before others."""
    entry, sources = _of_cff(files)
    if entry:
        yield Fact("citation", entry, sources, about=CFF, how="computed")
        return
    for path in [path for path in files.paths("*.bib", "*.BIB") if "/" not in path][:2]:
        if files.repository.files[path].size > _LARGEST:
            continue
        entry = single_entry(files.text(path))
        if entry:
            line = _line_of(files.lines(path), entry)
            source = files.line(path, line, entry.split("\n")[0].rstrip(), entry)
            yield Fact("citation", entry, (source,), about=path)


def base_citation(base: Files) -> Iterator[Fact]:
    """The one entry of a base model's card, else the one paper it names: the base's, not ours."""
    if base.card is None:
        return
    blocks = [b for b in base.card.document.blocks if b.kind == "code" and _ENTRY.search(b.text)]
    entry = single_entry(blocks[0].text) if len(blocks) == 1 else ""
    if entry:
        line = _line_of(base.lines(CARD), entry)
        source = base.line(CARD, line, entry.split("\n")[0].rstrip(), entry)
        yield Fact("base_citation", entry, (source,), about=base.named)
    papers = [fact for fact in base.facts(paper_facts) if not blocks]
    if len(papers) == 1:
        yield replace(papers[0], name="base_paper", about=base.named, note="")


def single_entry(text: str) -> str:
    r"""The one entry of a BibTeX text; "" where there are none or several, or it is not whole.

    Examples
    --------
    >>> single_entry("% ours\n@misc{otter, title={Otters}}\n")
    '@misc{otter, title={Otters}}'
    >>> single_entry("@misc{a, title={A}} @misc{b, title={B}}"), single_entry("@misc{a, title={A")
    ('', '')
    """
    starts = [match.start() for match in _ENTRY.finditer(text)]
    if len(starts) != 1:
        return ""
    depth = 0
    for place in range(starts[0], min(len(text), starts[0] + LONGEST)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if text[place] == "}" and depth == 0:
            entry = text[starts[0] : place + 1]
            lines = entry.split("\n")
            clear = "```" not in entry and all(x.replace("\t", "").isprintable() for x in lines)
            return entry if clear and len(lines) <= MOST_LINES else ""
    return ""


def _line_of(lines: list[str], entry: str) -> int:
    first = entry.split("\n")[0]
    return next((number for number, line in enumerate(lines, 1) if first in line), 1)


def _of_cff(files: Files) -> tuple[str, tuple[FactSource, ...]]:
    """An entry of the fields of CITATION.cff; that of the work that it prefers, where it does."""
    top = ("preferred-citation",) if files.mapping(CFF, "preferred-citation") else ()
    authors, sources = _authors(files, top)
    title = files.at(CFF, *top, "title")
    if title is None or not authors or not _is_plain(title.value):
        return "", ()
    fields = [("title", str(title.value)), ("author", " and ".join(authors))]
    sources = (title, *sources)
    for name, keys in (
        ("year", ("year", "date-released")),
        ("doi", ("doi",)),
        ("url", ("url", "repository-code")),
    ):
        source = next(iter(files.all_at(*((CFF, *top, key) for key in keys))), None)
        if source is not None and _is_plain(source.value):
            value = str(source.value)[:4] if name == "year" else str(source.value)
            fields.append((name, value))
            sources += (source,)
    name = re.sub(r"\W", "", authors[0].strip("{}").partition(",")[0]).lower() or "model"
    key = name + next((value for field, value in fields if field == "year"), "")
    lines = [f"@misc{{{key},", *(f"  {field} = {{{value}}}," for field, value in fields), "}"]
    return "\n".join(lines), sources


def _authors(files: Files, top: tuple[str, ...]) -> tuple[list[str], tuple[FactSource, ...]]:
    """Authors as BibTeX writes them; none where one of them cannot be read."""
    listed = files.value(CFF, *top, "authors")
    people: list[str] = []
    sources: list[FactSource] = []
    for number, author in enumerate(listed if isinstance(listed, list) else ()):
        of = author if isinstance(author, dict) else {}
        keys = [key for key in _NAME if key in of]
        if not keys or not all(_is_plain(of[key]) for key in keys) or number >= MOST_AUTHORS:
            return [], ()
        family = " ".join(str(of[key]) for key in keys if key in ("name-particle", "family-names"))
        given = str(of.get("given-names") or "")
        person = ", ".join(filter(None, (family, given)))
        people.append(f"{{{of['name']}}}" if "name" in of else person)
        here: tuple[str | int, ...] = (CFF, *top, "authors", number)
        sources += files.all_at(*((*here, key) for key in keys))
    return people, tuple(sources)


def _is_plain(value: object) -> bool:
    """Whether a value can stand in a field of BibTeX as it is."""
    text = str(value)
    plain = isinstance(value, str | int) and not isinstance(value, bool) and text.isprintable()
    return plain and 0 < len(text) <= 300 and not set(text) & set("{}\\`")


CITATION_FACTS = (citation_facts,)
