"""Values printed in papers and textbooks."""

import math

import numpy as np
import pytest
from scipy import stats

from cardiogram.stats.agreement import Metric, krippendorff_alpha, quadratic_kappa
from cardiogram.stats.prevalence import benjamini_hochberg
from cardiogram.stats.ranks.associations import Association
from cardiogram.stats.ranks.concordance import kendall
from cardiogram.stats.ranks.dependent import Correlations, williams
from cardiogram.stats.strata import summarise_strata

NAN = math.nan

# Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C: four observers,
# twelve units, missing data.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]


@pytest.mark.parametrize(
    ("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_krippendorff_2011(metric: Metric, alpha: float) -> None:
    assert krippendorff_alpha(OBSERVERS, metric) == pytest.approx(alpha, abs=5e-4)


@pytest.mark.parametrize(
    ("one", "two", "alpha"),
    [("0100000010", "1110010000", 0.095), ("aabbdcccedda", "babbbccceddd", 0.692)],
)
def test_krippendorff_2011_two_observers(one: str, two: str, alpha: float) -> None:
    """Sections A (binary) and B (nominal)."""
    values = [[ord(letter) for letter in row] for row in (one, two)]
    assert krippendorff_alpha(values, "nominal") == pytest.approx(alpha, abs=5e-4)


def test_agreement_edges() -> None:
    assert krippendorff_alpha([[1, 1, 1], [1, 1, 1]]) is None
    assert krippendorff_alpha([[1, NAN], [NAN, 2]]) is None
    assert krippendorff_alpha([[1, 2, 3], [1, 2, 3]]) == pytest.approx(1)
    assert quadratic_kappa([2, 2], [2, 2]) is None
    assert quadratic_kappa([1, 2, 3, NAN], [1, 2, 3, 5]) == pytest.approx(1)


def test_quadratic_kappa_equals_cohens_weights() -> None:
    """Cohen (1968): 1 - sum of weighted observed over weighted expected counts."""
    rng = np.random.default_rng(0)
    one = rng.integers(1, 6, 200)
    two = np.clip(one + rng.integers(-1, 2, 200), 1, 5)
    observed = np.zeros((5, 5))
    np.add.at(observed, (one - 1, two - 1), 1 / 200)
    weights = np.subtract.outer(np.arange(5), np.arange(5)) ** 2
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0))
    kappa = 1 - (weights * observed).sum() / (weights * expected).sum()
    assert quadratic_kappa(one, two) == pytest.approx(kappa, rel=1e-12)


def test_kendall_1948_with_ties() -> None:
    """Kendall, Rank Correlation Methods, chapter 3: two rankings of ten with ties, S = 25."""
    a = np.array([1, 2.5, 2.5, 4.5, 4.5, 6.5, 6.5, 8, 9.5, 9.5])
    b = np.array([1, 2, 4.5, 4.5, 4.5, 4.5, 8, 8, 8, 10])
    pairs = [(i, j) for i in range(10) for j in range(i)]
    s = sum(np.sign(a[i] - a[j]) * np.sign(b[i] - b[j]) for i, j in pairs)
    found = kendall(a, b)
    assert found.tau_b == pytest.approx(s / math.sqrt((45 - 4) * (45 - 9)), rel=1e-12)
    assert found.tau_b == pytest.approx(0.859, abs=5e-4)


def test_williams_of_the_psych_package() -> None:
    """The example of R's psych::r.test(103, .4, .5, .1): t value -0.89, probability < 0.37."""
    found = williams(Correlations(0.4, 0.5, 0.1, 103))
    assert found.statistic == pytest.approx(-0.89, abs=0.005)
    assert found.p_value == pytest.approx(0.375, abs=0.005)


def test_benjamini_hochberg_1995() -> None:
    """Section 3.2 of the paper: of fifteen p-values the four smallest are rejected at 0.05."""
    values = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    found = benjamini_hochberg({place: value for place, value in enumerate(values)})
    assert sum(q <= 0.05 for q in found.values()) == 4
    assert found[0] == pytest.approx(0.0015)
    assert found[3] == pytest.approx(0.0095 * 15 / 4)
    assert benjamini_hochberg({"a": None}) == {}


def test_a_further_group_is_expected_where_the_formula_says() -> None:
    rhos, errors = [0.1, 0.4, -0.2, 0.5, 0.3, 0.2], [0.1, 0.15, 0.12, 0.2, 0.1, 0.08]
    groups = [
        Association(40, rho, cluster_se=error) for rho, error in zip(rhos, errors, strict=True)
    ]
    found = summarise_strata(groups)
    assert found.estimate is not None
    assert found.tau is not None
    assert found.interval is not None
    assert found.prediction is not None
    mean = np.arctanh(found.estimate)
    se = (np.arctanh(found.interval.high) - mean) / stats.t.ppf(0.975, 5)
    half = stats.t.ppf(0.975, 4) * np.hypot(found.tau, se)  # Higgins et al. 2009, equation (12)
    assert found.prediction.low == pytest.approx(np.tanh(mean - half))
    assert found.prediction.high == pytest.approx(np.tanh(mean + half))


def test_summary_needs_six_groups() -> None:
    found = summarise_strata([])
    assert found.estimate is None
    assert found.reason is not None
    assert found.reason.startswith("only 0 groups")
