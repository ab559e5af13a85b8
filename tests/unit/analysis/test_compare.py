"""Two studies side by side: differences that are known, intervals, and words that are true."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cardiogram.analysis.compare import StudyComparison, _Draws, _mean_of, _Ranks, compare_studies
from cardiogram.errors import DataError
from cardiogram.report.page.compare import (
    findings,
    render_comparison,
    render_comparison_page,
    title,
)
from cardiogram.store import Study
from studies import HOSTILE_ROWS, Row, make_study

DRAWS = 200


def rows(n: int = 40, authors: int = 20, seed: int = 0) -> list[Row]:
    """Make models whose downloads go with their ratings."""
    drawn = np.random.default_rng(seed)
    scores = drawn.integers(1, 5, n)
    return [
        Row(
            f"author{i % authors}/m{i}",
            int(s),
            int(10**s + drawn.integers(0, 900)),
            int(s),
            f"# Card {i}\n\nWords.\n",
        )
        for i, s in enumerate(scores)
    ]


def lifted(found: Sequence[Row], by: int = 1) -> list[Row]:
    return [replace(row, overall=(row.overall or 1) + by) for row in found]


def compared(tmp_path: Path, first: Sequence[Row], second: Sequence[Row]) -> StudyComparison:
    one, other = make_study(tmp_path / "a", first), make_study(tmp_path / "b", second)
    return compare_studies(one, other, draws=DRAWS)


def test_the_same_study_twice_has_no_difference(tmp_path: Path) -> None:
    found = compared(tmp_path, rows(), rows())
    assert found.overlap.common == found.overlap.same_text == found.overlap.both_rated == 40
    assert found.differs == ()
    assert found.kappa == 1
    assert all(change.difference in (0, None) for change in found.changes)
    assert not any(change.is_certain for change in found.changes)
    assert title(found) == "The same study twice"
    assert "have the same mean rating" in " ".join(findings(found))


def test_a_known_shift_of_the_same_texts_is_told_and_is_the_judges(tmp_path: Path) -> None:
    found = compared(tmp_path, rows(), lifted(rows()))
    change = found.change("mean overall rating", "same text")
    assert (change.difference, change.low, change.high) == (1, 1, 1)
    assert change.is_certain
    assert found.change("mean overall rating", "changed text").reason == "fewer than 10 models"
    assert sum(found.moves[i][i + 1] for i in range(4)) == 40
    sentence = next(item for item in findings(found) if "same text" in item)
    assert "on average rated 1.00 higher in the second study" in sentence
    assert "the judge or the rubric, not the cards" in sentence


def test_changed_cards_are_apart_from_the_others(tmp_path: Path) -> None:
    first = rows()
    second = [
        replace(row, overall=(row.overall or 1) + 1, text=f"{row.text}More.\n")
        for row in first[:20]
    ] + first[20:]
    found = compared(tmp_path, first, second)
    assert found.overlap.same_text == 20
    assert found.change("mean overall rating", "same text").difference == 0
    assert found.change("mean overall rating", "changed text").difference == 1
    assert found.change("mean overall rating", "common").difference == pytest.approx(0.5)
    assert title(found) == "The same study twice"


def test_two_samples_are_not_said_to_be_a_change_of_cards(tmp_path: Path) -> None:
    others = [replace(row, id=f"x{row.id}", overall=4) for row in rows(seed=1)]
    found = compared(tmp_path, rows(), others)
    assert (found.overlap.common, found.kappa) == (0, None)
    assert found.change("mean overall rating", "common").reason == "fewer than 10 models"
    assert found.change("mean overall rating", "all").is_certain
    said = " ".join(findings(found))
    assert "no model in common" in said
    assert "need not be a change of any card" in said
    assert title(found) == "Two samples"


def test_exchanging_the_studies_turns_every_sign(tmp_path: Path) -> None:
    first, second = rows(), lifted(rows(50, seed=2))
    one = compared(tmp_path / "1", first, second)
    other = compared(tmp_path / "2", second, first)
    for change, back in zip(one.changes, other.changes, strict=True):
        assert (change.what, change.over) == (back.what, back.over)
        if change.difference is not None and back.difference is not None:
            assert change.difference == pytest.approx(-back.difference)
        if change.low is not None and back.high is not None:
            assert change.low == pytest.approx(-back.high)


def test_the_correlation_is_spearmans_and_weights_are_repeats() -> None:
    drawn = np.random.default_rng(3)
    x, y = drawn.integers(1, 6, 60).astype(float), drawn.integers(0, 9, 60).astype(float)
    rho = _Ranks(x, y).rho
    assert rho(np.ones(60)) == pytest.approx(stats.spearmanr(x, y).statistic)
    times = drawn.integers(0, 4, 60)
    repeated = stats.spearmanr(np.repeat(x, times), np.repeat(y, times)).statistic
    assert rho(times.astype(float)) == pytest.approx(repeated)
    assert np.isnan(_Ranks(np.ones(5), np.arange(5.0)).rho(np.ones(5)))


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Both samples come from one population, so 0 is the truth."""
    held = 0
    for seed in range(60):
        drawn = np.random.default_rng(seed)
        effects = drawn.normal(0, 1, 60)
        codes = np.repeat(np.arange(60), 4)
        values = effects[codes] + drawn.normal(0, 1, 240)
        held += _interval_holds_zero(values, codes)
    assert held >= 50  # 57 expected; 50 or fewer happens once in 600 times


