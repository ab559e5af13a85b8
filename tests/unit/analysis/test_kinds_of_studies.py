"""What is said of one organisation, of too few authors, of nothing at all; and the self-test."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cardiogram.analysis import Results, SelfTestEntry, round_figure, round_ratio
from cardiogram.analysis.analyze import analyze
from cardiogram.analysis.conclude import conclude_links
from cardiogram.analysis.load import load
from cardiogram.analysis.parts import ALL_ROWS, prepare
from cardiogram.analysis.self_test import PlaceboTask, analyze_placebo, describe_self_test
from cardiogram.stats.resampling import Resampling
from cardiogram.store import Study
from studies import Row, make_study


def make(folder: Path, authors: int, models: int, link: float) -> Study:
    """A study whose downloads and likes follow the ratings as far as `link` says."""
    rng = np.random.default_rng(5)
    rows = []
    for i in range(models):
        score = int(rng.integers(1, 6))
        downloads, likes = (int(np.exp(link * score + rng.normal()) * 5) for _ in range(2))
        text = f"# Model {i}\n\nIt does {rng.integers(10**9)} things of its own.\n"
        rows.append(Row(f"org{i % authors}/m{i}", score, downloads, likes, text))
    study = make_study(folder / "study", rows)
    study.ratings.write("0", [{**row, "status": "rated"} for row in study.ratings.rows()])
    return study


def said(results: Results) -> dict[str, str]:
    return {conclusion.about: conclusion.words for conclusion in results.conclusions}


def test_models_of_one_organisation_are_the_units(tmp_path: Path) -> None:
    results = analyze(make(tmp_path, 1, 40, 0.8), draws=200)
    assert list(said(results)) == ["ratings", "adjusted"]
    assert said(results)["adjusted"].startswith(
        "Within this organisation, better rated cards go with more downloads (rank correlation"
    )
    assert not any("org0" in note for note in results.notes)
    number = results.associations[0]
    assert number.interval is not None
    assert number.p_value is not None
    assert number.p_value < 0.05


@pytest.mark.parametrize(("models", "words"), [(7, "7 rated models are"), (1, "1 rated model is")])
def test_very_few_models_of_one_organisation_are_too_few(
    tmp_path: Path, models: int, words: str
) -> None:
    drawn = said(analyze(make(tmp_path, 1, models, 0.8), draws=200))
    assert list(drawn) == ["ratings", "too_few"]
    assert drawn["too_few"].startswith(f"{words} too few for a statement on popularity: 30 ")


def test_of_models_without_cards_no_share_of_ratings_is_stated(tmp_path: Path) -> None:
    rows = [Row(f"org{i % 12}/m{i}", None, text=None) for i in range(40)]
    study = make_study(tmp_path / "study", rows)
    assert list(said(analyze(study, draws=200))) == ["too_few"]


def test_few_authors_are_named_by_their_number(tmp_path: Path) -> None:
    words = said(analyze(make(tmp_path, 3, 40, 0.0), draws=200))["adjusted"]
    assert words.startswith("Within these 3 authors, ")
    assert "can have been missed" in words


@pytest.mark.parametrize(("authors", "models"), [(12, 60), (24, 26)])
def test_nothing_is_said_of_popularity_where_there_are_too_few(
    tmp_path: Path, authors: int, models: int
) -> None:
    results = analyze(make(tmp_path, authors, models, 0.8), draws=200)
    assert list(said(results)) == ["ratings", "too_few"]
    assert results.dose


def test_what_is_null_is_said(tmp_path: Path) -> None:
    results = analyze(make(tmp_path, 30, 120, 0.0), draws=200)
    words = said(results)
    assert {"ratings", "adjusted", "times", "without_outliers", "gap", "one_author"} <= set(words)
    assert "cannot be told" in words["adjusted"]
    assert "How many times the downloads or likes" in words["times"]
    assert results.conclusions[1].short == ""
    assert sum(level.cards for level in results.dose) == 120
    assert {point.estimator for point in results.curve} == {
        "robust regression",
        "least squares",
        "rank correlation",
    }
    # The screen states a correlation and a slope of each outcome.
    assert sum(point.main for point in results.curve) == 4


def test_an_outcome_may_have_a_line_without_outliers_only(tmp_path: Path) -> None:
    study = make(tmp_path, 30, 120, 0.0)
    results = analyze(study, draws=200)
    kept = [n for n in results.regressions if (n.outcome, n.rows) != ("downloads", ALL_ROWS)]
    subject = prepare(load(study, "embedded"), Resampling(draws=200))
    links = conclude_links(replace(results, regressions=tuple(kept)), subject)
    (without,) = [link for link in links if link.about == "without_outliers"]
    assert without.branches.keys() == {"likes"}


@pytest.mark.parametrize(("authors", "link"), [(1, 0.5), (30, 0.0), (30, 0.4)])
def test_every_number_of_a_sentence_is_in_its_evidence(
    tmp_path: Path, authors: int, link: float
) -> None:
    for conclusion in analyze(make(tmp_path, authors, 120, link), draws=200).conclusions:
        known = {str(number.n) for number in conclusion.evidence}
        for number in conclusion.evidence:
            for value in (number.estimate, number.low, number.high, number.missed):
                if value is not None:
                    ratio = round_ratio(value) if value > 0 else ""
                    known |= {round_figure(value), ratio, f"{value:.4g}", f"{100 * value:.0f}"}
        words = re.sub("1 or 2|4 or 5|0.15 or more|counted from 1", "", conclusion.words)
        stated = re.findall(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?!\w)", words)
        assert set(stated) <= known, conclusion.words


def test_a_placebo_study_is_made_again_by_its_seed(tmp_path: Path) -> None:
    study = make(tmp_path, 30, 120, 0.8)
    subject = prepare(load(study, "embedded"), Resampling(draws=200))
    answers = [analyze_placebo(PlaceboTask(subject, "A", (7, run))) for run in range(6)]
    again = analyze_placebo(PlaceboTask(subject, "A", (7, 2)))
    assert again == answers[2]
    assert {about for about, _ in again} >= {"adjusted", "times", "without_outliers", "gap"}
    assert sum(answer["adjusted", "likes"] for answer in answers) <= 2
    assert analyze_placebo(PlaceboTask(subject, "B", (7, 0))).keys() == again.keys()


def test_the_self_test_is_kept_with_the_results(tmp_path: Path) -> None:
    told = []
    results = analyze(
        make(tmp_path, 30, 120, 0.8),
        draws=200,
        self_test=2,
        on_progress=lambda step, done, total: told.append((step, done, total)),
    )
    assert results.self_test is not None
    assert (results.self_test.runs, results.self_test.draws) == (2, 500)
    assert {entry.design for entry in results.self_test.entries} == {"A", "B"}
    assert told[0] == ("analyze", 0, None)
    assert told[-2:] == [("self-test", 4, 4), ("analyze", 1, 1)]
    assert results.self_test.words.startswith("In 2 placebo studies of each of two designs")
    assert said(results)["adjusted"].count("more") == 2


def test_a_conservative_conclusion_is_named() -> None:
    rare = SelfTestEntry(
        design="B", about="without_outliers", outcome="likes", runs=200, drawn=0.01
    )
    often = SelfTestEntry(design="A", about="adjusted", outcome="likes", runs=200, drawn=0.055)
    words = describe_self_test([rare, often], 200)
    assert "at most 5.5 % (of adjusted, likes, design A; 5 % are meant)" in words
    assert words.endswith("conservative, under 2 %: without outliers.")
