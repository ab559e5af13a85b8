"""Reads files of numpy's format without numpy: arrays of numbers, and records of them."""

from __future__ import annotations

import ast
import sys
from array import array
from collections.abc import Mapping, Sequence
from math import prod
from struct import unpack
from typing import Any, TypeAlias

from cardiogram.records import NamedTuple

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 20_000
_CODES = {
    **{"f4": "f", "f8": "d", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "u4": "I"},
    "f2": "e",
}
_HALF = "e"
"""Floats of 16 bits, which an array holds as 32."""


class FlatArray(NamedTuple):
    """Numbers of an array, those of its last axis one after the other, and its shape."""

    values: array[Any]
    shape: tuple[int, ...]

    def rows(self) -> list[array[Any]]:
        """The numbers along the last axis."""
        width = self.shape[-1]
        return [self.values[first : first + width] for first in range(0, len(self.values), width)]


ArrayRecord: TypeAlias = "Mapping[str, Any]"
"""Fields of a record: a :class:`FlatArray` each, a record, or a sequence of records."""


class ArrayReader:
    """Takes one array after the other from the bytes of a file.

    Parameters
    ----------
    data
        What `numpy.save` wrote, also several times.
    """

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)

    def read_array(self) -> FlatArray:
        """The next one.

        Raises
        ------
        ValueError
            It is none, or damaged.
        """
        types, shape = self._read_header()
        if not isinstance(types, str):
            raise ValueError("it is a record, and no array")  # noqa: TRY004
        return self._take(types, shape)

    def read_record(self) -> ArrayRecord:
        """The next one, which is a single record.

        Raises
        ------
        ValueError
            It is none, or damaged.
        """
        types, shape = self._read_header()
        if isinstance(types, str) or shape != ():
            raise ValueError("it is no record")
        return self._read_fields(types)

    def _read_header(self) -> tuple[Any, tuple[int, ...]]:
        data = self._data
        if bytes(data[:6]) != _MAGIC or len(data) < 12:
            raise ValueError("it is no array in numpy's format")
        size, first = (2, 10) if data[6] == 1 else (4, 12)
        start = first + int.from_bytes(data[first - size : first], "little")
        if start > _LONGEST_HEADER:
            raise ValueError("its header is too long")
        try:
            header = ast.literal_eval(bytes(data[first:start]).decode("latin-1").strip())
            types, shape = header["descr"], header["shape"]
            by_columns = header["fortran_order"]
        except (SyntaxError, LookupError, TypeError, MemoryError, RecursionError) as error:
            raise ValueError("its header is damaged") from error
        if by_columns and len(shape) > 1:
            raise ValueError("its columns come first")
        self._data = data[start:]
        return types, shape

    def _read_fields(self, types: Sequence[tuple[Any, ...]]) -> ArrayRecord:
        fields: dict[str, Any] = {}
        for name, kind, *shapes in types:
            shape = shapes[0] if shapes else ()
            if isinstance(kind, str):
                fields[name] = self._take(kind, shape)
            else:
                records = [self._read_fields(kind) for _ in range(prod(shape))]
                fields[name] = records if shape else records[0]
        return fields

    def _take(self, kind: str, shape: tuple[int, ...]) -> FlatArray:
        order, code = kind[0], _CODES[kind[1:]]
        values: array[Any] = array("f" if code == _HALF else code)
        size = prod(shape) * (2 if code == _HALF else values.itemsize)
        if len(self._data) < size:
            raise ValueError("its end is missing")
        data, self._data = self._data[:size], self._data[size:]
        if code == _HALF:
            values.extend(unpack(f"{order}{prod(shape)}e", data))
            return FlatArray(values, shape)
        values.frombytes(data)
        if order == (">" if sys.byteorder == "little" else "<"):
            values.byteswap()
        return FlatArray(values, shape)