def _interval_holds_zero(values: np.ndarray, codes: np.ndarray) -> bool:
    cut = 120
    spread = _Draws(300, 0)._draw(codes, cut, _mean_of(values[:cut]), _mean_of(values[cut:]))
    assert spread is not None
    low, high = np.quantile(spread, [0.025, 0.975])
    return bool(low <= 0 <= high)


def test_few_authors_give_a_difference_without_an_interval(tmp_path: Path) -> None:
    found = compared(tmp_path, rows(authors=3), lifted(rows(authors=3)))
    change = found.change("mean overall rating", "common")
    assert (change.difference, change.low) == (1, None)
    assert change.reason == "fewer than 5 authors"
    assert not change.is_certain
    assert "no difference of the mean rating can be told" in " ".join(findings(found))


def test_two_judges_are_named(tmp_path: Path) -> None:
    one, other = make_study(tmp_path / "a", rows()), make_study(tmp_path / "b", rows())
    results = json.loads(other.results_path.read_text())
    results["judge"]["version"] = "9"
    other.results_path.write_text(json.dumps(results))
    found = compare_studies(one, other, draws=DRAWS)
    assert found.differs == ("judge version",)
    assert title(found) == "Two judges"


def test_nothing_from_a_study_is_markup_on_the_page(tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>\u202e"
    (tmp_path / name).mkdir()
    one = make_study(tmp_path / name / "s<b>", HOSTILE_ROWS, query={"search": "<script>"})
    other = make_study(tmp_path / "b", HOSTILE_ROWS)
    page = render_comparison_page(compare_studies(one, other, draws=DRAWS))
    assert "<script" not in page
    assert "<img" not in page
    assert "s<b>" not in page
    assert "default-src 'none'; style-src 'sha256-" in unescape(page)


def test_the_page_and_the_text_say_the_same(tmp_path: Path) -> None:
    found = compared(tmp_path, rows(), lifted(rows()))
    page, text = render_comparison_page(found), render_comparison(found)
    assert "Two model card studies" in page
    assert "rho of the rating with downloads" in page
    for sentence in findings(found):
        assert f"- {sentence}" in text
    data = found.as_dict()
    assert data["changes"][0]["told"] is True
    assert data["overlap"]["common"] == 40


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    one = make_study(tmp_path / "a", rows())
    other = make_study(tmp_path / "b", rows())
    other.results_path.unlink()
    with pytest.raises(DataError, match="no results yet"):
        compare_studies(one, Study.open(other.root))
