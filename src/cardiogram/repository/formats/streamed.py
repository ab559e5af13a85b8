"""JSON that is too long to keep: one entry at a time of its longest list."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator

from cardiogram.errors import DataError
from cardiogram.lazy import regex
from cardiogram.repository.formats.strict import checked, is_deep, pairs_once

MAX_ENTRY = 4 << 20  # characters of one value
ENOUGH = 64 << 10  # characters at hand before a value is tried
_BLANKS = regex(r"[ \t\n\r]*").match
_DECODE = json.JSONDecoder(
    object_pairs_hook=pairs_once, parse_constant=lambda name: None
).raw_decode


def stream_json(parts: Iterable[bytes], of: str) -> Iterator[tuple[str, int, object]]:
    """Read a JSON object key by key, and one of its lists entry by entry.

    Parameters
    ----------
    parts
        The file in parts of any length.
    of
        The key of the list: ``log_history``.

    Yields
    ------
    tuple
        Key, index and value: the entries of the list under `of` with their index, every other
        key with -1, in the order in which they stand.

    Raises
    ------
    DataError
        It is no JSON object, ends early, has one key twice, or a value of more than 4 MiB. What
        was given before that stands there.
    """
    text = _Text(parts)
    text.take("{")
    seen: set[str] = set()
    while not text.take_end("}", first=not seen):
        key = text.value()
        if not isinstance(key, str) or key in seen:
            raise DataError(f"the key {str(key)[:60]!r} stands there twice or is none")
        seen.add(key)
        text.take(":")
        if key == of and text.peek() == "[":
            text.take("[")
            index = 0
            while not text.take_end("]", first=not index):
                yield key, index, text.value()
                index += 1
        else:
            yield key, -1, text.value()
    if text.peek():
        raise DataError("something stands behind its end")


class _Text:
    """A text that comes in parts, read from the front."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._text, self._at, self._ended = "", 0, False

    def peek(self) -> str:
        """The next character that is no blank; "" at the end."""
        while True:
            self._at = at = _BLANKS(self._text, self._at).end()  # type: ignore[union-attr]
            if at < len(self._text):
                return self._text[at]
            if not self._more():
                return ""

    def take(self, sign: str) -> None:
        """Step over a sign that must stand here."""
        if self.peek() != sign:
            raise DataError(f"no {sign} where one must stand, or it ends early")
        self._at += 1

    def take_end(self, end: str, *, first: bool) -> bool:
        """Step over the end of a list or an object; else over the comma before its next part."""
        if self.peek() == end:
            self._at += 1
            return True
        if not first:
            self.take(",")
        return False

    def value(self) -> object:
        """The next value."""
        self.peek()
        while True:
            while len(self._text) - self._at < ENOUGH and self._more():
                pass
            try:
                value, stop = _DECODE(self._text, self._at)
            except RecursionError:
                raise DataError("it is nested too deep") from None
            except ValueError:
                if len(self._text) - self._at > MAX_ENTRY or not self._more():
                    raise DataError(
                        "a value that is not JSON, is too long, or ends early"
                    ) from None
                continue
            if stop == len(self._text) and self._more():  # a number may go on
                continue
            start, self._at = self._at, stop
            text = self._text[start:stop]
            if is_deep(text):
                raise DataError("it is nested too deep")
            return checked(value, text)

    def _more(self) -> bool:
        """Take in the next part; False at the end."""
        if self._ended:
            return False
        part = next(self._parts, None)
        try:
            read = self._decode.decode(part or b"", part is None)
        except UnicodeDecodeError:
            raise DataError("it is not UTF-8") from None
        self._text = self._text[self._at :] + read
        self._at = 0
        self._ended = part is None
        return bool(read) or not self._ended
