"""Headers and documents that no honest tool writes: each must be refused, and at once."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

FAR = 1 << 63


def tensors(**entries: Any) -> bytes:
    """A safetensors file with this header, and weights of 0."""
    text = json.dumps(entries).encode()
    stops = [
        entry["data_offsets"][1]
        for name, entry in entries.items()
        if name != "__metadata__" and isinstance(entry, dict) and "data_offsets" in entry
    ]
    room = max((stop for stop in stops if isinstance(stop, int) and stop < 1 << 20), default=0)
    return raw_tensors(text) + bytes(room)


def raw_tensors(text: bytes) -> bytes:
    """A safetensors file with this text as its header."""
    return struct.pack("<Q", len(text)) + text


def entry(shape: list[Any], stop: Any, start: Any = 0, dtype: Any = "F32") -> dict[str, Any]:
    """A tensor of a safetensors header."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, stop]}


def gguf_text(text: str | bytes) -> bytes:
    """A text of a GGUF header."""
    data = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(data)) + data


def gguf(keys: bytes = b"", infos: bytes = b"", *, count: int = 0, tensors: int = 0) -> bytes:
    """A GGUF file of so many keys and tensors, as these bytes have them."""
    return b"GGUF" + struct.pack("<IQQ", 3, tensors, count) + keys + infos


def gguf_tensor(name: str, shape: tuple[int, ...], kind: int = 0, offset: int = 0) -> bytes:
    """A tensor of a GGUF header."""
    axes = struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
    return gguf_text(name) + axes + struct.pack("<IQ", kind, offset)


def gguf_array(kind: int, length: int, items: bytes = b"") -> bytes:
    """A key with an array."""
    return gguf_text("a") + struct.pack("<IIQ", 9, kind, length) + items


def vocabulary(count: int) -> bytes:
    """A GGUF file with so many tokens, scores, types and merges, and one tensor."""
    words = b"".join(gguf_text(f"token{number}") for number in range(count))
    zeros = bytes(4 * count)
    pairs = b"".join(gguf_text(f"tok en{number}") for number in range(count))
    keys = [
        gguf_text("general.architecture") + struct.pack("<I", 8) + gguf_text("llama"),
        gguf_text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, count) + words,
        gguf_text("tokenizer.ggml.scores") + struct.pack("<IIQ", 9, 6, count) + zeros,
        gguf_text("tokenizer.ggml.token_type")
        + struct.pack("<IIQ", 9, 5, count)
        + bytes(4 * count),
        gguf_text("tokenizer.ggml.merges") + struct.pack("<IIQ", 9, 8, count) + pairs,
    ]
    head = gguf(b"".join(keys), gguf_tensor("w", (4, 4)), count=len(keys), tensors=1)
    return head + bytes(-len(head) % 32 + 64)


