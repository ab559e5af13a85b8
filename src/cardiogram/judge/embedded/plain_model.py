"""Trees and kernel for one card and its changed copies, on the standard library alone.

Both are sums of whole numbers, which come out the same in any order: :mod:`.model` adds them up for
batches of cards. Here many numbers lie side by side in one long integer, in lanes that never
overflow, and a copy that differs from the card in some features is told from it by the difference.
"""

from __future__ import annotations

import struct
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress, repeat
from operator import add, itemgetter, le, mul, truediv

from cardiogram.cards.features import Vector
from cardiogram.judge.embedded.units import (
    GRAINS,
    LEAF_UNIT,
    LIKENESS_UNIT,
    REACH,
    STEPS,
    WEIGHT_UNIT,
)
from cardiogram.records import NamedTuple
from cardiogram.store import ArrayRecord, FlatArray

_AT_ONCE = 8
"""Rows whose turns are the bits of a byte."""

_LANE, _WIDE = 32, 64
"""Bits of a distance, and of a weighted sum with its sign."""


class PlainModel:
    """What :class:`.Model` is, for few rows.

    Parameters
    ----------
    record
        Arrays of :class:`.Forest` and :class:`.Kernel`, by name.
    share, sharpness, answer
        As of :class:`.Model`, with a number for each output.
    """

    def __init__(
        self,
        record: ArrayRecord,
        share: Sequence[float],
        sharpness: Sequence[Sequence[float]],
        answer: Sequence[float],
    ) -> None:
        self._forest, self._kernel = PlainForest(record["forest"]), PlainKernel(record["kernel"])
        self._share, self._sharpness, self._answer = share, sharpness, answer

    def predict(self, rows: Sequence[Vector]) -> list[list[float]]:
        """Expected values of the outputs, each within 1-5, one list a row.

        Rows that differ little from the first are told fast; so is the first, if it was also that
        of the call before.
        """
        both = zip(self._forest.predict(rows), self._kernel.predict(rows), strict=True)
        return [self._mix(trees, kernel) for trees, kernel in both] if rows else []

    def _mix(self, trees: Sequence[float], kernel: Sequence[float]) -> list[float]:
        drawn = []
        outputs = zip(trees, kernel, self._share, self._kernel.base, *self._sharpness, strict=True)
        for tree, alike, share, middle, below, above in outputs:
            mixed = share * _clip(tree) + (1 - share) * _clip(alike)
            sharpness = below if mixed < middle else above
            drawn.append(_clip(middle + sharpness * (mixed - middle)))
        if self._answer:
            first, *weights = self._answer
            for weight, value in zip(weights, drawn, strict=True):
                first += weight * value  # one by one: the order of a sum decides its last bit
            drawn[0] = _clip(first)
        return drawn


def _clip(value: float) -> float:
    return min(max(value, 1.0), 5.0)


