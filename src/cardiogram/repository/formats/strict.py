"""JSON and YAML of strangers, as plain values."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable

from cardiogram.cards import load_yaml
from cardiogram.errors import DataError

MAX_DEPTH = 64
ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")
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
        value = json.loads(
            text,
            object_pairs_hook=pairs_once,
            parse_float=finite_float if nan else _only_finite,
            parse_constant=_constant if nan else _no_constant,
        )
    except RecursionError:
        raise DataError(f"it is nested more than {MAX_DEPTH} deep") from None
    except UnicodeDecodeError:
        raise DataError("it is not UTF-8") from None
    except ValueError as error:  # also a number of more than 4300 digits
        line = f": line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise DataError(f"it is not JSON{line}") from None
    check_depth(value)
    return storable(value) if ESCAPED.search(text) else value


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


def finite_float(text: str) -> float | None:
    """A number, or None where it is beyond all floats."""
    value = float(text)
    return value if math.isfinite(value) else None


def check_depth(value: object) -> None:
    """Refuse what is nested deeper than any honest file.

    Raises
    ------
    DataError
        It is nested more than 64 deep.
    """
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            inner
            for outer in level
            for inner in (
                outer.values()
                if isinstance(outer, dict)
                else outer
                if isinstance(outer, list)
                else ()
            )
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise DataError(f"it is nested more than {MAX_DEPTH} deep")


def storable(value: object) -> object:
    """A value whose texts can be written as UTF-8: half a surrogate becomes a question mark."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {str(storable(key)): storable(inner) for key, inner in value.items()}
    return [storable(inner) for inner in value] if isinstance(value, list) else value


def _only_finite(text: str) -> float:
    value = finite_float(text)
    if value is None:
        raise DataError(f"the number {text[:20]} is beyond all bounds")
    return value


def _no_constant(name: str) -> float:
    raise DataError(f"{name} stands there, which is no number of JSON")


_constant: Callable[[str], None] = lambda name: None  # noqa: E731
