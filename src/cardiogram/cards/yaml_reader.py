"""YAML to plain values, read without trusting it."""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from cardiogram.cards.metadata import Metadata
from cardiogram.errors import DataError
from cardiogram.lazy import regex
from cardiogram.records import dataclass

_MAX_VALUES = 50_000
_VALUE_CHARACTERS = 64  # a longer text counts as so many values more, as aliases repeat it
_MAX_DEPTH = 40
_TAB = regex(r"^([ \t]*(?:- +)*-) *\t[ \t]*(?![^\s'\"#{\[][^#\n]*?:(?:\s|\Z))", re.MULTILINE)
_BREAKS = str.maketrans("\x85\u2028\u2029", "   ")  # line ends of YAML 1.1, letters of 1.2
_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in (
        *("str", "int", "float", "bool", "null", "map", "seq"),
        *("timestamp", "binary", "omap", "pairs", "set", "merge"),
    )
)
"""YAML tags that the Hub's reader knows."""

_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_find_tag: Callable[[type, str, tuple[bool, bool]], str] = yaml.resolver.Resolver().resolve


class _UnreadableError(ValueError):
    """YAML that the Hub's reader refuses and ours would take."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line, self.words = line, words


class _TooLargeError(Exception):
    """The document unfolds to more values than any card needs."""


class _NotAMapError(Exception):
    """The document is a list or a single value."""


def read_metadata(front_matter: str, above: int) -> Metadata:
    """Read a front matter block of any YAML; see :func:`.parse_metadata`."""
    try:
        reader = _read(front_matter)
    except _TooLargeError:
        return Metadata(source="front_matter", problems=("yaml_too_large",))
    except _NotAMapError:
        return Metadata(source="front_matter", problems=("yaml_not_a_map",))
    except _UnreadableError as error:
        where = f"line {error.line + above + 1}, {error.words}"
        return Metadata(source="front_matter", problems=(f"yaml_malformed: {where}",))
    except (yaml.YAMLError, ValueError) as error:
        if "nesting depth" in str(getattr(error, "problem", "")):  # libyaml has a bound of its own
            return Metadata(source="front_matter", problems=("yaml_too_large",))
        return Metadata(
            source="front_matter", problems=(f"yaml_malformed{_where(error, front_matter, above)}",)
        )
    lines = {key: line + above + 1 for key, line in reader.lines.items()}
    problems = tuple(
        f"yaml_duplicate_key: {key}" if key in lines else f"yaml_duplicate_key: {key}, line {line}"
        for key, line in ((key, line + above + 1) for key, line in reader.duplicates[:3])
    )
    root = reader.root if isinstance(reader.root, dict) else {}
    return Metadata(root, lines, "front_matter", problems)


def _where(error: Exception, text: str, above: int) -> str:
    """The line that is wrong, and what is wrong with it where that can be said in plain words."""
    mark, begun = (getattr(error, f"{name}_mark", None) for name in ("problem", "context"))
    if mark is None:
        return ""
    context, problem = (str(getattr(error, name, "") or "") for name in ("context", "problem"))
    for start, words in _BEGUN.items():
        if begun is not None and context.endswith(start):
            return f": line {begun.line + above + 1}, {words}"
    lines = [*text.split("\n"), ""]
    line = lines[min(mark.line, len(lines) - 1)]
    words = _wrong_at(line[: mark.column], line[mark.column : mark.column + 1], context, problem)
    return f": line {mark.line + above + 1}{words and f', {words}'}"


_BEGUN = {
    "a flow sequence": "a comma or ] is missing after its [",
    "a flow mapping": "a comma or } is missing after its {",
    "a quoted scalar": "its quote is not closed",
    "a simple key": "it is no `key: value`",
    "a block scalar": "it begins with > or |: put it in quotes",
}
"""What the parser was in the middle of, and what is then wrong with the line where it began."""


def _wrong_at(before: str, sign: str, context: str, problem: str) -> str:
    if sign == "\t" and ("tab" in problem or "cannot start" in problem):
        return "a tab indents it: YAML takes blanks"
    if "cannot start any token" in problem:
        return f"its value begins with {sign}: put it in quotes"
    if context.endswith("a flow node") and not sign:
        return "a [ or { above it is not closed"
    if problem.startswith("mapping values"):
        return "it has a second colon: put the value in quotes" if ":" in before else _INDENT
    if context.endswith(("a block mapping", "a block collection")):
        return _INDENT if not before.strip() else "text stands behind a quote that is closed"
    return ""


_INDENT = "it does not fit the lines above: look at its indent"


def load_yaml(text: str) -> object:
    """Read any YAML document without trusting it, as the front matter is read.

    Raises
    ------
    DataError
        It is not YAML, has one key twice, or unfolds to more values than such a file needs.
    """
    try:
        reader = _read(text, any_root=True)
    except _TooLargeError:
        raise DataError("it unfolds to too many values, or is nested too deep") from None
    except _UnreadableError as error:
        raise DataError(f"line {error.line + 1}, {error.words}") from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f": line {mark.line + 1}" if mark is not None else ""
        raise DataError(f"it is not YAML{where}") from None
    if reader.duplicates:
        key, line = reader.duplicates[0]
        raise DataError(f"line {line + 1}, the key {key[:60]!r} stands there twice")
    return reader.root


def _read(text: str, *, any_root: bool = False) -> _Reader:
    """Read YAML; some blanks to the Hub's parser, as a tab behind a list's dash, ours refuses."""
    reader = _Reader(any_root=any_root)
    try:
        reader.read(text)
    except yaml.YAMLError:
        blanks = _TAB.sub(r"\1 ", text.translate(_BREAKS))
        if blanks == text:
            raise
        reader = _Reader(any_root=any_root)
        reader.read(blanks)
    return reader


class _Reader:
    """YAML events to plain values.

    The parser's own tree builder recurses and dies of deep nesting; this one keeps a stack, and
    a budget that an alias bomb exceeds.
    """

    def __init__(self, *, any_root: bool = False) -> None:
        self.root: object = None if any_root else {}
        self._any_root = any_root
        self.lines: dict[str, int] = {}
        self.duplicates: list[tuple[str, int]] = []
        self._begun = False
        self._left = _MAX_VALUES
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[object, int]] = {}

    def read(self, text: str) -> None:
        for event in yaml.parse(text, Loader=_LOADER):
            line, anchor = _line(event), getattr(event, "anchor", None)
            if (tag := getattr(event, "tag", None)) not in (None, "!") and tag not in _TAGS:
                raise _UnreadableError(line, f"unknown tag {str(tag)[:60]!r}")
            if isinstance(event, yaml.ScalarEvent):
                size = 1 + len(event.value) // _VALUE_CHARACTERS
                self._spend(size)
                scalar = _scalar(event, tag, line)
                if anchor:
                    self._anchors[anchor] = (scalar, size)
                self._put(scalar, line)
            elif isinstance(event, yaml.AliasEvent):
                if any(open.anchor == anchor for open in self._stack):
                    raise _TooLargeError
                if anchor not in self._anchors:
                    raise _UnreadableError(line, f"the alias {str(anchor)[:60]!r} is not defined")
                value, size = self._anchors[anchor]
                self._spend(size)
                self._put(value, line)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._open(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._close()

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise _TooLargeError

    def _begin(self, line: int) -> None:
        if self._begun:
            raise _UnreadableError(line, "a second document begins")
        self._begun = True

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        is_map = isinstance(event, yaml.MappingStartEvent)
        if not self._stack:
            self._begin(_line(event))
            if not is_map and not self._any_root:
                raise _NotAMapError
        if len(self._stack) >= _MAX_DEPTH:
            raise _TooLargeError
        self._spend(1)
        self._stack.append(_Open({} if is_map else [], event.anchor, self._left, _line(event)))

    def _close(self) -> None:
        done = self._stack.pop()
        if isinstance(done.value, dict) and "<<" in done.value:
            done.value = _merge(done.value, done.line)
        if done.anchor:
            self._anchors[done.anchor] = (done.value, done.left - self._left + 1)
        if self._stack:
            self._put(done.value, done.line)
        else:
            self.root = done.value

    def _put(self, value: object, line: int) -> None:
        """Hand a finished value to the collection around it."""
        if not self._stack:
            self._begin(line)
            if self._any_root:
                self.root = value
            elif value is not None:
                raise _NotAMapError
            return
        top = self._stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is None:
            top.key = _key(value)
            if top.key in top.value:
                self.duplicates.append((top.key, line))
            if len(self._stack) == 1:
                self.lines[top.key] = line
        else:
            top.value[top.key] = value
            top.key = None


@dataclass(slots=True)
class _Open:
    """A collection that is still being read."""

    value: list[object] | dict[str, object]
    anchor: str | None
    left: int
    line: int
    key: str | None = None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line if event.start_mark else 0


def _key(value: object) -> str:
    """A key as a text; a collection has none."""
    if isinstance(value, list | dict):
        return type(value).__name__
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)[:200]


def _merge(value: dict[str, object], line: int) -> dict[str, object]:
    """A map with the maps that its `<<` names; its own keys win, then the first map's."""
    named = value.pop("<<")
    merged: dict[str, object] = {}
    for part in named if isinstance(named, list) else [named]:
        if not isinstance(part, dict):
            raise _UnreadableError(line, "`<<` stands before what is no map")
        merged = {**part, **merged}
    return {**merged, **value}


def _scalar(event: yaml.ScalarEvent, tag: str | None, line: int) -> str | int | float | bool | None:
    """A scalar's value; of a date, a number in another base or of many digits, its text."""
    text, named = event.value, (tag or "").rpartition(":")[2]
    typed = named in ("int", "float", "bool", "null")
    if not event.implicit[0] and not typed:
        return text
    kind = _find_tag(yaml.ScalarNode, text, (True, False)).rpartition(":")[2]
    fits = kind == named or (named, kind) == ("float", "int")
    if typed and not (fits and (named != "bool" or text.lower() in ("true", "false"))):
        raise _UnreadableError(line, f"{text[:60]!r} is not what its tag !!{named} says")
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        if kind == "int" and len(text) < 20 and "_" not in text:
            return int(text)
        if kind == "float" and "_" not in text:
            return float(text)
    except ValueError:  # YAML's sexagesimal numbers: keep the author's text
        pass
    return text