class PlainForest:
    """The trees of a :class:`.Forest`, whose tests are sorted by their features."""

    def __init__(self, arrays: Mapping[str, FlatArray]) -> None:
        self._threshold = arrays["threshold"].values
        self._tests = _find_runs(arrays["feature"].values)
        self._nodes = [itemgetter(*row, 0) for row in arrays["test"].rows()]  # at least two
        self._trees, self._ends = arrays["leaf"].shape
        self._leaf, self._target = arrays["leaf"].values, arrays["target"].values
        self._base: list[int] = arrays["base"].values.tolist()
        self._first = _Walked(None, b"", b"", [])

    def predict(self, rows: Sequence[Vector]) -> Iterator[list[float]]:
        """What all trees say of each row, in rating points."""
        first = self._first
        if first.row != rows[0]:
            start = _Walked(None, bytes(len(self._threshold)), bytes(self._trees), self._start)
            left = self._ask(start, rows[0])
            (number,) = self._walk([left])
            first = self._first = _Walked(rows[0], left, number, self._sum(start, number))
        yield [total / LEAF_UNIT for total in first.sums]
        for place in range(1, len(rows), _AT_ONCE):
            some = [self._ask(first, row) for row in rows[place : place + _AT_ONCE]]
            for number in self._walk(some):
                yield [total / LEAF_UNIT for total in self._sum(first, number)]

    def _ask(self, first: _Walked, row: Vector) -> bytes:
        """Whether a row goes left at each test, a byte a test."""
        left = bytearray(first.left)
        for place in _changed(first.row, row):
            if tests := self._tests.get(place):
                left[tests] = bytes(map(le, repeat(row[place]), self._threshold[tests]))
        return bytes(left)

    def _walk(self, answers: Sequence[bytes]) -> Iterator[bytes]:
        """The number of the leaf that each row reaches in each tree.

        All trees are walked at once, a byte a tree, and all rows, a bit a row.
        """
        right = [int.from_bytes(left.translate(_SWAPPED), "little") for left in answers]
        words = sum([tests << row for row, tests in enumerate(right)])
        tests = words.to_bytes(len(self._threshold), "little")
        turns: list[int] = []
        while (above := (1 << len(turns)) - 1) < len(self._nodes):
            level = self._nodes[above : 2 * above + 1]
            sides = [int.from_bytes(bytes(node(tests)[:-1]), "little") for node in level]
            for turn in turns:  # of the nodes on this level, keep those on the way so far
                half = len(sides) // 2
                pairs = zip(sides[:half], sides[half:], strict=True)
                sides = [on_left ^ (turn & (on_left ^ on_right)) for on_left, on_right in pairs]
            turns.append(sides[0])
        lowest = int.from_bytes(b"\1" * self._trees, "little")
        for row in range(len(answers)):
            number = 0
            for turn in turns:
                number = number << 1 | turn >> row & lowest
            yield number.to_bytes(self._trees, "little")

    @cached_property
    def _start(self) -> list[int]:
        """The sums where a row goes left everywhere."""
        sums = self._base.copy()
        for target, leaf in zip(self._target, self._leaf[:: self._ends], strict=True):
            sums[target] += leaf
        return sums

    def _sum(self, first: _Walked, number: bytes) -> list[int]:
        """The sums where some trees end in other leaves than those of the first row."""
        sums, before = first.sums, first.number
        if number == before:
            return sums
        sums, leaf, target, ends = sums.copy(), self._leaf, self._target, self._ends
        for tree in compress(range(self._trees), _differ(before, number)):
            start = tree * ends
            sums[target[tree]] += leaf[start + number[tree]] - leaf[start + before[tree]]
        return sums


class _Walked(NamedTuple):
    """A row, whether it goes left at each test, where its ways end, and the sums."""

    row: Vector | None
    left: bytes
    number: bytes
    sums: list[int]


_SWAPPED = bytes([1, 0, *range(2, 256)])


def _find_runs(values: Sequence[float]) -> dict[float, slice]:
    """Where each of some sorted numbers stands."""
    if sorted(values) != list(values):
        raise ValueError("its tests are not sorted by feature")
    places, first = {}, 0
    for value, count in Counter(values).items():
        places[value] = slice(first, first := first + count)
    return places


