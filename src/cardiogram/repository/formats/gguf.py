"""The header of a GGUF file: keys, values, and the tensors' types and shapes."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from cardiogram.errors import DataError
from cardiogram.repository.access import Repository
from cardiogram.repository.formats.tensor import Tensor

FIRST_READ = 256 << 10  # bytes: all short keys stand before the vocabulary
NEXT_READ = 8 << 20
MAX_HEADER = 64 << 20
MAX_KEYS, MAX_TENSORS, MAX_TEXT = 4096, 200_000, 1 << 20
MAX_ITEMS = {8: 4_000_000, 9: 4096}  # of an array of texts, of an array of arrays
FIRST_ITEMS = 16  # of an array that are kept
_NESTED = 2  # arrays in arrays
_TEXT, _ARRAY, _BOOL = 8, 9, 7
_NUMBERS = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", _BOOL: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip
_WIDTHS = {_TEXT: 8, _ARRAY: 12, **{k: struct.calcsize("<" + c) for k, c in _NUMBERS.items()}}
"""Bytes of one value, at least."""
_TYPES: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2),
    26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
}  # fmt: skip
"""Name, numbers of a block and bytes of a block, by the type's number."""


@dataclass(frozen=True, slots=True)
class GgufArray:
    """An array of a header: how long it is, and its first 16 items."""

    length: int
    first: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file says of itself.

    Attributes
    ----------
    values
        Numbers, texts and truth values by key; a :class:`GgufArray` for an array, None for a NaN.
    whole
        Whether all of it was read; else only the keys before a long array are here.
    """

    values: Mapping[str, object]
    tensors: tuple[Tensor, ...] = field(default=())
    whole: bool = True

    @property
    def numbers(self) -> int:
        """Numbers of all tensors, before quantisation."""
        return sum(tensor.numbers for tensor in self.tensors)


class _Short(Exception):
    """The part that may be read ends here."""


def gguf_header(repository: Repository, path: str, *, brief: bool = False) -> GgufHeader:
    """Read the header of a GGUF file, and no weight.

    Parameters
    ----------
    brief
        Read the first 256 KiB only: the keys that stand there, and no tensors if there are more.
        So it is where no more of the file is at hand.

    Raises
    ------
    CardiogramError
        It cannot be read, or is not what the format allows.
    """
    size = repository.files[path].size if path in repository.files else 0
    cursor = _Cursor(repository, path, size, min(size, FIRST_READ if brief else MAX_HEADER))
    values: dict[str, object] = {}
    try:
        return _header(cursor, values)
    except _Short:
        if values and (brief or cursor.is_cut):
            return GgufHeader(values, whole=False)
        raise DataError(f"the header of {path!r} is cut short or longer than it can be") from None
    except DataError as error:
        raise DataError(f"the header of {path!r} is damaged: {error.message}") from None


class _Cursor:
    """A place in a file whose bytes come as they are needed."""

    def __init__(self, repository: Repository, path: str, size: int, limit: int) -> None:
        self.size, self.data, self.at = size, b"", 0
        self.is_cut = False
        self._repository, self._path, self._limit = repository, path, limit

    def need(self, count: int) -> int:
        """Make sure that so many bytes are there, step over them, and say where they begin."""
        at, stop = self.at, self.at + count
        if stop > len(self.data):
            self._fetch(stop)
        self.at = stop
        return at

    def _fetch(self, stop: int) -> None:
        if stop > self._limit:
            raise _Short
        start = len(self.data)
        wanted = min(self._limit, max(stop, start + (NEXT_READ if start else FIRST_READ)))
        while start < wanted:
            part = self._repository.read_part(self._path, start, min(wanted, start + NEXT_READ))
            if not part:  # of a file that was sent, its beginning may be all that is there
                self.is_cut = True
                break
            self.data += part
            start += len(part)
        if len(self.data) < stop:
            raise _Short

    def number(self, kind: str) -> int:
        """One whole number."""
        size = struct.calcsize("<" + kind)
        at = self.need(size)
        return int.from_bytes(self.data[at : at + size], "little")

    def text(self, limit: int = MAX_TEXT) -> str:
        """One text, of at most `limit` bytes."""
        length = self.number("Q")
        if length > limit:
            raise DataError(f"a text of {length} bytes")
        at = self.need(length)
        return self.data[at : at + length].decode("utf-8", "replace")


def _header(cursor: _Cursor, values: dict[str, object]) -> GgufHeader:
    at = cursor.need(4)
    if cursor.data[at : at + 4] != b"GGUF":
        raise DataError("it does not begin with GGUF")
    version = cursor.number("I")
    if version not in (2, 3):
        raise DataError(f"version {version} is not known")
    tensors, keys = cursor.number("Q"), cursor.number("Q")
    if keys > MAX_KEYS or tensors > MAX_TENSORS:
        raise DataError(f"{keys} keys and {tensors} tensors")
    for _ in range(keys):
        key = cursor.text(65_535)
        if key in values:
            raise DataError(f"the key {key[:60]!r} stands there twice")
        values[key] = _value(cursor, cursor.number("I"))
    placed = [_tensor(cursor) for _ in range(tensors)]
    _check_places(cursor, values, placed)
    if len({tensor.name for _, tensor in placed}) < len(placed):
        raise DataError("a tensor stands there twice")
    return GgufHeader(values, tuple(tensor for _, tensor in placed))


def _value(cursor: _Cursor, kind: int, nested: int = 0) -> object:
    if kind == _TEXT:
        return cursor.text()
    if kind == _ARRAY:
        return _array(cursor, nested)
    if kind not in _NUMBERS:
        raise DataError(f"the type {kind} is not known")
    layout = "<" + _NUMBERS[kind]
    at = cursor.need(struct.calcsize(layout))
    value: object = struct.unpack_from(layout, cursor.data, at)[0]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _array(cursor: _Cursor, nested: int) -> GgufArray:
    kind, length = cursor.number("I"), cursor.number("Q")
    if nested >= _NESTED:
        raise DataError("arrays in arrays in arrays")
    if kind not in _WIDTHS:
        raise DataError(f"the type {kind} is not known")
    width = _WIDTHS[kind]
    room = min(cursor.size - cursor.at, MAX_HEADER)
    if length * width > room or length > MAX_ITEMS.get(kind, length):
        raise DataError(f"an array of {length} items, more than there can be")
    first = tuple(_value(cursor, kind, nested + 1) for _ in range(min(length, FIRST_ITEMS)))
    left = length - len(first)
    if kind == _TEXT:
        _step_over_texts(cursor, left)
    elif kind == _ARRAY:
        for _ in range(left):
            _array(cursor, nested + 1)
    else:
        cursor.need(left * width)
    return GgufArray(length, first)


def _step_over_texts(cursor: _Cursor, count: int) -> None:
    """Step over texts without making them: a vocabulary has hundreds of thousands."""
    at, data, read = cursor.at, cursor.data, int.from_bytes
    end = len(data) - 8
    for _ in range(count):
        if at > end:
            cursor.at = at
            cursor.need(8)
            data = cursor.data
            end = len(data) - 8
        at += 8 + read(data[at : at + 8], "little")
    cursor.at = at
    cursor.need(0)


def _tensor(cursor: _Cursor) -> tuple[int, Tensor]:
    name = cursor.text(1024)
    axes = cursor.number("I")
    if axes > 8:
        raise DataError(f"a tensor of {axes} dimensions")
    shape = tuple(cursor.number("Q") for _ in range(axes))
    kind, offset = cursor.number("I"), cursor.number("Q")
    dtype, block, width = _TYPES.get(kind, (f"type {kind}", 1, 0))
    numbers = math.prod(shape)
    if numbers % block or numbers > 64 * cursor.size:
        raise DataError(f"the shape of {name[:60]!r} does not fit the file")
    return offset, Tensor(name, dtype, shape, numbers // block * width)


def _check_places(
    cursor: _Cursor, values: Mapping[str, object], placed: list[tuple[int, Tensor]]
) -> None:
    """Refuse weights that overlap or lie beyond the file."""
    alignment = values.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 1 <= alignment <= 1 << 16:
        raise DataError("the alignment is no number")
    room = cursor.size - (-(-cursor.at // alignment) * alignment)
    end = 0
    for offset, tensor in sorted(placed, key=lambda pair: pair[0]):
        if offset < end or offset + tensor.bytes > room:
            raise DataError(f"the weights of {tensor.name[:60]!r} lie where they cannot")
        end = offset + tensor.bytes
