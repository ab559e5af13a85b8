"""Is one correlation stronger than another that shares its ratings? Likes against downloads.

The four formulas take models as independent; the draws of whole authors do not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from cardiogram.stats.distributions import normal_p_value, student_p_value
from cardiogram.stats.ranks.associations import Formulas, fisher
from cardiogram.stats.resampling import ClusterTest, Interval


@dataclass(frozen=True, slots=True)
class DifferenceTest:
    """A statistic and its two-sided p-value."""

    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Correlations:
    """Three correlations of the same n rows: two to compare, and that between their outcomes.

    Attributes
    ----------
    first, second
        Of the ratings with the first and with the second outcome.
    between
        Of the two outcomes; None where no formula needs it.
    """

    first: float
    second: float
    between: float | None
    n: int

    @property
    def difference(self) -> float:
        """First minus second."""
        return self.first - self.second

    @property
    def of_outcomes(self) -> float:
        """Between the outcomes, where a formula needs it."""
        assert self.between is not None
        return self.between

    @property
    def determinant(self) -> float:
        """Of the matrix of the three."""
        a, b, c = self.first, self.second, self.of_outcomes
        return 1 - a**2 - b**2 - c**2 + 2 * a * b * c


@dataclass(frozen=True, slots=True)
class CorrelationComparison:
    """Two dependent correlations compared, or the reason why they cannot be.

    Attributes
    ----------
    n
        Models that have both outcomes and a rating.
    by_author
        What the draws of authors say of the difference.
    """

    n: int
    correlations: Correlations | None = None
    williams: DifferenceTest | None = None
    steiger: DifferenceTest | None = None
    meng: DifferenceTest | None = None
    zou: Interval | None = None
    by_author: ClusterTest = field(default_factory=ClusterTest)
    reason: str | None = None


def compare_correlations(
    rhos: Correlations, level: float = 0.95, formulas: Formulas = "independent"
) -> CorrelationComparison:
    """All four tests of one difference, or none of them.

    Examples
    --------
    >>> round(compare_correlations(Correlations(0.4, 0.5, 0.1, 103)).williams.statistic, 4)
    -0.8913
    """
    if rhos.n < 8 or max(map(abs, (rhos.first, rhos.second, rhos.of_outcomes))) > 1 - 1e-12:
        reason = "the two outcomes or the ratings rank the models the same way"
        too_few = f"only {rhos.n} models have both outcomes and a rating"
        return CorrelationComparison(rhos.n, reason=too_few if rhos.n < 8 else reason)
    if formulas == "none":
        return CorrelationComparison(rhos.n, rhos)
    return CorrelationComparison(
        rhos.n, rhos, williams(rhos), steiger(rhos), meng(rhos), zou(rhos, level)
    )


def williams(rhos: Correlations) -> DifferenceTest:
    """Williams' t with n - 3 degrees of freedom.

    References
    ----------
    Williams (1959), JRSS B 21(2), 396-399; Steiger (1980), Psychological Bulletin 87(2), eq. 7.
    """
    n, mean, between = rhos.n, (rhos.first + rhos.second) / 2, rhos.of_outcomes
    noise = 2 * (n - 1) / (n - 3) * rhos.determinant + mean**2 * (1 - between) ** 3
    t = rhos.difference * math.sqrt((n - 1) * (1 + between) / noise)
    return DifferenceTest(t, student_p_value(t, n - 3))


def steiger(rhos: Correlations) -> DifferenceTest:
    """Steiger's Z with the mean correlation in the covariance.

    References
    ----------
    Steiger (1980), Psychological Bulletin 87(2), 245-251, equation 14.
    """
    square = ((rhos.first + rhos.second) / 2) ** 2
    between = rhos.of_outcomes
    psi = between * (1 - 2 * square) - square * (1 - 2 * square - between**2) / 2
    common = psi / (1 - square) ** 2
    return _normal(_gap(rhos) * math.sqrt((rhos.n - 3) / (2 - 2 * common)))


def meng(rhos: Correlations) -> DifferenceTest:
    """Meng, Rosenthal and Rubin's Z.

    References
    ----------
    Meng, Rosenthal and Rubin (1992), Psychological Bulletin 111(1), 172-175.
    """
    square = (rhos.first**2 + rhos.second**2) / 2
    f = min(1.0, (1 - rhos.of_outcomes) / (2 * (1 - square)))
    h = (1 - f * square) / (1 - square)
    return _normal(_gap(rhos) * math.sqrt((rhos.n - 3) / (2 * (1 - rhos.of_outcomes) * h)))


def zou(rhos: Correlations, level: float = 0.95) -> Interval:
    """Zou's interval of the difference, from Fisher's intervals of both.

    References
    ----------
    Zou (2007), Psychological Methods 12(4), 399-413.
    """
    a, b, c = rhos.first, rhos.second, rhos.of_outcomes
    first, second = fisher(a, rhos.n, level), fisher(b, rhos.n, level)
    assert first is not None
    assert second is not None
    common = ((c - a * b / 2) * (1 - a**2 - b**2 - c**2) + c**3) / ((1 - a**2) * (1 - b**2))
    down, up = (
        math.sqrt(max(0.0, p**2 + q**2 - 2 * common * p * q))
        for p, q in ((a - first.low, second.high - b), (first.high - a, b - second.low))
    )
    return Interval(level, rhos.difference - down, rhos.difference + up, "zou")


def _gap(rhos: Correlations) -> float:
    return math.atanh(rhos.first) - math.atanh(rhos.second)


def _normal(z: float) -> DifferenceTest:
    return DifferenceTest(z, normal_p_value(z))
