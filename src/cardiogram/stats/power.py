"""What effect a study could have seen, and how many models another would need.

Figures rest on the number of models and on how much authors' models resemble each other; the
standard error by author is that of the data, and so, a little, of the correlation that was found.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cardiogram.stats.distributions import normal_quantile, student_quantile

POWER = 0.8


@dataclass(frozen=True, slots=True)
class Power:
    """The smallest correlation that a study of this size would show.

    Attributes
    ----------
    n
        Models.
    detectable
        Smallest |rho| that four of five such studies would call different from 0, if models
        were independent; None where `reason` says why.
    detectable_by_author
        The same with the standard error by author; None where there is none.
    design_effect
        How many models by the same authors say as much as one of independent models.
    effective
        Models divided by that.
    needed
        Independent models that would show a rho of 0.1.
    """

    n: int
    detectable: float | None = None
    detectable_by_author: float | None = None
    design_effect: float | None = None
    effective: float | None = None
    needed: int | None = None
    reason: str | None = None


def measure_power(n: int, cluster_se: float | None = None, level: float = 0.95) -> Power:
    """Smallest correlation that n models can show with a power of 80 %.

    Parameters
    ----------
    cluster_se
        Standard error of artanh(rho) by author.

    References
    ----------
    Bonett and Wright (2000), Psychometrika 65(1), 23-28: the standard error of artanh(rho) is
    1 / sqrt(n - 3) where rho is 0.

    Examples
    --------
    >>> round(measure_power(783).detectable, 4), measure_power(783).needed
    (0.1, 783)
    """
    if n < 8:
        return Power(n, reason=f"only {n} models have both numbers; at least 8 are needed")
    reach = reach_of(level)
    independent = 1 / math.sqrt(n - 3)
    needed = math.ceil((reach / math.atanh(0.1)) ** 2 + 3)
    power = Power(n, math.tanh(reach * independent), needed=needed)
    if cluster_se is None:
        return power
    effect = (cluster_se / independent) ** 2
    by_author = math.tanh(reach * cluster_se)
    return Power(n, power.detectable, by_author, effect, n / effect, needed)


def detectable_difference(se: float | None, level: float = 0.95) -> float | None:
    """Smallest difference of two correlations that the same power would show."""
    return None if se is None else reach_of(level) * se


def reach_of(level: float, free: float | None = None) -> float:
    """Standard errors between 0 and what is shown with a power of 80 %.

    Parameters
    ----------
    free
        Degrees of freedom of the standard error; None where it is as good as known.
    """
    bounds = (level, 2 * POWER - 1)  # the second is of one side
    if free is None:
        return sum(map(normal_quantile, bounds))
    return sum(student_quantile(bound, free) for bound in bounds)
