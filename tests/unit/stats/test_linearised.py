"""Above 1,000 models the linear part is drawn, but not where one author has a large share."""

from importlib import import_module

import numpy as np
import pytest

from cardiogram.stats.resampling.cluster_bootstrap import (
    LARGE_SHARE,
    MANY_ROWS,
    ClusteredColumns,
    Floats,
    Integers,
    Resampling,
    cluster_test,
    draw_rhos,
    is_linear,
)
from cardiogram.stats.resampling.linearised import draw_linear

RESAMPLING = Resampling(draws=100)
relate = import_module("cardiogram.stats.ranks.relate")  # the folder's face hides the file


def authors(n: int, share: float) -> Integers:
    """Author of each of n models: one has a share of them, the others five each."""
    large = round(share * n)
    return np.r_[np.zeros(large, int), 1 + np.arange(n - large) // 5].astype(np.int64)


def related(codes: Integers) -> tuple[Floats, Floats]:
    """Ratings and counts that authors pull in one direction, the first one most."""
    rng = np.random.default_rng(0)
    pull = rng.normal(size=codes.max() + 1)
    pull[0] = 3.0
    x, noise = rng.normal(size=(2, codes.size))
    return np.round(x + pull[codes]), np.floor(np.exp(0.4 * pull[codes] + noise))


@pytest.mark.parametrize(
    ("n", "share", "linear"),
    [
        (MANY_ROWS, 0.01, False),  # few models: whole authors
        (MANY_ROWS + 1, 0.01, True),
        (10_000, LARGE_SHARE, True),  # a twentieth is not yet too much
        (10_000, LARGE_SHARE + 0.001, False),
        (10_000, 0.4, False),
        (10_000, 1.0, False),
    ],
)
def test_the_guard_knows_size_and_share(n: int, share: float, linear: bool) -> None:
    assert is_linear(authors(n, share)) is linear


@pytest.mark.parametrize("share", [0.01, 0.4])
def test_what_is_drawn_is_what_the_interval_says(
    share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = authors(6_000, share)
    x, y = related(codes)
    asked: list[str] = []
    for name in ("draw_rhos", "draw_linear"):
        drawing = getattr(relate, name)
        monkeypatch.setattr(
            relate, name, lambda *given, n=name, d=drawing: (asked.append(n), d(*given))[1]
        )
    found = relate.relate_ratings(relate.RatingTable({"x": x}, {"y": y}, codes), RESAMPLING).plain[
        "x", "y"
    ]
    assert found.cluster_interval is not None
    linear = found.cluster_interval.method.endswith("of the linear part")
    assert asked == (["draw_linear"] if share == 0.01 else ["draw_rhos"])
    assert linear == (share == 0.01)


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [(0.01, 0.95, 1.05), (LARGE_SHARE, 1.0, 1.15), (0.4, 0.0, 0.5)],
)
def test_the_guard_is_needed(share: float, low: float, high: float) -> None:
    """With two fifths at one author the linear part says less than half of the true width."""
    codes = authors(1_500, share)
    x, y = related(codes)
    columns, resampling = ClusteredColumns({"x": x}, {"y": y}, codes), Resampling(draws=600)
    whole, linear = (
        cluster_test(0.3, draw(columns, resampling.draws, 0)["x", "y"], codes, resampling).se
        for draw in (draw_rhos, draw_linear)
    )
    assert whole is not None
    assert linear is not None
    assert low < linear / whole < high
