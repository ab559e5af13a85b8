"""The declarations of a `style` attribute, as CSS reads them: comments, escapes, which one wins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from operator import attrgetter

from cardiogram.cards.visibility.style.longhands import expand, is_valid
from cardiogram.lazy import regex
from cardiogram.records import NamedTuple

_TOKEN = regex(
    r"""/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|\\(?:([0-9a-fA-F]{1,6})\s?|(.))"""
    r"""|[;:(){}\[\]]|[^/"'\\;:(){}\[\]]+|/""",
    re.DOTALL,
)
_IMPORTANT = regex(r"!\s*important\s*\Z", re.IGNORECASE)
_NAME = regex(r"-?-?[a-z_][\w-]*", re.IGNORECASE)
_VAR = regex(r"var\(\s*(--[^\s,()]+)\s*(?:,((?:[^()]|\([^()]*\))*))?\)", re.IGNORECASE)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_SUBSTITUTIONS = 20
_LONGEST = 4_000


class Declaration(NamedTuple):
    """A property with its value in lower case, before custom properties are put in."""

    name: str
    value: str
    important: bool


@lru_cache(maxsize=4096)
def parse_declarations(style: str) -> tuple[Declaration, ...]:
    r"""The well-formed declarations of a style, in order.

    Examples
    --------
    >>> parse_declarations(r"display:/**/n\6fne !important")
    (Declaration(name='display', value='none', important=True),)
    """
    return tuple(_declarations(style))


def _declarations(style: str) -> Iterator[Declaration]:
    for text in _statements(style):
        name, colon, value = text.partition(":")
        name, value = name.strip(), value.strip()
        if not colon or not _NAME.fullmatch(name) or len(value) > _LONGEST:
            continue
        important = _IMPORTANT.search(value)
        if important:
            value = value[: important.start()].strip()
        if not name.startswith("--"):
            name, value = name.lower().removeprefix("-webkit-"), value.lower()
        yield Declaration(name, value, important is not None)


def _statements(style: str) -> Iterator[str]:
    """What stands between semicolons, without comments and with escapes resolved."""
    words: list[str] = []
    brackets: list[str] = []
    for token in _TOKEN.finditer(style):
        text = token[0]
        if text.startswith("/*"):
            text = " " if words and not words[-1][-1:].isspace() else ""
        elif text[0] == "\\":
            text = _unescape(token)
        elif text in _CLOSING:
            brackets.append(_CLOSING[text])
        elif text in (")", "]", "}"):
            if brackets and text == brackets[-1]:
                brackets.pop()
        elif text == ";" and not brackets:
            yield "".join(words)
            words.clear()
            continue
        words.append(text)
    yield "".join([*words, *reversed(brackets)])


def _unescape(token: re.Match[str]) -> str:
    """An escaped sign; one that would not stand in a name means nothing any more."""
    if token[1]:
        code = int(token[1], 16)
        sign = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    else:
        sign = token[2] or "\ufffd"
    return sign if sign.isalnum() or sign in "-_" or not sign.isascii() else "\ufffd"


class Style(NamedTuple):
    """What wins of the declarations of an element, property by property.

    Attributes
    ----------
    values
        Longhand properties; only values that a browser takes.
    custom
        Custom properties, with those inherited.
    """

    values: Mapping[str, str]
    custom: Mapping[str, str]


def resolve_style(style: str, inherited: Mapping[str, str]) -> Style:
    """Read a style on an element that inherits some custom properties.

    Examples
    --------
    >>> resolve_style("display: none; display: block; opacity: x", {}).values
    {'display': 'block'}
    """
    return _resolve(style) if not inherited and "--" not in style else _resolve_in(style, inherited)


@lru_cache(maxsize=4096)
def _resolve(style: str) -> Style:
    return _resolve_in(style, {})


def _resolve_in(style: str, inherited: Mapping[str, str]) -> Style:
    declarations = parse_declarations(style)
    custom: Mapping[str, str] = inherited
    own = [declared for declared in declarations if declared.name.startswith("--")]
    for name, value, _ in sorted(own, key=attrgetter("important")):
        custom = {**custom, name: value}
    values: dict[str, str] = {}
    fixed: set[str] = set()
    for name, value, important in declarations:
        if name.startswith("--"):
            continue
        deferred = "var(" in value
        if deferred:
            value = substitute(value, custom)
        for longhand, part in expand(name, value):
            if not is_valid(longhand, part):
                if not deferred:
                    continue
                part = "unset"  # invalid when it is computed, so that none before it holds
            if important or longhand not in fixed:
                values[longhand] = part
                if important:
                    fixed.add(longhand)
    return Style(values, custom)


def substitute(value: str, custom: Mapping[str, str]) -> str:
    """A value with its custom properties put in."""
    for _ in range(_SUBSTITUTIONS):
        match = _VAR.search(value)
        if match is None or len(value) > _LONGEST:
            break
        given = custom.get(match[1], match[2])
        value = f"{value[: match.start()]}{(given or '').strip().lower()}{value[match.end() :]}"
    return value.strip()
