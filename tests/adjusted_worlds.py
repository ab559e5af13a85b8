"""Made-up studies whose adjusted numbers are known: ratings and counts share an age and a task."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cardiogram.stats.ranks import (
    Covariates,
    RatingTable,
    build_covariates,
    max_t_groups,
    partial_spearman,
    relate_ratings,
)
from cardiogram.stats.ranks.associations import correlate_ranks
from cardiogram.stats.regression import m_estimator, no_slope_p_value
from cardiogram.stats.regression.restricted_fits import RestrictedRobust
from cardiogram.stats.resampling import Floats, Integers, Resampling
from cardiogram.stats.within_authors import within_authors

SLOPE = 0.4
TASKS = 4


@dataclass(frozen=True, slots=True)
class AdjustedStudy:
    """One study: the rating is worth SLOPE of the logarithm, and age and task much more."""

    rating: Floats
    count: Floats
    codes: Integers
    task: Integers
    covariates: Covariates

    @classmethod
    def draw(cls, seed: int, authors: int = 80) -> AdjustedStudy:
        """Authors of very different sizes, whose ratings and counts resemble each other."""
        rng = np.random.default_rng(seed)
        codes = np.repeat(np.arange(authors), np.minimum(rng.zipf(1.8, authors), 20))
        n = codes.size
        task, age = rng.integers(0, TASKS, n), rng.normal(size=n)
        rating = 0.5 * age + 0.3 * task + 0.6 * rng.normal(size=authors)[codes]
        rating = rating + rng.normal(size=n)
        log = 2 + SLOPE * rating + age + 0.5 * task + 0.6 * rng.normal(size=authors)[codes]
        count = np.floor(np.exp(log + rng.normal(size=n) * rng.choice([0.5, 1.5], n)))
        given = build_covariates({"age": age}, {"task": [f"t{place}" for place in task]})
        return cls(rating, count, codes.astype(np.int64), task, given)

    @property
    def groups(self) -> dict[str, Integers]:
        """Rows of each task."""
        return {f"t{place}": np.flatnonzero(self.task == place) for place in range(TASKS)}


@dataclass(frozen=True, slots=True)
class TrueNumbers:
    """What all models there could ever be would give."""

    partial: float
    huber: float
    within: float
    rhos: dict[str, float]

    @classmethod
    def of(cls, many: AdjustedStudy) -> TrueNumbers:
        """Of a study so large that it has no noise to speak of."""
        alone = np.zeros_like(many.codes)
        partial = partial_spearman(many.rating, many.count, many.covariates).estimate
        line = m_estimator(many.rating, many.count, alone, "huber", covariates=many.covariates)
        assert partial is not None
        assert line.estimate is not None
        rhos = {
            name: correlate_ranks(many.rating[rows], many.count[rows])
            for name, rows in many.groups.items()
        }
        x, y = (_centre(values, many.codes) for values in (many.rating, np.log1p(many.count)))
        return cls(partial, line.estimate, float(x @ y) / float(x @ x), rhos)


def _centre(values: Floats, codes: Integers) -> Floats:
    """Values less their author's mean."""
    return np.asarray(values - (np.bincount(codes, values) / np.bincount(codes))[codes])


def covered(study: AdjustedStudy, true: TrueNumbers, resampling: Resampling) -> dict[str, bool]:
    """Which intervals of one study hold the truth; nothing is held equal within authors."""
    table = RatingTable(
        {"x": study.rating}, {"y": study.count}, study.codes, study.covariates, (), "none"
    )
    partial = relate_ratings(table, resampling).partial["x", "y"].cluster_interval
    rhos = max_t_groups(study.groups, study.rating, study.count, study.codes, resampling)
    spans = {name: rho.interval for name, rho in rhos.groups.items()}
    log = np.log1p(study.count)
    within = within_authors(study.rating, log, study.codes, resampling).interval
    left = RestrictedRobust.of(
        study.rating, log - true.huber * study.rating, study.codes, "huber", study.covariates.matrix
    )
    return {
        "adjusted rho": partial is not None and partial.low <= true.partial <= partial.high,
        "robust line": no_slope_p_value(left, resampling) > 0.05,
        "groups at once": all(
            span is not None and span.low <= true.rhos[name] <= span.high
            for name, span in spans.items()
        ),
        "within authors": within is not None and within.low <= true.within <= within.high,
    }
