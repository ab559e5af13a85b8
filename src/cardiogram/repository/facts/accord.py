"""Places that say the same are one fact; places that differ are two, the strongest first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from cardiogram.repository.fact import Fact, FactSource, How, Value

Reader = Callable[[Value], Value]
"""The fact's value from that of a source; None where it says nothing."""


def accord(
    name: str,
    sources: Iterable[FactSource | None],
    *,
    unit: str = "",
    about: str = "",
    note: str = "",
    read: Reader = lambda value: value,
) -> Iterator[Fact]:
    """One fact for each value that sources hold.

    Parameters
    ----------
    sources
        Places, the strongest first; None where nothing stands.
    read
        The fact's value from that of a source; None where it says nothing.

    Examples
    --------
    >>> places = [FactSource(512, "config.json"), FactSource(512.0, "tokenizer_config.json")]
    >>> [(fact.value, len(fact.sources)) for fact in accord("context", places)]
    [(512, 2)]
    """
    groups: dict[str, tuple[Value, list[FactSource]]] = {}
    for source in sources:
        value = None if source is None else read(source.value)
        if source is not None and value is not None:
            groups.setdefault(_key(value), (value, []))[1].append(source)
    for value, places in groups.values():
        yield Fact(name, value, tuple(places), unit, about, how_of(value, places[0]), note)


def how_of(value: Value, source: FactSource) -> How:
    """Whether a value stands in its source as it is."""
    return "read" if source.value == value and source.counted != "parameters" else "computed"


def whole(value: Value) -> int | None:
    """A count from 1 upwards, or None; a truth value is none.

    Examples
    --------
    >>> whole(4096.0), whole(True), whole("4096"), whole(0)
    (4096, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return None
    return int(value) if value >= 1 else None


def text(value: Value) -> str | None:
    """Words that are not empty, or None."""
    return value.strip() or None if isinstance(value, str) else None


def _key(value: Value) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True, default=str)
