"""What a Markdown parser says of a text: events, in the shape of pyromark's."""

from __future__ import annotations

from typing import Any, TypeAlias, TypedDict


class ByteRange(TypedDict):
    """Bytes of the source in UTF-8."""

    start: int
    end: int


Tag: TypeAlias = "str | dict[str, object]"
"""The name of an element, alone or with its detail."""

Event: TypeAlias = "tuple[str | dict[str, Any], ByteRange]"
"""A mark, or what begins, ends or is said: its kind with a :data:`Tag` or a text."""
