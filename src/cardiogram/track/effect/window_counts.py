"""Counts of windows, from counters that are not known on every day.

A window begins and ends at the start of a day whose counter is known: a changed model's windows
move by a few days where they have to, and its donors are counted on the very same days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cardiogram.stats.resampling import Floats, Integers
from cardiogram.track.effect.effect import Counter
from cardiogram.track.effect.effect_panel import EffectPanel, Outcome

SKIPPED = 2
"""Days from the edit on that no window holds: caches fetch the repository anew."""

MONTH = 30
"""Days that the Hub's rolling count holds, and that tell a model's level."""

FEWEST_COUNTED = 3.0
"""Downloads in a window, by the 30 days before the edit: with fewer a log hardly moves."""

MARGIN = 3
"""Days by which the end of a window may move."""

_HALF = 0.5  # added to each count: the logarithm of a Poisson count is then nearly unbiased


@dataclass(frozen=True, slots=True)
class WindowCounts:
    """A counter of n models at the start of each day, ready to be counted in windows.

    Attributes
    ----------
    counter
        What it counts: everything since the repository was made, or the last 30 days.
    total, segment
        As in `EffectPanel`, shape (n, days + 1).
    back, ahead
        Of each moment, the last known one until it and the first from it on; -1 where none is.
    """

    counter: Counter
    total: Floats
    segment: Integers
    back: Integers
    ahead: Integers

    @classmethod
    def of(cls, panel: EffectPanel, outcome: Outcome, counter: Counter) -> WindowCounts:
        """Those of a panel's all-time or rolling downloads, or of its likes."""
        downloads = panel.rolling if counter == "rolling" else panel.all_time
        total = panel.likes if outcome == "likes" else downloads
        falls = outcome == "downloads" and counter == "all-time"
        segment = panel.segment if falls else np.zeros_like(panel.segment)
        known, moment = np.isfinite(total), np.arange(total.shape[1])
        back = np.maximum.accumulate(np.where(known, moment, -1), axis=1)
        late = np.where(known, moment, total.shape[1])[:, ::-1]
        ahead = np.minimum.accumulate(late, axis=1)[:, ::-1]
        return cls(counter, total, segment, back, np.where(ahead < total.shape[1], ahead, -1))

    def take(self, rows: Integers) -> WindowCounts:
        """Those of some models."""
        total, segment = self.total[rows], self.segment[rows]
        return WindowCounts(self.counter, total, segment, self.back[rows], self.ahead[rows])

    def bounds(self, rows: Integers, dates: Integers, window: int) -> Integers:
        """Where the windows of edits begin and end.

        Parameters
        ----------
        rows, dates
            Models, and the days on which each is edited, shape (m,).
        window
            Days before and after.

        Returns
        -------
        numpy.ndarray
            Shape (m, 4): start and end of the window before, and of that after. All are -1 where
            a counter is not known near enough or a step between them belongs to no day.
        """
        if self.counter == "rolling":
            before = self._near(rows, dates, self.back)
            after = self._near(rows, dates + MONTH + 1, self.ahead)
            ends = np.stack([before, before, after, after], axis=1)
            lengths = np.ones(rows.size, bool)
        else:
            before = self._near(rows, dates, self.back)
            start = self._nearest(rows, before - window)
            after = self._near(rows, dates + SKIPPED, self.ahead)
            ends = np.stack([start, before, after, self._nearest(rows, after + window)], axis=1)
            lengths = (ends[:, 0] < before) & (after < ends[:, 3])
        whole = (ends >= 0).all(axis=1) & lengths
        at = np.where(whole[:, None], ends, 0)
        whole &= self.segment[rows, at[:, 0]] == self.segment[rows, at[:, 3]]
        return np.where(whole[:, None], ends, -1).astype(np.int64)

    def changes(self, bounds: Integers) -> Floats:
        """Change of the log of each model's daily count, in the windows of k edits, shape (k, n).

        NaN where a counter is not known on those days, or is not whole.
        """
        start, before, after, end = bounds.T
        if self.counter == "rolling":
            change = np.log(self.total[:, end] + _HALF) - np.log(self.total[:, before] + _HALF)
            return np.asarray(change.T)
        change = self._log_rate(after, end) - self._log_rate(start, before)
        whole = self.segment[:, start] == self.segment[:, end]
        return np.asarray(np.where(whole, change, np.nan).T)

    def counted(self, rows: Integers, bounds: Integers) -> Floats:
        """Counts a day of models in their own windows, before and after, shape (m, 2)."""
        start, before, after, end = bounds.T
        at = self.total
        if self.counter == "rolling":
            return np.stack([at[rows, before], at[rows, end]], axis=1) / MONTH
        first = (at[rows, before] - at[rows, start]) / (before - start)
        second = (at[rows, end] - at[rows, after]) / (end - after)
        return np.stack([first, second], axis=1)

    def levels(self, ends: Integers) -> Floats:
        """Log of the daily count in the 30 days until each of k moments, shape (k, n)."""
        return self._log_near(ends - MONTH, ends)

    def growth(self, ends: Integers) -> Floats:
        """Log of the last 14 days over the 14 before them, shape (k, n)."""
        middle = ends - 14
        return self._log_near(middle, ends) - self._log_near(middle - 14, middle)

    def rise(self, ends: Integers) -> Floats:
        """Log of the last week over the week that ended 14 days before, shape (k, n)."""
        return self._log_near(ends - 7, ends) - self._log_near(ends - 21, ends - 14)

    def daily(self, rows: Integers, days: Integers) -> Floats:
        """Log of the count of single days, of models (m, ...) on days of the same shape."""
        last = self.total.shape[1] - 1
        inside = (days >= 0) & (days < last)
        at = np.where(inside, days, 0)
        step = self.total[rows, at + 1] - self.total[rows, at]
        whole = inside & (self.segment[rows, at] == self.segment[rows, at + 1])
        return np.where(whole, np.log(np.maximum(step, 0) + _HALF), np.nan)

    def _log_rate(self, first: Integers, last: Integers) -> Floats:
        count = np.maximum(self.total[:, last] - self.total[:, first], 0)
        return np.asarray(np.log((count + _HALF) / (last - first)))

    def _log_near(self, first: Integers, last: Integers) -> Floats:
        """Log of the daily count between the known moments nearest to two, shape (k, n)."""
        if self.counter == "rolling":  # of the 30 days before, whatever is asked
            at = self.back[:, np.maximum(last, 0)]
            known = (at >= 0) & (last >= 0) & (last - at <= MARGIN)
            count = np.take_along_axis(self.total, np.maximum(at, 0), axis=1)
            return np.asarray(np.where(known, np.log((count + _HALF) / MONTH), np.nan).T)
        begin, end = self.ahead[:, np.maximum(first, 0)], self.back[:, np.maximum(last, 0)]
        at, until = np.maximum(begin, 0), np.maximum(end, 0)
        enough = (begin >= 0) & (last > 0) & (until - at >= np.minimum(7, (last - first + 1) // 2))
        enough &= np.take_along_axis(self.segment, at, 1) == np.take_along_axis(
            self.segment, until, 1
        )
        total = self.total
        count = np.take_along_axis(total, until, 1) - np.take_along_axis(total, at, 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.log((np.maximum(count, 0) + _HALF) / (until - at))
        return np.asarray(np.where(enough, rate, np.nan).T)

    def _near(self, rows: Integers, moments: Integers, known: Integers) -> Integers:
        """The known moment from each one on, in one direction; -1 where it is too far."""
        inside = (moments >= 0) & (moments < self.total.shape[1])
        place = known[rows, np.where(inside, moments, 0)]
        near = inside & (place >= 0) & (np.abs(place - moments) <= MARGIN)
        return np.where(near, place, -1).astype(np.int64)

    def _nearest(self, rows: Integers, moments: Integers) -> Integers:
        back, ahead = self._near(rows, moments, self.back), self._near(rows, moments, self.ahead)
        nearer = (back >= 0) & ((ahead < 0) | (moments - back <= ahead - moments))
        return np.where(nearer, back, ahead)
