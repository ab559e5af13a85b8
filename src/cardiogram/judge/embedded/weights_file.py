"""Reads `judge.npy` as it lies: one record of arrays in numpy's format, without numpy."""

from __future__ import annotations

import ast
import sys
from array import array
from collections.abc import Mapping, Sequence
from math import prod
from typing import NamedTuple, TypeAlias

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 20_000
_CODES = {"f4": "f", "f8": "d", "i1": "b", "i4": "i", "i8": "q"}
_ORDERS = {"<": "little", ">": "big", "|": sys.byteorder}


class FlatArray(NamedTuple):
    """Numbers of an array in the order of their last axis, and its shape."""

    values: array[float]
    shape: tuple[int, ...]

    def rows(self) -> list[Sequence[float]]:
        """The numbers along the last axis, one after the other."""
        width = self.shape[-1]
        return [self.values[first : first + width] for first in range(0, len(self.values), width)]


Record: TypeAlias = "Mapping[str, FlatArray | Record | Sequence[Record]]"
Types: TypeAlias = "str | Sequence[tuple[object, ...]]"


def read_record(data: bytes) -> Record:
    """The fields of a file that holds one record.

    Raises
    ------
    ValueError
        It is no such file, or damaged.
    """
    if data[:6] != _MAGIC or len(data) < 12:
        raise ValueError("it is no array in numpy's format")
    size, first = (2, 10) if data[6] == 1 else (4, 12)
    start = first + int.from_bytes(data[first - size : first], "little")
    if start > _LONGEST_HEADER:
        raise ValueError("its header is too long")
    try:
        header = ast.literal_eval(data[first:start].decode("latin-1").strip())
        types, shape, by_columns = (header[name] for name in ("descr", "shape", "fortran_order"))
    except (SyntaxError, LookupError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError("its header is damaged") from error
    if isinstance(types, str) or shape != () or by_columns:
        raise ValueError("it is no record")
    reader = _Reader(memoryview(data)[start:])
    record = reader.read_fields(types)
    if reader.data:
        raise ValueError("something follows its record")
    return record


class _Reader:
    """Takes what lies next from bytes."""

    def __init__(self, data: memoryview) -> None:
        self.data = data

    def read_fields(self, types: Types) -> Record:
        """Read one record."""
        fields = {}
        for name, kind, *shapes in types:
            shape = shapes[0] if shapes else ()
            if isinstance(kind, str):
                fields[str(name)] = self._read_array(kind, shape)
            else:
                records = [self.read_fields(kind) for _ in range(prod(shape))]
                fields[str(name)] = records if shape else records[0]
        return fields

    def _read_array(self, kind: str, shape: tuple[int, ...]) -> FlatArray:
        values: array[float] = array(_CODES[kind[1:]])
        size = values.itemsize * prod(shape)
        if len(self.data) < size:
            raise ValueError("its end is missing")
        values.frombytes(self.data[:size])
        self.data = self.data[size:]
        if _ORDERS[kind[0]] != sys.byteorder:
            values.byteswap()
        return FlatArray(values, shape)
