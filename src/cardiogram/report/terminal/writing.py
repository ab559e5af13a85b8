"""How every form writes texts from outside: on a terminal, as JSON, Markdown, SARIF, commands."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from typing import Literal
from urllib.parse import quote

from cardiogram.lazy import regex
from cardiogram.records import NamedTuple
from cardiogram.report.markup import printable

_MARKS = str.maketrans({mark: f"&#{ord(mark)};" for mark in "<>[]*_`|#@\\&~"})
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
"""Workflow commands by severity."""
_CODE = regex("(`[^`]+`)")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:@%+=,-")
"""What a shell takes as it is."""

SCREEN = 25
"""Lines of a terminal."""


class Look(NamedTuple):
    """How to print cards.

    Attributes
    ----------
    width
        Characters of a line.
    colour
        Whether escape codes of a terminal may stand in it.
    detail
        `all` is everything that is known of each card; `short` one screen for one card, and a line
        for each of several.
    minimum
        The bar of a gate, if there is one.
    letters
        Whether pictures are drawn of block characters or of what every terminal has.
    program
        What people type before a command.
    whole
        What Markdown says of what it leaves out.
    """

    width: int = 80
    colour: bool = False
    detail: Literal["short", "all"] = "short"
    minimum: float | None = None
    letters: Literal["all", "ascii"] = "all"
    program: str = "cardiogram"
    whole: str = "`-v` shows all"


def one_line(text: str) -> str:
    r"""A text from outside on one line, without what steers a terminal.

    >>> one_line("a\x1b[2J\n b")
    'a?[2J b'
    """
    return " ".join(printable(text).split())


def join_parts(parts: Iterable[Sequence[str]]) -> str:
    """Parts of a screen, a blank line between them; one without lines is left out."""
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def height_of(parts: Iterable[Sequence[str]]) -> int:
    """How many lines of a screen they take."""
    return sum(len(part) + 1 for part in parts if part) - 1


def quote_name(name: str) -> str:
    """A name as a shell reads it."""
    if name and _PLAIN.issuperset(name):
        return name
    import shlex  # it compiles patterns that a plain name does not need

    return shlex.quote(name)


def write_json(value: object) -> str:
    """JSON for people and programs."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


# Markdown --------------------------------------------------------------------------------------


def escape(text: str) -> str:
    """A text as Markdown that says just that."""
    return one_line(text).translate(_MARKS)


def escape_words(text: str) -> str:
    """A sentence of ours as Markdown: what stands in backticks is code."""
    parts = _CODE.split(one_line(text))
    return "".join(part if _CODE.fullmatch(part) else part.translate(_MARKS) for part in parts)


def cell(text: str) -> str:
    r"""A code span that cannot leave its table's cell: some readers count the backslashes.

    >>> cell(r"a\| b")
    '`a\\ \\| b`'
    """
    return inline(text).replace("\\|", "\\ |").replace("|", "\\|")


def inline(text: str) -> str:
    """A text from outside as a Markdown code span that it cannot leave; two backticks open one."""
    return "`" + (one_line(text).replace("`", "'") or " ") + "`"


# Workflow commands -----------------------------------------------------------------------------


def annotate(severity: str, file: str, line: int, title: str, message: str) -> str:
    """A workflow command, which GitHub shows on a line of a file."""
    file, title = _property(_with_slashes(file)), _property(title)
    return f"::{_COMMANDS[severity]} file={file},line={line},title={title}::{_data(message)}"


def _data(text: str) -> str:
    """A text that cannot leave its workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _with_slashes(file: str) -> str:
    """A path as addresses have it."""
    return file.replace("\\", "/") if os.name == "nt" else file


# SARIF -----------------------------------------------------------------------------------------


def write_sarif(rules: Sequence[object], results: Sequence[object]) -> str:
    """A log of one run as SARIF 2.1.0."""
    from importlib.metadata import version

    driver = {"name": "cardiogram", "version": version("cardiogram"), "rules": rules}
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return write_json({"$schema": schema, "version": "2.1.0", "runs": [run]})


def sarif_contradictions() -> list[dict[str, object]]:
    """The rules on contradictions, as SARIF describes rules."""
    from cardiogram.repository.contradictions import CONTRADICTION_RULES

    return [
        {
            "id": rule.id,
            "name": rule.name,
            "shortDescription": {"text": rule.words["what"]},
            "fullDescription": {"text": f"{rule.words['what']} {rule.words['why']}"},
            "help": {"text": f"{rule.words['why']} For example: {rule.words['example']}"},
        }
        for rule in CONTRADICTION_RULES
    ]


def sarif_result(
    file: str, rule: str, index: int, level: str, message: str, line: int
) -> dict[str, object]:
    """One result of a SARIF log, on a line of a file."""
    place = {
        "artifactLocation": {"uri": quote(os.fsencode(_with_slashes(file)))},
        "region": {"startLine": line},
    }
    return {
        "ruleId": rule,
        "ruleIndex": index,
        "level": level,
        "message": {"text": message},
        "locations": [{"physicalLocation": place}],
    }
