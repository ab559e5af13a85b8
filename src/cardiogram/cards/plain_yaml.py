"""Front matter as most authors write it: keys, lists and short values, one a line, by indents.

To read a card took a parser of all of YAML a fifth of the time. This reads the part of YAML that
can be told line by line, to the same values, and leaves all else to the parser.
"""

from __future__ import annotations

from typing import TypeAlias

from cardiogram.lazy import regex
from cardiogram.records import NamedTuple

_LONGEST, _DEEPEST = 20_000, 30
_LINES = regex(r"(?m)^( *)(- +)?(?:([A-Za-z_][\w-]{0,99}):(?: +|$))?(.*)$")
"""Of a line the indent, the dash of a list, the key, and the rest."""

_NO_TEXTS: dict[str, bool | None] = {
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = regex(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = regex(r"[-+]?[0-9]+\.[0-9]+")
_IN_NO_NUMBER = regex(r"[^0-9_.:eE+-]|\..*\.|^[0-9]+-")  # not in dates and versions, either

Collection: TypeAlias = "dict[str, object] | list[object]"


class PlainYaml(NamedTuple):
    """A map, and the line of each of its keys, from 0."""

    root: dict[str, object]
    lines: dict[str, int]


class _Reader:
    """The map or list at hand, its column, and those around it."""

    def __init__(self) -> None:
        self.root: dict[str, object] = {}
        self.top: Collection = self.root
        self.column, self.waiting = 0, ""
        self.around: list[tuple[Collection, int]] = []

    def open(self, new: Collection, column: int) -> None:
        """Begin what the key without a value, or a dash, stands before."""
        if isinstance(self.top, list):
            self.top.append(new)
        else:
            self.top[self.waiting] = new
        self.around.append((self.top, self.column))
        self.top, self.column, self.waiting = new, column, ""

    def close(self) -> None:
        (self.top, self.column), self.waiting = self.around.pop(), ""

    def enter(self, column: int, dash: str, key: str) -> bool:
        """Go to where a line belongs; whether there is such a place."""
        while column < self.column:
            self.close()
        if not dash:
            if type(self.top) is list:  # a list may stand at the column of its key
                if column != self.column:
                    return False
                self.close()
            elif column > self.column and self.waiting:
                self.open({}, column)
            return column == self.column
        if type(self.top) is dict:
            if not self.waiting:
                return False
            self.open([], column)
        if column != self.column:
            return False
        if key:
            self.open({}, column + len(dash))
        return True


def read_plain_yaml(text: str) -> PlainYaml | None:
    r"""Read front matter; None where it is for a parser of all of YAML.

    Examples
    --------
    >>> read_plain_yaml("license: mit\ntags:\n- bert\n")
    PlainYaml(root={'license': 'mit', 'tags': ['bert']}, lines={'license': 0, 'tags': 1})
    >>> read_plain_yaml("license: [mit, apache-2.0]")
    """
    if len(text) > _LONGEST or not text.replace("\n", "").isprintable():
        return None
    reader, lines = _Reader(), dict[str, int]()
    for number, (blanks, dash, key, value) in enumerate(_LINES.findall(text)):
        if not (dash or key) and value[:1] in ("", "#"):
            continue
        scalar = _read_scalar(value) if value else None
        if scalar is _OTHER or not (key or value):
            return None
        if not reader.enter(len(blanks), dash, key) or len(reader.around) > _DEEPEST:
            return None
        top = reader.top
        if type(top) is dict:
            if not key or key in top or key in _NO_TEXTS:
                return None
            top[key] = scalar
            reader.waiting = "" if value else key
            if top is reader.root:
                lines[key] = number
        elif type(top) is list:
            top.append(scalar)
    return PlainYaml(reader.root, lines)


_OTHER = object()


def _read_scalar(value: str) -> object:
    """What stands behind a key or a dash."""
    value, first = value.rstrip(" "), value[0]
    if first in "\"'":
        is_whole = value.find(first, 1) == len(value) - 1 and "\\" not in value
        return value[1:-1] if is_whole else _OTHER
    if ": " in value or " #" in value or value[-1] == ":":
        return _OTHER
    if first.isalpha():
        return _NO_TEXTS.get(value, value)
    if first.isalnum() or (first in "+-." and value[1:2].isdigit()):
        return _read_number(value)
    return [] if value == "[]" else _OTHER


def _read_number(text: str) -> object:
    """A number, or a text that begins as one does, such as 7B."""
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text if _IN_NO_NUMBER.search(text) else _OTHER
