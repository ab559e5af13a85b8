"""The header of a safetensors file: names, types and shapes, checked against the file's size."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from cardiogram.errors import DataError
from cardiogram.repository.access import Repository
from cardiogram.repository.formats.strict import read_json
from cardiogram.repository.formats.tensor import Tensor

FIRST_READ = 128 << 10  # bytes: the header of most shards, so that one request is enough
MAX_HEADER = 16 << 20
MAX_AXES, LARGEST = 16, 1 << 62
BITS = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2", "F8_E8M0"), 8),
    **dict.fromkeys(("F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    "F4": 4,
}
"""Bits of one number of each type."""


@dataclass(frozen=True, slots=True)
class SafetensorsHeader:
    """What a safetensors file says of itself.

    Attributes
    ----------
    metadata
        Its `__metadata__`: what a trainer wrote there, texts all. It may hold private paths.
    """

    tensors: tuple[Tensor, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> int:
        """Numbers that are stored in all."""
        return sum(tensor.numbers for tensor in self.tensors)


def safetensors_header(repository: Repository, path: str) -> SafetensorsHeader:
    """Read the header of a safetensors file, and no weight.

    Raises
    ------
    CardiogramError
        It cannot be read, or is not what the format allows: negative shapes, overlaps, doubled
        keys, more weights than bytes.
    """
    size = repository.files[path].size if path in repository.files else 0
    first = repository.read_part(path, 0, min(FIRST_READ, size or FIRST_READ))
    length = int.from_bytes(first[:8], "little")
    if len(first) < 8 or length > min(size - 8, MAX_HEADER):
        raise DataError(f"the header of {path!r} is longer than it can be")
    data = first[8 : 8 + length]
    if len(data) < length:
        data += repository.read_part(path, 8 + len(data), 8 + length)
    if len(data) < length:
        raise DataError(f"the header of {path!r} is cut short")
    try:
        return _header(read_json(data, nan=False), size - 8 - length)
    except DataError as error:
        raise DataError(f"the header of {path!r} is damaged: {error.message}") from None


def _header(document: object, room: int) -> SafetensorsHeader:
    if not isinstance(document, dict):
        raise DataError("it is no map")
    metadata = document.pop("__metadata__", None) or {}
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise DataError("its metadata are no texts")
    placed = sorted(
        (_tensor(name, entry) for name, entry in document.items()), key=lambda pair: pair[0]
    )
    end = 0
    for (start, stop), tensor in placed:
        if start != end:
            raise DataError(f"the weights of {tensor.name[:60]!r} do not begin where others end")
        end = stop
    if end != room:
        raise DataError(f"it speaks of {end} bytes of weights, and the file has {room}")
    return SafetensorsHeader(tuple(tensor for _, tensor in placed), metadata)


def _tensor(name: str, entry: object) -> tuple[tuple[int, int], Tensor]:
    entry = entry if isinstance(entry, dict) else {}
    dtype, shape, place = (
        entry.get("dtype"),
        _counts(entry, "shape"),
        _counts(entry, "data_offsets"),
    )
    if not isinstance(dtype, str) or shape is None or place is None or len(place) != 2:
        raise DataError(f"the entry of {name[:60]!r} has no type, shape and place")
    length, bits = place[1] - place[0], BITS.get(dtype)
    numbers = math.prod(shape)
    fits = numbers <= 8 * length if bits is None else (numbers * bits + 7) // 8 == length
    if length < 0 or not fits:
        raise DataError(f"the shape of {name[:60]!r} does not fit its bytes")
    return (place[0], place[1]), Tensor(name, dtype, shape, length)


def _counts(entry: Mapping[str, object], key: str) -> tuple[int, ...] | None:
    """A short list of numbers from 0; None where it is anything else."""
    value = entry.get(key)
    if not isinstance(value, list) or len(value) > MAX_AXES:
        return None
    good = all(type(number) is int and 0 <= number < LARGEST for number in value)
    return tuple(value) if good else None
