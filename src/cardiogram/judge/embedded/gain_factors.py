"""What a reader's rating does where the judge's changes: how large a gain may be promised.

The judge moves the right way, but less far than readers do: it holds good parts lower and empty
ones higher. From copies of cards with a part removed, read as a whole, it is known by how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from cardiogram.judge.expectations import Gain
from cardiogram.names import SCORES
from cardiogram.records import dataclass

SMALL = 0.1
"""Added to what is promised before the root is taken."""

_SPAN = 4.0


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

    def gains(
        self, now: Sequence[float], after: Sequence[Sequence[float]], criteria: Sequence[str]
    ) -> list[Gain]:
        """What mending gains a reader.

        Parameters
        ----------
        now, after
            The nine expected values of a card, and those of it with one thing mended, for each.
        criteria
            What each thing belongs to.

        Returns
        -------
        list of Gain
            None below 0. The gains do not lead beyond 5; their range may, as the reader may have
            begun lower.
        """
        return [
            self._gain(now, mended, SCORES.index(name))
            for mended, name in zip(after, criteria, strict=True)
        ]

    def _gain(self, now: Sequence[float], mended: Sequence[float], place: int) -> Gain:
        own, overall = (
            min(factor * max(mended[of] - now[of], 0.0), 5 - now[of])
            for factor, of in ((self.own, place), (self.overall, 0))
        )
        root = sqrt(own + SMALL)
        low, high = max(own + self.low * root, 0.0), min(own + self.high * root, _SPAN)
        return Gain(own, overall, low, high)