class PlainKernel:
    """The likeness to landmarks of a :class:`.Kernel`.

    Attributes
    ----------
    base
        Start value of each output in rating points.
    """

    def __init__(self, arrays: Mapping[str, FlatArray]) -> None:
        self._middle, self._scale = arrays["middle"].values, arrays["scale"].values
        self._family, self._width = arrays["family"].values, arrays["width"].values
        self._share = arrays["share"].rows()
        self._landmarks, self._features = arrays["landmark"].shape
        self._landmark = arrays["landmark"].values.tobytes()
        self._weight = [_pack(row, _WIDE) for row in arrays["weight"].rows()]
        self._ones = _pack([1] * self._landmarks, _LANE)
        self._first = _Compared(None, [], [], [])
        self.base: list[float] = [value / LEAF_UNIT for value in arrays["base"].values]

    def predict(self, rows: Sequence[Vector]) -> Iterator[list[float]]:
        """What the landmarks say of each row, in rating points."""
        if self._first.row != rows[0]:
            nowhere: list[Sequence[int]] = [()] * len(self._width)
            start = _Compared(None, [0] * self._features, self._squares, nowhere)
            self._first = self._compare(start, rows[0])
        first = self._first
        yield self._add(first.sums)
        for row in rows[1:]:
            yield self._add(self._compare(first, row).sums)

    def _add(self, sums: Sequence[Sequence[int]]) -> list[float]:
        return [
            sum(map(mul, share, said)) / (LIKENESS_UNIT * WEIGHT_UNIT) + start
            for share, said, start in zip(
                self._share, zip(*sums, strict=True), self.base, strict=True
            )
        ]

    def _compare(self, first: _Compared, row: Vector) -> _Compared:
        """The sums of a row by families and, last, of all, from those of the first row."""
        steps, distance, sums = first.steps.copy(), first.distance.copy(), first.sums.copy()
        moved = set() if first.row else set(range(len(distance)))
        for place in _changed(first.row, row):
            step = self._step(place, row[place])
            if by := step - steps[place]:
                both = (step + steps[place]) * self._ones
                distance[self._family[place]] += by * (both - self._twice[place])
                steps[place] = step
                moved.add(self._family[place])
        for family in moved:
            sums[family] = self._weigh(distance[family], self._width[family])
        if moved:
            sums[-1] = self._weigh(sum(distance), self._width[-1])
        return _Compared(row, steps, distance, sums)

    def _step(self, place: int, value: float) -> int:
        """A feature in whole steps from its mean."""
        from_mean: float = round(value * GRAINS) - self._middle[place]
        step: int = round(from_mean * self._scale[place])
        return min(max(step, -REACH * STEPS), REACH * STEPS)

    def _weigh(self, distance: int, width: float) -> Sequence[int]:
        """Likeness to each landmark, as 32 bits have it, times weights: a sum for each output."""
        lanes = distance.to_bytes(self._landmarks * _LANE // 8, "little")
        squares = struct.unpack(f"<{self._landmarks}I", lanes)
        scaled = array("f", map(mul, squares, repeat(width)))
        scaled = array("f", map(add, scaled, repeat(1.0)))
        alike = map(round, array("f", map(truediv, repeat(float(LIKENESS_UNIT)), scaled)))
        return _unpack(sum(map(mul, alike, self._weight)), len(self.base))

    @cached_property
    def _squares(self) -> list[int]:
        """Squared distance of each landmark from the mean, by family."""
        distance = [0] * (len(self._width) - 1)
        for family, values in zip(self._family, self._columns(), strict=True):
            distance[family] += _spread(values.translate(_SQUARE), values.translate(_SQUARE_HIGH))
        return distance

    @cached_property
    def _twice(self) -> list[int]:
        """Of each feature, twice the landmarks' steps."""
        middle = _RAISED * self._ones
        return [2 * (_spread(values.translate(_RAISE)) - middle) for values in self._columns()]

    def _columns(self) -> Iterator[bytes]:
        for place in range(self._features):
            yield self._landmark[place :: self._features]


class _Compared(NamedTuple):
    """A row with its steps, squared distances of all landmarks by family, and weighted sums."""

    row: Vector | None
    steps: list[int]
    distance: list[int]
    sums: list[Sequence[int]]


def _changed(before: Vector | None, row: Vector) -> Iterable[int]:
    """Places of the features that differ; all of them where there is no row before."""
    places = range(len(row))
    return compress(places, array("I", _differ(before, row))) if before else places


def _differ(before: bytes | Vector, after: bytes | Vector) -> bytes:
    """Not zero where two are not the same."""
    both = int.from_bytes(before, "little"), int.from_bytes(after, "little")
    return (both[0] ^ both[1]).to_bytes(memoryview(after).nbytes, "little")


_RAISED = 128
_RAISE = bytes(range(128, 256)) + bytes(range(128))
"""Makes a signed byte one that is larger by 128."""
_SQUARES = [(byte - 256 * (byte >= 128)) ** 2 for byte in range(256)]
_SQUARE = bytes([square & 255 for square in _SQUARES])
_SQUARE_HIGH = bytes([square >> 8 for square in _SQUARES])


def _spread(low: bytes, high: bytes = b"") -> int:
    """Bytes, or pairs of them, in lanes of a distance."""
    lanes, step = bytearray(len(low) * _LANE // 8), _LANE // 8
    lanes[::step] = low
    if high:
        lanes[1::step] = high
    return int.from_bytes(lanes, "little")


def _pack(values: Iterable[int], bits: int) -> int:
    """Numbers with a sign in lanes."""
    return sum([value << bits * place for place, value in enumerate(values)])


def _unpack(packed: int, count: int) -> Sequence[int]:
    """The numbers of wide lanes."""
    half = 1 << _WIDE - 1
    lanes = (packed + _pack([half] * count, _WIDE)).to_bytes(count * _WIDE // 8, "little")
    return [value - half for value in struct.unpack(f"<{count}Q", lanes)]
