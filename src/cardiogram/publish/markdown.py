"""Markdown that nothing from outside can leave: model ids and search words are anybody's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_MARKS = re.compile(r"([\\`*_\[\]<>#|~&])")
_LONGEST = 80


def code(text: str) -> str:
    """A short text from outside as a code span, in a table's cell or elsewhere.

    Examples
    --------
    >>> code("a`<b>|c")
    "`a'<b>¦c`"
    """
    plain = _UNSEEN.sub("?", text).replace("`", "'").replace("|", "¦")
    return f"`{plain[:_LONGEST] or ' '}`"


def words(text: str) -> str:
    r"""A sentence from outside with every mark of Markdown and HTML made plain.

    Examples
    --------
    >>> words("rho <b>")
    'rho \\<b\\>'
    """
    return _MARKS.sub(r"\\\1", _UNSEEN.sub(" ", text))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; its cells must be safe already."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def size(count: int) -> str:
    """Bytes for reading.

    Examples
    --------
    >>> size(900), size(12_300), size(4_500_000)
    ('900 B', '12.3 kB', '4.5 MB')
    """
    for unit, many in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= many:
            return f"{count / many:.1f} {unit}"
    return f"{count} B"
