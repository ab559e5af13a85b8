"""A look at some models: the study's own numbers, and a reason where there are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cardiogram.analysis.analyze import analyze
from cardiogram.analysis.exploration import Explorable, _afford
from cardiogram.analysis.parts import MAIN
from studies import Row, make_study


def make_rows(n: int = 120) -> list[Row]:
    rng = np.random.default_rng(1)
    scores = rng.integers(1, 6, n)
    counts = np.floor(np.exp(rng.normal(size=n) + scores)).astype(int)
    return [
        Row(
            f"org{i % 30}/m{i}",
            int(score),
            int(count),
            int(count) % 7,
            f"# Card {i}\n",
            "text-generation" if i % 3 else "fill-mask",
        )
        for i, (score, count) in enumerate(zip(scores, counts, strict=True))
    ]


RARE = [
    Row(f"{task}{i}/m", i % 5 + 1 if i < 8 else None, 9 * i + len(task) ** 3, i, task=task)
    for task in ("fill", "ranking")
    for i in range(12)
]
"""Of each task 8 models are rated, and 12 are enough to be held equal."""
ROWS = [*make_rows(), *RARE]
SOME = [*ROWS[:80], *RARE]


@pytest.fixture(scope="module")
def explorable(tmp_path_factory: pytest.TempPathFactory) -> Explorable:
    return Explorable.of(make_study(tmp_path_factory.mktemp("s"), ROWS))


def test_a_look_gives_what_a_study_of_these_models_alone_gives(
    explorable: Explorable, tmp_path: Path
) -> None:
    looked = explorable.explore([row.id for row in reversed(SOME)])
    results = analyze(make_study(tmp_path / "s", SOME), draws=100)
    assert (looked.models, looked.authors) == (96, 46)
    assert looked.held_equal == results.partial[0].given == ("task",)
    for numbers, looks in (
        (results.partial, looked.adjusted),
        (results.associations, looked.plain),
    ):
        expected = {n.outcome: (n.n, n.estimate) for n in numbers if n.predictor == MAIN}
        assert {look.outcome: (look.models, look.estimate) for look in looks} == expected
    for number in results.partial:
        if number.predictor == MAIN:
            (look,) = (look for look in looked.adjusted if look.outcome == number.outcome)
            assert number.cluster_interval is not None
            assert (look.low, look.high, look.reason) == (
                number.cluster_interval.low,
                number.cluster_interval.high,
                "",
            )


def test_models_that_are_unknown_or_named_twice_do_not_count(explorable: Explorable) -> None:
    ids = [row.id for row in SOME]
    assert explorable.explore([*ids, *ids, "nobody/nothing"]) == explorable.explore(ids)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "only 0 models"),
        (ROWS[:5], "only 5 models"),
        ([row for row in ROWS if row.id.startswith(("org1/", "org2/", "org3/"))], "only 3 authors"),
        ([row for row in ROWS if row.overall == 2], "all ratings are equal"),
    ],
    ids=["none", "models", "authors", "ratings"],
)
def test_where_nothing_can_be_said_the_reason_is(
    explorable: Explorable, rows: list[Row], words: str
) -> None:
    looked = explorable.explore([row.id for row in rows])
    assert len(looked.plain) == len(looked.adjusted) == 2
    for look in looked.plain:
        assert words in look.reason
        assert look.low is None
        assert look.high is None
    assert all(look.reason and look.low is None for look in looked.adjusted)


@pytest.mark.parametrize("share", [1, 5])
@pytest.mark.parametrize("models", [0, 500, 5_000, 100_000])
def test_what_a_look_costs_is_bounded(models: int, share: int) -> None:
    """A large author's models are drawn again and again: of very many, fewer times."""
    codes = np.arange(models) // 3
    codes[: models // share if share > 1 else 0] = 0
    resampling, left_out = _afford(codes)
    assert 200 <= resampling.draws <= 2000
    assert left_out * models <= 4_000_000
    if share == 5:
        assert resampling.draws * models <= 20_000_000