_NESTED = 20_000
SAFETENSORS: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "seven bytes": lambda: b"\1\0\0\0\0\0\0",
    "length of 2^63": lambda: struct.pack("<Q", FAR) + b"{}",
    "length beyond the file": lambda: struct.pack("<Q", 100) + b"{}",
    "not JSON": lambda: raw_tensors(b"{'a': 1}"),
    "not UTF-8": lambda: raw_tensors(b'{"\xff": 1}'),
    "a list": lambda: raw_tensors(b"[]"),
    "a text": lambda: raw_tensors(b'"a"'),
    "nested lists": lambda: raw_tensors(b"[" * _NESTED + b"]" * _NESTED),
    "nested maps": lambda: raw_tensors(b'{"a":' * _NESTED + b"1" + b"}" * _NESTED),
    "nested, not closed": lambda: raw_tensors(b"[" * 1_000_000),
    "nested shape": lambda: tensors(w=entry([[[2]]], 8)),
    "metadata that nest": lambda: tensors(__metadata__={"a": {"b": "c"}}, w=entry([2], 8)),
    "metadata as a list": lambda: tensors(__metadata__=["a"], w=entry([2], 8)),
    "doubled key": lambda: (
        raw_tensors(
            b'{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},'
            b'"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
        )
        + bytes(8)
    ),
    "doubled shape": lambda: (
        raw_tensors(b'{"w":{"dtype":"F32","shape":[2],"shape":[9],"data_offsets":[0,8]}}')
        + bytes(8)
    ),
    "NaN": lambda: (
        raw_tensors(b'{"w":{"dtype":"F32","shape":[NaN],"data_offsets":[0,8]}}') + bytes(8)
    ),
    "NaN in what nobody reads": lambda: (
        raw_tensors(b'{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":NaN}}') + bytes(8)
    ),
    "1e999 in what nobody reads": lambda: (
        raw_tensors(b'{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":-1e999}}') + bytes(8)
    ),
    "1e999": lambda: (
        raw_tensors(b'{"w":{"dtype":"F32","shape":[1e999],"data_offsets":[0,8]}}') + bytes(8)
    ),
    "negative shape": lambda: tensors(w=entry([-2], 8)),
    "two negative shapes": lambda: tensors(w=entry([-2, -1], 8)),
    "fraction": lambda: tensors(w=entry([2.0], 8)),
    "truth value": lambda: tensors(w=entry([True, 2], 8)),
    "shape of 2^63": lambda: tensors(w=entry([FAR, 1], 8)),
    "shape of 2^61": lambda: tensors(w=entry([1 << 61], 8)),
    "unknown type, shape of 2^61": lambda: tensors(w=entry([1 << 61], 8, dtype="Q9")),
    "a thousand dimensions": lambda: tensors(w=entry([1] * 1000, 4)),
    "number of 5000 digits": lambda: raw_tensors(
        b'{"w":{"dtype":"F32","shape":[' + b"9" * 5000 + b'],"data_offsets":[0,8]}}'
    ),
    "offsets beyond the file": lambda: raw_tensors(
        json.dumps({"w": entry([1 << 20], 1 << 22)}).encode()
    ),
    "offsets backwards": lambda: tensors(w=entry([2], 0, 8)),
    "overlap": lambda: tensors(a=entry([2], 8), b=entry([2], 12, 4)),
    "a hole": lambda: tensors(a=entry([2], 8), b=entry([2], 24, 16)),
    "more bytes than weights": lambda: tensors(w=entry([2], 8)) + b"more",
    "no dtype": lambda: tensors(w={"shape": [2], "data_offsets": [0, 8]}),
    "dtype that is a list": lambda: tensors(w=entry([2], 8, dtype=["F32"])),
    "entry that is a number": lambda: tensors(w=7),
}
GGUF: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "other magic": lambda: b"GGML" + bytes(100),
    "version 1": lambda: b"GGUF" + struct.pack("<IQQ", 1, 0, 0) + bytes(100),
    "big-endian": lambda: b"GGUF" + struct.pack(">IQQ", 3, 0, 0) + bytes(100),
    "2^63 keys": lambda: gguf(count=FAR) + bytes(100),
    "2^62 tensors": lambda: gguf(tensors=1 << 62) + bytes(100),
    "cut in the keys": lambda: gguf(gguf_text("general.name"), count=3),
    "text of 2^63 bytes": lambda: gguf(struct.pack("<Q", FAR) + b"a", count=1),
    "key twice": lambda: gguf(2 * (gguf_text("a") + struct.pack("<IB", 0, 1)), count=2),
    "unknown type": lambda: gguf(gguf_text("a") + struct.pack("<IB", 99, 1), count=1),
    "array of 2^40 items": lambda: gguf(gguf_array(8, 1 << 40), count=1) + bytes(1000),
    "array of 2^63 numbers": lambda: gguf(gguf_array(4, FAR), count=1) + bytes(1000),
    "array of an unknown type": lambda: gguf(gguf_array(77, 3), count=1) + bytes(1000),
    "nested arrays": lambda: gguf(gguf_array(9, 1, struct.pack("<IQ", 9, 1) * _NESTED), count=1),
    "many arrays": lambda: gguf(gguf_array(9, 5000, bytes(12 * 5000)), count=1),
    "texts longer than the file": lambda: gguf(
        gguf_array(8, 100, struct.pack("<Q", FAR) * 100), count=1
    ),
    "texts that end beyond the file": lambda: gguf(
        gguf_array(8, 40, (gguf_text("a") * 30) + struct.pack("<Q", 1 << 40) + bytes(2000)), count=1
    ),
    "tensor of 2^62 numbers": lambda: (
        gguf(infos=gguf_tensor("w", (1 << 62,)), tensors=1) + bytes(100)
    ),
    "tensor of 300 dimensions": lambda: (
        gguf(infos=gguf_tensor("w", (1,) * 300), tensors=1) + bytes(100)
    ),
    "offset beyond the file": lambda: (
        gguf(infos=gguf_tensor("w", (4,), 0, 1 << 40), tensors=1) + bytes(100)
    ),
    "overlap": lambda: (
        gguf(infos=gguf_tensor("a", (8,)) + gguf_tensor("b", (8,), 0, 16), tensors=2) + bytes(200)
    ),
    "tensor twice": lambda: (
        gguf(infos=gguf_tensor("a", (8,)) + gguf_tensor("a", (8,), 0, 32), tensors=2) + bytes(200)
    ),
    "no whole blocks": lambda: gguf(infos=gguf_tensor("w", (33,), 2), tensors=1) + bytes(100),
    "alignment of 0": lambda: (
        gguf(gguf_text("general.alignment") + struct.pack("<II", 4, 0), count=1) + bytes(100)
    ),
}
JSON: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "half": lambda: b'{"a": [1, 2',
    "doubled key": lambda: b'{"a": 1, "b": {"c": 1, "c": 2}}',
    "nested lists": lambda: b"[" * _NESTED + b"]" * _NESTED,
    "nested 65 deep": lambda: b"[" * 66 + b"]" * 66,
    "not UTF-8": lambda: b'"\xff"',
    "comment": lambda: b"// no\n{}",
    "two documents": lambda: b"{} {}",
    "number of 5000 digits": lambda: b"9" * 5000,
    "page": lambda: b"<!DOCTYPE html><title>Sign in</title>",
}
YAML: dict[str, Callable[[], bytes]] = {
    "doubled key": lambda: b"a: 1\na: 2\n",
    "aliases that unfold": lambda: (
        b"a: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(
            b"%c: &%c [%s]\n" % (i, i, b",".join([b"*%c" % (i - 1)] * 9)) for i in range(98, 108)
        )
    ),
    "alias in itself": lambda: b"&a [*a]",
    "python object": lambda: b"!!python/object/apply:os.system ['true']",
    "nested": lambda: b"[" * _NESTED + b"]" * _NESTED,
    "not UTF-8": lambda: b"a: \xff",
    "two documents": lambda: b"a: 1\n---\nb: 2\n",
    "not closed": lambda: b"a: [1, 2\n",
}
