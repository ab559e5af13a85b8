"""Headers of weight files as generators write them, with nothing behind them."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hostile_files import gguf, gguf_tensor, gguf_text

Shapes = Mapping[str, tuple[str, tuple[int, ...]]]
_BITS = {"F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16, "I64": 64, "F4": 4}


@dataclass(frozen=True)
class Sparse:
    """Bytes of which only the beginning is kept; all others are 0."""

    head: bytes
    size: int

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self.size)
        inside = self.head[start:stop]
        return inside + bytes(max(0, min(stop - start, 1 << 20) - len(inside)))


def weights(shapes: Shapes, metadata: Mapping[str, str] | None = None) -> Sparse:
    """A safetensors file: type and shape by the tensor's name."""
    header: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    end = 0
    for name, (dtype, shape) in shapes.items():
        stop = end + (math.prod(shape) * _BITS.get(dtype, 8) + 7) // 8
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [end, stop]}
        end = stop
    text = json.dumps(header).encode()
    return Sparse(struct.pack("<Q", len(text)) + text, 8 + len(text) + end)


def gguf_file(
    values: Mapping[str, str | int | bool | list[str]], shapes: Iterable[tuple[int, ...]] = ()
) -> Sparse:
    """A GGUF file with these keys, and a tensor of 16-bit numbers of each shape."""
    keys = b"".join(gguf_text(key) + _value(value) for key, value in values.items())
    infos, end = b"", 0
    made = list(shapes)
    for number, shape in enumerate(made):
        infos += gguf_tensor(f"w{number}", shape, 1, end)
        end += -(-2 * math.prod(shape) // 32) * 32
    head = gguf(keys, infos, count=len(values), tensors=len(made))
    return Sparse(head, -(-len(head) // 32) * 32 + end)


def _value(value: str | int | bool | list[str]) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, list):
        return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(gguf_text, value))
    return struct.pack("<I", 8) + gguf_text(value)
