"""What a reader's rating does where the judge's changes: how large a gain may be promised.

The judge moves the right way, but less far than readers do: it holds good parts lower and empty
ones higher. From copies of cards with a part removed, read as a whole, it is known by how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardiogram.names import SCORES

Floats = NDArray[np.float64]

_RANGE = (0.04, 0.96)
"""A little more than nine of ten, as the factors come from the same copies."""

_SMALL, _SPAN = 0.1, 4.0


@dataclass(frozen=True, slots=True)
class GainFactors:
    """Factors from the judge's change to a reader's.

    Attributes
    ----------
    own, overall
        Points that a reader gives where the judge gives one: in the criterion that was mended, and
        overall.
    low, high
        Nine of ten readings lie between these from what was promised, in roots of it.
    """

    own: float = 1.0
    overall: float = 1.0
    low: float = 0.0
    high: float = 0.0

    def gains(self, now: Floats, after: Floats, criteria: Sequence[str]) -> Floats:
        """What mending gains a reader.

        Parameters
        ----------
        now, after
            Expected values of a card, shape (9,), and of it with one thing mended, shape (n, 9).
        criteria
            What each thing belongs to.

        Returns
        -------
        numpy.ndarray
            In the criterion, overall, and the range of the first, shape (n, 4); none below 0. The
            gains do not lead beyond 5; their range may, as the reader may have begun lower.
        """
        place = np.array([SCORES.index(name) for name in criteria], int)
        change, room = np.maximum(after - now, 0), 5 - now
        own = np.minimum(self.own * change[np.arange(len(after)), place], room[place])
        root = np.sqrt(own + _SMALL)
        return np.column_stack(
            [
                own,
                np.minimum(self.overall * change[:, 0], room[0]),
                np.maximum(own + self.low * root, 0),
                np.minimum(own + self.high * root, _SPAN),
            ]
        )


def learn_gain_factors(
    now: Floats, after: Floats, read: Floats, place: NDArray[np.int64]
) -> GainFactors:
    """Learn the factors from copies with a part removed.

    Parameters
    ----------
    now, after
        Expected values of each copy, and of it with the gap mended, by models that saw neither its
        card nor another of its author, shape (copies, 9).
    read
        What readers gave the whole card beyond the copy, shape (copies, 9).
    place
        Number of the criterion whose part was removed, shape (copies,).
    """
    rows = np.arange(len(now))
    change = np.maximum(after - now, 0)
    moved = change[rows, place] > 0
    own, gained = change[rows, place][moved], read[rows, place][moved]
    factor = _slope(own, gained)
    off = (gained - factor * own) / np.sqrt(factor * own + _SMALL)
    low, high = np.quantile(off, _RANGE) if len(off) else (0.0, 0.0)
    overall = _slope(change[moved, 0], read[moved, 0])
    return GainFactors(*(round(float(value), 4) for value in (factor, overall, low, high)))


def _slope(promised: Floats, readers: Floats) -> float:
    """Of a line through the origin; 1 where nothing moved."""
    square = float(promised @ promised)
    return float(promised @ readers) / square if square else 1.0
