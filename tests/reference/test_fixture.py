"""Every number of the shared reference answers, to 1e-6 relative, and not one left out."""

import csv
import json
import math
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import statsmodels.api as sm
import statsmodels.formula.api as smf

sys.path.insert(0, str(Path(__file__).parents[1]))
from cardiogram.stats.outliers import find_outliers
from cardiogram.stats.ranks.associations import fisher, spearman
from cardiogram.stats.ranks.dependent import Correlations, compare_correlations
from cardiogram.stats.ranks.partial import build_covariates, partial_spearman
from cardiogram.stats.regression.counts import negative_binomial, ppml
from cardiogram.stats.regression.regression import Norm, least_squares, m_estimator
from cardiogram.stats.regression.theil_sen import theil_sen
from cardiogram.stats.resampling.cluster_bootstrap import Floats, Integers, author_codes
from cardiogram.track.effect.effect_checks import group_time_mean
from support import SHARED, needs_shared

pytestmark = needs_shared
OUTCOMES = pytest.mark.parametrize("outcome", ["downloads", "likes"])


class Answers(dict[str, Any]):
    """Answers that remember which of them were asked for, with `seen` at the leaves."""

    def __init__(self, found: dict[str, Any], seen: set[str], path: str = "") -> None:
        super().__init__(found)
        self.seen, self.path = seen, path

    def __getitem__(self, key: str) -> Any:
        value, path = super().__getitem__(key), f"{self.path}.{key}".lstrip(".")
        if isinstance(value, dict):
            return Answers(value, self.seen, path)
        self.seen.add(path)
        return value

    def leaves(self) -> set[str]:
        """Paths of all answers."""
        inner = {key: self[key] for key, value in self.items() if isinstance(value, dict)}
        own = {f"{self.path}.{key}".lstrip(".") for key in self.keys() - inner.keys()}
        return own.union(*(answers.leaves() for answers in inner.values()))


class Fixture:
    """The synthetic table and the answers to it."""

    def __init__(self) -> None:
        answers = json.loads((SHARED / "stats/fixture_reference.json").read_text("utf-8"))
        self.answers = Answers(answers, set())
        with (SHARED / "stats/fixture_synth.csv").open(encoding="utf-8") as file:
            self.rows = list(csv.DictReader(file))
        self.score = self.column("score")

    def column(self, name: str) -> Floats:
        return np.array([float(row[name]) for row in self.rows])

    @property
    def codes(self) -> Integers:
        return author_codes(row["author"] for row in self.rows)


@pytest.fixture(scope="module")
def fixture() -> Fixture:
    return Fixture()


def close(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-6, abs=1e-12)


@OUTCOMES
def test_rank_correlations(fixture: Fixture, outcome: str) -> None:
    expected = fixture.answers[outcome]
    authors = [row["author"] for row in fixture.rows]
    found = spearman(fixture.score, fixture.column(outcome), authors, draws=200)
    assert found.estimate is not None
    assert (found.estimate, found.p_value) == close(expected["spearman"])
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == close(expected["bonett_wright"])
    plain = fisher(found.estimate, found.n)
    assert plain is not None
    assert (plain.low, plain.high) == close(expected["fisher"])
    assert found.concordance is not None
    assert (found.concordance.tau_b, found.concordance.p_value) == close(expected["tau_b"])
    assert found.concordance.somers_d == close(expected["somers_d_y_given_x"])


@OUTCOMES
def test_partial(fixture: Fixture, outcome: str) -> None:
    tasks = [row["task"] for row in fixture.rows]
    given = build_covariates({"age": fixture.column("age_days")}, {"task": tasks}, minimum=1)
    found = partial_spearman(fixture.score, fixture.column(outcome), given)
    expected = fixture.answers[outcome]["partial_age_task"]
    assert (found.estimate, found.p_value) == close(expected)


@OUTCOMES
@pytest.mark.parametrize("minimum", [1, 10, 40])
def test_partial_with_rare_tasks(fixture: Fixture, outcome: str, minimum: int) -> None:
    """An independent computation: patsy codes the tasks, and a regression takes them out."""
    tasks = [
        row["task"] + (f".{place % 7}" if place % 3 else "")
        for place, row in enumerate(fixture.rows)
    ]
    given = build_covariates({"age": fixture.column("age_days")}, {"task": tasks}, minimum=minimum)
    found = partial_spearman(fixture.score, fixture.column(outcome), given)
    times = Counter(tasks)
    level = [task if times[task] >= minimum else "rare" for task in tasks]
    columns = {"age": scipy.stats.rankdata(fixture.column("age_days")), "level": level}
    left = []
    for values in (fixture.score, fixture.column(outcome)):
        columns["rank"] = scipy.stats.rankdata(values)
        left.append(smf.ols("rank ~ age + C(level)", pd.DataFrame(columns)).fit())
    rho = float(np.corrcoef(left[0].resid, left[1].resid)[0, 1])
    free = left[0].df_resid - 1
    p_value = 2 * scipy.stats.t.sf(abs(rho) * np.sqrt(free / (1 - rho**2)), free)
    assert (found.estimate, found.p_value) == close((rho, p_value))


