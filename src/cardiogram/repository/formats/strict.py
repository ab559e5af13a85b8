"""JSON and YAML of strangers, as plain values."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable

from cardiogram.cards import load_yaml
from cardiogram.errors import DataError
from cardiogram.lazy import regex

MAX_DEPTH = 64
_ESCAPED = regex(r"\\u[dD][89a-fA-F]")
_NO_BRACKETS = regex(r'"(?:\\.|[^"\\])*"?|[^][{}"]+', re.DOTALL)
_HUGE, _DIGITS = regex(r"[eE]\+?\d{3}"), regex(r"\d{309}")
_Pairs = list[tuple[str, object]]


def read_json(data: bytes, *, nan: bool = True) -> object:
    """Read a whole JSON document.

    Parameters
    ----------
    nan
        Whether NaN and infinities, which Python writes and JSON does not know, are read as None.

    Raises
    ------
    DataError
        It is not JSON, has one key twice, or is nested more than 64 deep.
    """
    try:
        text = data.decode("utf-8-sig")
        if is_deep(text):
            raise DataError(f"it is nested more than {MAX_DEPTH} deep")
        value = json.loads(
            text,
            object_pairs_hook=pairs_once,
            parse_constant=_constant if nan else _no_constant,
        )
    except UnicodeDecodeError:
        raise DataError("it is not UTF-8") from None
    except ValueError as error:  # also a number of more than 4300 digits
        line = f": line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise DataError(f"it is not JSON{line}") from None
    return checked(value, text, nan=nan)


def read_yaml(data: bytes) -> object:
    """Read one YAML document; dates and numbers in other bases stay texts.

    Raises
    ------
    DataError
        It is not YAML, has one key twice, is nested too deep, or unfolds to too many values.
    """
    try:
        return load_yaml(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise DataError("it is not UTF-8") from None


def pairs_once(pairs: _Pairs) -> dict[str, object]:
    """An object of JSON, whose keys must differ."""
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise DataError(f"the key {twice[:60]!r} stands there twice")
    return made


def checked(value: object, text: str, *, nan: bool = True) -> object:
    """What was read from a text.

    Numbers beyond all floats are None, and texts can be written as UTF-8: half a surrogate becomes
    a question mark.

    Raises
    ------
    DataError
        Without `nan`: it holds a number beyond all floats.
    """
    doubtful = ("\\" in text and _ESCAPED.search(text)) or _HUGE.search(text)
    if doubtful or (len(text) >= 309 and _DIGITS.search(text)):
        return _storable(value, nan)
    return value


def is_deep(text: str) -> bool:
    """Whether JSON is nested deeper than any honest file; told before a parser goes down there.

    Examples
    --------
    >>> is_deep("[" * 100 + "]" * 100), is_deep('{"a": "' + "[" * 100 + '"}')
    (True, False)
    """
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for bracket in _NO_BRACKETS.sub("", text):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH + 1:
            return True
    return False


def _storable(value: object, nan: bool) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        if not nan:
            raise DataError("a number is beyond all bounds")
        return None
    if isinstance(value, dict):
        return {str(_storable(key, nan)): _storable(v, nan) for key, v in value.items()}
    return [_storable(inner, nan) for inner in value] if isinstance(value, list) else value


def _no_constant(name: str) -> float:
    raise DataError(f"{name} stands there, which is no number of JSON")


_constant: Callable[[str], None] = lambda name: None  # noqa: E731
