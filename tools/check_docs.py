"""Find what has gone stale in pages written by hand: dead links, commands that do not parse."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import click

from cardiogram.cards.markdown import parse_document
from cardiogram.cli import main as command_line
from cardiogram.cli.group import root_context, walk_commands

_OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_NOT_IN_SLUGS = re.compile(r"[^\w\- ]")
_BEFORE = re.compile(r"\$ |- run: |run: |(?:[A-Z_]+=\S+ )+")
"""What may stand before a command: a prompt, a key of a workflow, variables."""
_ENDS = frozenset({"|", "||", "&&", ";", ">", ">>", "<", "2>", "&"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong on a page, and where."""

    page: Path
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.words}"


def find_pages(root: Path) -> list[Path]:
    """README.md, CONTRIBUTING.md and every page below docs/."""
    return [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))]


def find_faults(root: Path) -> list[Fault]:
    """Dead links, commands that do not parse and commands that no page written by hand names."""
    faults = []
    for page in find_pages(root):
        faults += [*_dead_links(page, root), *_broken_commands(page, root)]
    return faults + _unnamed_commands(root)


def _dead_links(page: Path, root: Path) -> Iterator[Fault]:
    for link in parse_document(page.read_text("utf-8")).links:
        if _OUTSIDE.match(link.target):
            continue
        name, _, anchor = unquote(link.target).partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists():
            yield Fault(page.relative_to(root), link.line, f"no file {link.target!r}")
        elif anchor and anchor not in anchors(target):
            yield Fault(page.relative_to(root), link.line, f"no heading {link.target!r}")


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors that GitHub makes of a page's headings."""
    seen: Counter[str] = Counter()
    found = set()
    for block in parse_document(page.read_text("utf-8")).blocks:
        if block.kind == "heading":
            slug = _NOT_IN_SLUGS.sub("", block.text.lower()).replace(" ", "-")
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Shown:
    """A command that a page shows: its words after `cardiogram`, and its line."""

    line: int
    words: tuple[str, ...]


def shown_commands(text: str) -> Iterator[Shown]:
    """Lines of fenced and indented blocks that run cardiogram, up to a pipe or the like."""
    for block in parse_document(text).blocks:
        if block.kind != "code":
            continue
        lines = block.text.replace("\\\n", " ").splitlines()
        for number, line in enumerate(lines):
            words = _words(line)
            if words[:1] == ["cardiogram"]:
                yield Shown(block.line + number, tuple(words[1:]))


def _words(line: str) -> list[str]:
    line = _BEFORE.sub("", line.strip())
    if not line.startswith("cardiogram"):
        return []
    words = shlex.split(line, comments=True)
    end = next((at for at, word in enumerate(words) if word in _ENDS), len(words))
    return words[:end]


def _broken_commands(page: Path, root: Path) -> Iterator[Fault]:
    for shown in shown_commands(page.read_text("utf-8")):
        try:
            _parse(shown.words)
        except click.UsageError as error:
            words = shlex.join(["cardiogram", *shown.words])
            yield Fault(page.relative_to(root), shown.line, f"{words}: {error.format_message()}")


def _parse(words: Sequence[str]) -> None:
    """Parse a command as click does, without asking whether its files exist.

    Raises
    ------
    click.UsageError
        There is no such command or option, or a value or an argument is wrong or missing.
    """
    context, rest = root_context(command_line), list(words)
    while isinstance(group := context.command, click.Group):
        if not rest or rest[0] in ("--help", "-h", "--version"):
            return
        command = group.get_command(context, rest[0])
        if command is None:
            raise click.UsageError(f"no command {rest[0]!r}")
        context = click.Context(command, info_name=rest.pop(0), parent=context)
    command = context.command
    values, _, _ = command.make_parser(context).parse_args(rest)
    if values.get("help"):
        return
    for parameter in command.params:
        value = values.get(parameter.name or "")
        given = isinstance(value, str | tuple | list) and bool(value)
        if parameter.required and not given:
            raise click.MissingParameter(ctx=context, param=parameter)
        if isinstance(value, str) and not isinstance(parameter.type, click.Path):
            parameter.type_cast_value(context, value)


def _unnamed_commands(root: Path) -> list[Fault]:
    """Commands of which only the generated reference speaks."""
    pages = [page for page in find_pages(root) if page.parent.name != "reference"]
    text = "\n".join(page.read_text("utf-8") for page in pages)
    return [
        Fault(Path("docs"), 0, f"no page speaks of `{context.command_path}`")
        for context in walk_commands(root_context(command_line))
        if context.command_path not in text
    ]