@OUTCOMES
@pytest.mark.parametrize("norm", ["huber", "tukey"])
def test_m_estimators(fixture: Fixture, outcome: str, norm: Norm) -> None:
    expected = fixture.answers[outcome][f"rlm_{norm}"]
    found = m_estimator(fixture.score, fixture.column(outcome), fixture.codes, norm)
    assert (found.intercept, found.estimate) == close(expected["b"])
    assert found.se == close(expected["se"][1])
    assert found.scale == close(expected["scale"])
    assert (found.reason is not None) == expected["degenerate"]


@OUTCOMES
def test_lines(fixture: Fixture, outcome: str) -> None:
    expected, y = fixture.answers[outcome], fixture.column(outcome)
    sen = theil_sen(fixture.score, y, fixture.codes)
    assert sen.interval is not None
    numbers = (sen.estimate, sen.intercept, sen.interval.low, sen.interval.high)
    assert numbers == close(expected["theilsen"])
    line = least_squares(fixture.score, y, fixture.codes)
    assert (line.intercept, line.estimate) == close(expected["ols"]["b"])
    assert line.se == close(expected["ols"]["se_HC1"][1])
    design = np.column_stack([np.ones(fixture.score.size), fixture.score])
    plain = sm.OLS(np.log1p(y), design).fit()  # our own line has no use for this one
    assert list(plain.bse) == close(expected["ols"]["se"])
    assert line.cluster_se == close(expected["ols"]["se_author"][1])


@OUTCOMES
def test_counts(fixture: Fixture, outcome: str) -> None:
    expected, y = fixture.answers[outcome], fixture.column(outcome)
    found = ppml(fixture.score, y, fixture.codes)
    assert (found.intercept, found.estimate) == close(expected["ppml"]["b"])
    assert found.se == close(expected["ppml"]["se_HC1"][1])
    assert found.cluster_se == close(expected["ppml"]["se_author"][1])


@OUTCOMES
def test_negative_binomial(fixture: Fixture, outcome: str) -> None:
    expected, y = fixture.answers[outcome]["nb2"], fixture.column(outcome)
    found = negative_binomial(fixture.score, y, fixture.codes)
    slopes = (found.intercept, found.estimate, found.scale)
    assert slopes == close(expected["b"])
    model = sm.NegativeBinomial(y, sm.add_constant(fixture.score))
    fit = model.fit(start_params=slopes, method="newton", tol=1e-12, disp=0)
    assert fit.llf == close(expected["llf"])


@OUTCOMES
def test_outliers(fixture: Fixture, outcome: str) -> None:
    expected, y = fixture.answers[outcome]["outliers"], fixture.column(outcome)
    fences = find_outliers(y, "iqr").dropped
    assert fences is not None
    assert int(fences.sum()) == expected["iqr15_log1p"]
    assert scipy.stats.median_abs_deviation(np.log1p(y)) == close(expected["mad"])
    found = find_outliers(y, "mad")
    counted = None if found.dropped is None else int(found.dropped.sum())
    assert counted == expected["mad35_log1p"]
    assert (found.reason is None) == (counted is not None)


def test_dependent_correlations(fixture: Fixture) -> None:
    expected = fixture.answers["dependent"]
    score, likes, downloads = fixture.score, fixture.column("likes"), fixture.column("downloads")

    def rho(x: Floats, y: Floats) -> float:
        found = spearman(x, y).estimate
        assert found is not None
        return found

    rhos = Correlations(rho(score, likes), rho(score, downloads), rho(likes, downloads), 240)
    assert (rhos.first, rhos.second, rhos.between) == close(
        (expected["r12"], expected["r13"], expected["r23"])
    )
    found = compare_correlations(rhos)
    for name in ("williams", "steiger", "meng"):
        test = getattr(found, name)
        assert (test.statistic, test.p_value) == close(expected[name])
    assert found.zou is not None
    assert (found.zou.low, found.zou.high) == close(expected["zou"])
    assert math.isfinite(found.zou.low)


NOT_OFFERED = {"panel.true_mean_att", "panel.twfe", "panel.did2s"}
"""Estimators that find what is not there when edits are staggered (docs/explanation/effects.md)."""


def test_group_time_mean(fixture: Fixture) -> None:
    with (SHARED / "stats/fixture_panel.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    unit, time, changed = (np.array([int(row[key]) for row in rows]) for key in ("unit", "t", "g"))
    outcome = np.empty((unit.max(), time.max()))
    outcome[unit - 1, time - 1] = [float(row["y"]) for row in rows]
    first = np.empty(unit.max(), np.int64)
    first[unit - 1] = changed - 1
    expected = fixture.answers["panel"]["cs_simple_never"]
    assert group_time_mean(outcome, first) == close(expected)


def test_no_answer_is_left_out(fixture: Fixture) -> None:
    """The last test of this file: a new key of the reference fails here until it is checked."""
    assert fixture.answers.leaves() - NOT_OFFERED == fixture.answers.seen
