"""Krippendorff's alpha against a published table, and against what is wrong with it.

Kadasi et al. (2025), Model Hubs and Beyond (arXiv 2503.15222): four people said of 397 model cards
whether they hold full (F), partial (P) or no information (N) on each of 39 items. Their table of
alphas stands in their repository (github.com/infamous001/modelHubs-ICWSM, rohit/alpha_v2.csv).
Of three items nearly all cards are "no information" by everybody; what follows are the others, in
the order in which they were read, a letter for each reader. Counted by hand from their sheets, of
which one of sixteen is missing (the fourth reader's third hundred): "no information" is taken for
it, and so the published values come out.
"""

import numpy as np
import pytest

from cardiogram.judge.validation.reliability import measure_reliability
from cardiogram.stats.agreement import krippendorff_alpha

CARDS = 397
LEVELS = {"N": 1, "P": 2, "F": 3}
DOWNSTREAM = "NNNN FFNF NFNN"
RECOMMENDATIONS = "NNNN NNNP NNNP NNNP NNPN PPNN"
LIMITATIONS = "NPNN NNNN NPNN PPNN FFNF NNNF FFNF NNPN FFNN NNPN"


def readings(others: str) -> np.ndarray:
    """Labels as numbers, shape (readers, cards)."""
    rows = others.split()
    place = rows.index("NNNN")
    rows[place:place] = ["NNNN"] * (CARDS - len(rows))
    return np.array([[LEVELS[label] for label in row] for row in rows]).T


def numbered_by_reader(table: np.ndarray) -> list[list[int]]:
    """Labels numbered for each reader as they first occur: the published mistake."""
    found = []
    for row in table.tolist():
        seen: dict[int, int] = {}
        found.append([seen.setdefault(label, len(seen)) for label in row])
    return found


@pytest.mark.parametrize(
    ("others", "published"),
    [
        (DOWNSTREAM, 0.4990530303030303),
        (RECOMMENDATIONS, 0.10830172777075442),
        (LIMITATIONS, -0.3149580049048104),
    ],
)
def test_published_alphas_come_out_to_the_last_digit(others: str, published: float) -> None:
    """With labels numbered by each reader, as they were."""
    found = krippendorff_alpha(numbered_by_reader(readings(others)), "nominal")
    assert found == pytest.approx(published, abs=1e-14)


@pytest.mark.parametrize(
    ("others", "nominal", "ordinal"),
    [
        (DOWNSTREAM, 0.4990530303030303, 0.4990530303030303),
        (RECOMMENDATIONS, 0.10830172777075442, 0.10830172777075442),
        (LIMITATIONS, 0.3513044949046472, 0.3516818368103343),
    ],
)
def test_what_they_are_when_a_label_means_the_same_for_all(
    others: str, nominal: float, ordinal: float
) -> None:
    """Of bias, risks and limitations -.315 should have been .351.

    Where everybody's first card is "no information" the mistake changes nothing.
    """
    table = readings(others)
    assert krippendorff_alpha(table, "nominal") == pytest.approx(nominal, abs=1e-12)
    assert krippendorff_alpha(table, "ordinal") == pytest.approx(ordinal, abs=1e-12)
    by_sums = measure_reliability(table, [f"a{i}" for i in range(CARDS)], draws=100)
    assert by_sums.alpha_nominal.value == pytest.approx(nominal, abs=1e-12)
    assert by_sums.alpha.value == pytest.approx(ordinal, abs=1e-12)


def test_by_hand() -> None:
    """Downstream use: 4 of 1,588 labels are "full", on two cards, 3 to 1 and 1 to 3."""
    observed, full, n = 2 * 3 / 3 + 2 * 3 / 3, 4, 4 * CARDS
    expected = 2 * full * (n - full)
    assert 1 - (n - 1) * observed / expected == pytest.approx(0.4990530303030303, abs=1e-15)
