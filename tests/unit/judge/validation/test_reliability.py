import numpy as np
import pytest

from cardiogram.judge.validation.reliability import intraclass_by_author, measure_reliability
from cardiogram.stats.agreement import krippendorff_alpha
from textbook_icc import intraclass

SHROUT = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
PUBLISHED = {
    "ICC(1,1)": 0.17,
    "ICC(2,1)": 0.29,
    "ICC(3,1)": 0.71,
    "ICC(1,k)": 0.44,
    "ICC(2,k)": 0.62,
    "ICC(3,k)": 0.91,
}
BOUNDS = {
    "ICC(1,1)": (-0.13, 0.72),
    "ICC(2,1)": (0.02, 0.76),
    "ICC(3,1)": (0.34, 0.95),
    "ICC(1,k)": (-0.88, 0.91),
    "ICC(2,k)": (0.07, 0.93),
    "ICC(3,k)": (0.68, 0.99),
}


@pytest.mark.parametrize("form", PUBLISHED)
def test_the_example_of_shrout_and_fleiss(form: str) -> None:
    """Values: Shrout and Fleiss (1979), table 4; bounds: as R's psych::ICC prints them."""
    found = intraclass(SHROUT)[form]
    by_author = intraclass_by_author(np.array(SHROUT).T, list("abcdef"))[form]
    assert by_author.value == pytest.approx(found.value, abs=1e-12)
    assert found.value == pytest.approx(PUBLISHED[form], abs=0.005)
    assert (found.low, found.high) == pytest.approx(BOUNDS[form], abs=0.005)


NONE = np.nan
KRIPPENDORFF = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
    [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
]


@pytest.mark.parametrize(
    ("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_the_example_of_krippendorff(metric: str, alpha: float) -> None:
    """Krippendorff (2011), example C: four observers, twelve units, missing data."""
    found = krippendorff_alpha(KRIPPENDORFF, metric)  # type: ignore[arg-type]
    assert found == pytest.approx(alpha, abs=0.0006)
    if metric != "interval":
        several = measure_reliability(KRIPPENDORFF, [f"a{i}" for i in range(12)], draws=100)
        by_draws = several.alpha if metric == "ordinal" else several.alpha_nominal
        assert by_draws.value == pytest.approx(found, abs=1e-12)


def test_labels_numbered_by_each_rater_are_how_alphas_come_out_negative() -> None:
    """Published alphas of -0.199 are 0.388 to 0.672 once labels mean the same for all raters."""
    rng = np.random.default_rng(0)
    truth = rng.choice([1, 2, 3], 400, p=[0.15, 0.05, 0.8])
    raters = np.array(
        [np.where(rng.random(400) < 0.9, truth, rng.integers(1, 4, 400)) for _ in range(4)]
    )
    right = krippendorff_alpha(raters, "nominal")
    orders = [rng.permutation(3) + 1 for _ in raters]
    by_rater = [order[row - 1] for order, row in zip(orders, raters, strict=True)]
    wrong = krippendorff_alpha(by_rater, "nominal")
    assert right is not None
    assert wrong is not None
    assert right > 0.6
    assert wrong < 0.1


def test_without_spread_there_is_no_correlation() -> None:
    same, unequal = (
        intraclass_by_author(np.array([values, values]), list("abcdef"))["ICC(2,1)"].value
        for values in ([3] * 6, [1, 1, 3, 3, 5, 5])
    )
    assert (same, unequal) == (None, 1.0)
