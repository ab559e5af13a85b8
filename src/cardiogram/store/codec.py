"""Dataclasses as JSON and back, by their fields alone.

A field's metadata may say where its key stands (`FIRST_KEY`, `LAST_KEY`, `AFTER_LAST`; others stand
between), that it is left out where it is None (`OMIT_NONE`), or what its key is (`{"key": ...}`).
"""

from __future__ import annotations

import base64
import math
import types
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from functools import cache, partial
from pathlib import PurePath
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from cardiogram.errors import DataError

T = TypeVar("T")

FIRST_KEY, LAST_KEY, AFTER_LAST = {"place": -1}, {"place": 1}, {"place": 2}
OMIT_NONE = {"omit": True}
_AS_THEY_ARE = {str, int, bool, types.NoneType}


def to_json(value: object, sparse: tuple[type, ...] = ()) -> Any:
    """Lay a dataclass out as JSON knows it; a NaN and an infinity are null, days and paths texts.

    Parameters
    ----------
    sparse
        Dataclasses whose keys are left out wherever they are None.
    """
    if type(value) in _AS_THEY_ARE:
        return value
    if is_dataclass(value) and not isinstance(value, type):
        always = not isinstance(value, sparse)
        entries = ((key, field, getattr(value, field.name)) for key, field in _layout(type(value)))
        return {
            key: to_json(inner, sparse)
            for key, field, inner in entries
            if inner is not None or (always and not field.metadata.get("omit"))
        }
    if isinstance(value, Mapping):
        return {str(key): to_json(inner, sparse) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(inner, sparse) for inner in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value) if isinstance(value, PurePath) else value


def from_json(kind: type[T], value: object, place: str = "it") -> T:
    """Make a dataclass of what :func:`to_json` gave.

    Parameters
    ----------
    place
        What the value is called where something is wrong with it.

    Raises
    ------
    DataError
        The value is of another form.
    """
    decoded: T = _decode(kind, value, place)
    return decoded


@cache
def _layout(kind: type) -> tuple[tuple[str, Field[Any]], ...]:
    """Keys and fields in the order in which they are written."""
    ordered = sorted(fields(kind), key=lambda field: field.metadata.get("place", 0))
    return tuple((field.metadata.get("key", field.name), field) for field in ordered)


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _decode(kind: Any, value: object, place: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _decode(_choose(get_args(kind), value), value, place)
    if origin is Literal and value in get_args(kind):
        return value
    if isinstance(value, Mapping) and is_dataclass(kind):
        return _decode_fields(kind, value, place)
    if origin is tuple and isinstance(value, list):
        inner = get_args(kind)[0]
        return tuple(_decode(inner, part, f"{place}[{i}]") for i, part in enumerate(value))
    if isinstance(origin, type) and issubclass(origin, Mapping) and isinstance(value, Mapping):
        of, inner = get_args(kind)
        return {of(key): _decode(inner, part, f"{place}.{key}") for key, part in value.items()}
    if kind is float and value is None:
        return math.nan
    if (read := _READ.get(kind)) and isinstance(value, str):
        with suppress(ValueError):
            return read(value)
    elif _is_plain(kind, value):
        return value
    raise _wrong(place, f"{value!r:.40}")


_READ: dict[Any, Callable[[str], object]] = {
    bytes: partial(base64.b64decode, validate=True),
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}
"""What stands as a text in JSON."""


def _is_plain(kind: Any, value: object) -> bool:
    """Whether a value is of a kind as it is; a truth is no number."""
    plain = (int, float) if kind is float else kind
    return (
        isinstance(plain, type | tuple)
        and not is_dataclass(plain)
        and isinstance(value, plain)
        and (kind in (bool, object) or not isinstance(value, bool))
    )


def _decode_fields(kind: Any, value: Mapping[str, object], place: str) -> Any:
    if missing := _required(kind) - value.keys():
        raise _wrong(place, f"no {sorted(missing)[0]!r}")
    hints = _hints(kind)
    known = ((key, field) for key, field in _layout(kind) if key in value)
    return kind(
        **{
            field.name: _decode(hints[field.name], value[key], f"{place}.{key}")
            for key, field in known
        }
    )


@cache
def _required(kind: type) -> frozenset[str]:
    """Keys that must be there."""
    return frozenset(
        key
        for key, field in _layout(kind)
        if field.default is MISSING and field.default_factory is MISSING
    )


def _choose(kinds: tuple[Any, ...], value: object) -> Any:
    """Which of several kinds a value is: none, or the first whose keys are all there."""
    if value is None and types.NoneType in kinds:
        return types.NoneType
    some = [kind for kind in kinds if kind is not types.NoneType]
    if isinstance(value, Mapping):
        for kind in some:
            if is_dataclass(kind) and _required(kind) <= value.keys():  # type: ignore[arg-type]
                return kind
    return some[-1]


def _wrong(place: str, what: str) -> DataError:
    return DataError(f"{place} cannot be read: it has {what}")
