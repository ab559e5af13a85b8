"""From features to the nine numbers: few cards in plain Python, many with numpy where it is there.

Loading numpy takes longer than rating some cards without it. Both ways give the same numbers to the
last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from cardiogram.judge.embedded.decision import Decision, decide_card
from cardiogram.judge.embedded.plain_model import PlainModel
from cardiogram.judge.rating import Score
from cardiogram.names import SCORES
from cardiogram.records import NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cardiogram.cards.features import Vector
    from cardiogram.judge.embedded.model import Model
    from cardiogram.store import ArrayRecord

_FEW = 200
"""Rows, of one call after the other, that take as long in plain Python as loading numpy does."""

_COLUMNS = tuple(column for name in SCORES for column in Score(1, 1, 1, 1).columns(name))


class Outputs(NamedTuple):
    """What is made of trees and kernel, as of :class:`.Model`."""

    share: Sequence[float]
    sharpness: Sequence[Sequence[float]]
    answer: Sequence[float]


class Evaluator:
    """Rates rows of features.

    Parameters
    ----------
    record
        Arrays of the forest and of the kernel.

    Attributes
    ----------
    decisions
        What makes whole numbers and intervals of expected values, one a score.
    """

    def __init__(
        self, record: ArrayRecord, outputs: Outputs, decisions: Sequence[Decision]
    ) -> None:
        self._record, self._outputs, self._left = record, outputs, _FEW
        self.decisions = decisions

    def expect(self, rows: Sequence[Vector]) -> list[list[float]]:
        """Expected values of the nine numbers, one list a row, within 1-5."""
        if self._are_few(rows):
            return self.plain.predict(rows)
        expected: list[list[float]] = self.model.predict(_stack(rows)).tolist()
        return expected

    def decide(self, rows: Sequence[Vector]) -> list[list[Score]]:
        """The nine numbers of each row with their intervals, to four digits."""
        if self._are_few(rows):
            expected = self.plain.predict(rows)
            pairs = zip(rows, expected, strict=True)
            return [decide_card(row, values, self.decisions) for row, values in pairs]
        return [
            [Score(int(value), mean, low, high) for value, mean, low, high in numbers]
            for numbers in self._decide_batch(rows).tolist()
        ]

    def decide_columns(self, rows: Sequence[Vector]) -> dict[str, Sequence[float]]:
        """As :meth:`decide`, in the columns of :meth:`.Score.columns`, each of shape (rows,)."""
        if self._are_few(rows):
            expected = self.plain.predict(rows)
            pairs = zip(rows, expected, strict=True)
            decided = [decide_card(row, values, self.decisions) for row, values in pairs]
            numbers = [sum(scores, ()) for scores in decided]
            columns = list(zip(*numbers, strict=True)) or [()] * len(_COLUMNS)
        else:
            columns = [*self._decide_batch(rows).reshape(len(rows), -1).T]
        return dict(zip(_COLUMNS, columns, strict=True))

    def _decide_batch(self, rows: Sequence[Vector]) -> NDArray[np.float64]:
        from cardiogram.judge.embedded.intervals import decide_batch

        x = _stack(rows)
        return decide_batch(x, self.model.predict(x), self.decisions)

    @cached_property
    def plain(self) -> PlainModel:
        """What rates without numpy."""
        return PlainModel(self._record, *self._outputs)

    @cached_property
    def model(self) -> Model:
        """What rates with it."""
        from cardiogram.judge.embedded.model import read_model

        return read_model(self._record, *self._outputs)

    def _are_few(self, rows: Sequence[Vector]) -> bool:
        if self._left >= len(rows):
            self._left -= len(rows)
            return True
        self._left = 0
        return not _has_numpy()


@cache
def _has_numpy() -> bool:
    try:
        import_module("numpy")
    except ImportError:
        return False
    return True


def _stack(rows: Sequence[Vector]) -> NDArray[np.float32]:
    import numpy as np

    return np.frombuffer(b"".join(rows), np.float32).reshape(len(rows), -1)
