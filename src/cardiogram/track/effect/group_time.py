"""The mean of group-time effects of Callaway and Sant'Anna, against units that never changed."""

from __future__ import annotations

import numpy as np

from cardiogram.stats.resampling import Floats, Integers


def group_time_mean(outcome: Floats, changed: Integers, dropped: int = 0) -> float:
    """Mean change of changed units since before their change, less that of unchanged ones.

    Parameters
    ----------
    outcome
        Shape (units, periods), complete.
    changed
        Period, from 0, from which each unit's change counts; -1 for a unit that never changed.
    dropped
        Periods before that one that are neither before nor after.

    Returns
    -------
    float
        Each group and period after its change weighs as the group has units. NaN where there are
        no unchanged units or no period before a change.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225(2), 200-230: the simple aggregate.

    Examples
    --------
    >>> group_time_mean(np.array([[1.0, 1, 3], [2, 2, 2]]), np.array([2, -1]))
    2.0
    """
    never, total, weight = changed < 0, 0.0, 0
    for period in np.unique(changed[changed > dropped]):
        group = changed == period
        since = outcome[:, period:] - outcome[:, [period - 1 - dropped]]
        if since.shape[1] and never.any():
            gap = since[group].mean(axis=0) - since[never].mean(axis=0)
            total += float(gap.sum()) * int(group.sum())
            weight += int(group.sum()) * since.shape[1]
    return total / weight if weight else float("nan")
