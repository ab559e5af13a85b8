"""Facts of TensorBoard's event files: the last value of each scalar, read without TensorBoard."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from cardiogram.errors import DataError
from cardiogram.repository.fact import Fact
from cardiogram.repository.facts.training.tracked import TrackedRun, run_facts
from cardiogram.repository.facts.training.trainer_state import state_path

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

LARGEST, LONGEST_RECORD, MOST_FILES, MOST_TAGS = 16 << 20, 1 << 20, 4, 1_000

Field = tuple[int, int | bytes]


def event_facts(files: Files) -> Iterator[Fact]:
    """Runs of event files; where the Trainer's own state is there, it says the same better."""
    if state_path(files):
        return
    runs = []
    for path in files.paths("*events.out.tfevents.*")[:MOST_FILES]:
        if files.repository.files[path].size > LARGEST:
            continue
        run = TrackedRun(PurePosixPath(path).parent.name)
        for tag, (_, value) in read_scalars(files.repository.read(path, LARGEST)).items():
            run.last[tag] = (value, files.header(path, tag, value))
        if run.last:
            runs.append(run)
    yield from run_facts(runs)


def read_scalars(data: bytes) -> dict[str, tuple[int, float]]:
    """The last step and value of each scalar.

    A file that ends in the middle of a record, as that of a run that was stopped, is read up to
    there.

    Raises
    ------
    DataError
        A record's checksum is wrong, or it is no record.
    """
    last: dict[str, tuple[int, float]] = {}
    at = 0
    while at + 16 <= len(data):
        size, check = struct.unpack_from("<QI", data, at)
        if _masked_crc(data[at : at + 8]) != check:
            raise DataError("a record's length does not fit its checksum")
        if size > LONGEST_RECORD:
            raise DataError(f"a record of {size} bytes")
        end = at + 12 + size
        if end + 4 > len(data):
            break
        record = data[at + 12 : end]
        if size and _masked_crc(record) != struct.unpack_from("<I", data, end)[0]:
            raise DataError("a record does not fit its checksum")
        for tag, step, value in _scalars(record):
            if tag in last or len(last) < MOST_TAGS:
                last[tag] = (step, value)
        at = end + 4
    return last


def _scalars(record: bytes) -> Iterator[tuple[str, int, float]]:
    """Tag, step and value of each scalar of an event."""
    step, summaries = 0, []
    for number, value in _fields(record):
        if number == 2 and isinstance(value, int):
            step = value
        elif number == 5 and isinstance(value, bytes):
            summaries.append(value)
    for summary in summaries:
        for number, value in _fields(summary):
            if number == 1 and isinstance(value, bytes):
                tag, scalar = _scalar(value)
                if tag and scalar is not None and abs(scalar) < 1e38:
                    yield tag, step, scalar


def _scalar(value: bytes) -> tuple[str, float | None]:
    tag, scalar = "", None
    for number, part in _fields(value):
        if number == 1 and isinstance(part, bytes):
            tag = part.decode("utf-8", "replace")[:200]
        elif number == 2 and isinstance(part, bytes) and len(part) == 4:
            scalar = _shortest(part)
        elif number == 8 and isinstance(part, bytes):
            scalar = _of_tensor(part)
    return tag, scalar


def _of_tensor(tensor: bytes) -> float | None:
    """The number of a tensor of one float, as TensorFlow 2 writes scalars."""
    kind, content = 0, b""
    for number, part in _fields(tensor):
        if number == 1 and isinstance(part, int):
            kind = part
        elif number in (4, 5) and isinstance(part, bytes):
            content = part
    return _shortest(content) if kind == 1 and len(content) == 4 else None


def _shortest(part: bytes) -> float:
    """A float of four bytes as the shortest number that is written so."""
    (value,) = struct.unpack("<f", part)
    for digits in range(6, 9):
        short = float(f"{value:.{digits}g}")
        if abs(short) < 3e38 and struct.pack("<f", short) == part:
            return short
    return float(value)


def _fields(message: bytes) -> Iterator[Field]:
    """Fields of a protocol buffer: varints as numbers, all else as bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            number, at = _varint(message, at)
            yield key >> 3, number
            continue
        if kind == 2:
            size, at = _varint(message, at)
        else:
            size = {1: 8, 5: 4}.get(kind, -1)
        if size < 0 or at + size > len(message):
            raise DataError("an event that is no protocol buffer")
        yield key >> 3, message[at : at + size]
        at += size


def _varint(message: bytes, position: int) -> tuple[int, int]:
    number = 0
    for shift in range(0, 64, 7):
        if position >= len(message):
            break
        number |= (message[position] & 127) << shift
        position += 1
        if message[position - 1] < 128:
            return number, position
    raise DataError("an event that is no protocol buffer")


@cache
def _crc_table() -> tuple[int, ...]:
    table = []
    for number in range(256):
        for _ in range(8):
            number = number >> 1 ^ (0x82F63B78 if number & 1 else 0)
        table.append(number)
    return tuple(table)


def _masked_crc(data: bytes) -> int:
    """CRC-32C, masked as TFRecord files store it."""
    table, crc = _crc_table(), 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


EVENT_FACTS = (event_facts,)
