"""How often each test of an analysis finds what is not there: placebo ratings on a study's authors.

::

    python benchmarks/placebo.py STUDY --runs 1000 --draws 499

In design A ratings have nothing to do with popularity; in design B they are what age, library and
task say of them, and noise. Every row should be near 5 %; in design B what holds nothing equal is
not. Seeds are 0, 1, 2, ...; ``analyze --self-test`` counts the sentences themselves.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cardiogram.analysis.load import load
from cardiogram.analysis.parts import Subject, prepare
from cardiogram.optional import one_thread, statsmodels
from cardiogram.stats import (
    compare_means,
    confounded_ratings,
    find_strata,
    permute_ratings,
    within_authors,
)
from cardiogram.stats.ranks import RatingTable, max_t_groups, relate_ratings
from cardiogram.stats.regression import RestrictedGlm, informative_rows, no_slope_p_value
from cardiogram.stats.regression.restricted_fits import RestrictedLine, RestrictedRobust
from cardiogram.stats.resampling import Floats, Resampling
from cardiogram.store import Study
from timing import table

OUTCOMES = ("downloads", "likes")
MAIN = "overall_expected"
LEVEL = 0.05


def found_in(
    subject: Subject, rating: Floats, resampling: Resampling
) -> Iterator[tuple[str, bool]]:
    """Every test of one placebo study, and whether it says that there is something."""
    ys = {name: subject.outcomes[name] for name in OUTCOMES}
    rows = RatingTable(
        {"x": rating}, ys, subject.codes, subject.covariates, [("likes", "downloads")], "none"
    )
    related = relate_ratings(rows, resampling)
    for name in OUTCOMES:
        yield f"rho, {name}", _small(related.plain["x", name].cluster_p_value)
        yield f"adjusted rho, {name}", _small(related.partial["x", name].cluster_p_value)
    yield "gap of rho", _small(related.compared["x", "likes", "downloads"].by_author.p_value)
    yield (
        "adjusted gap",
        _small(related.partial_compared["x", "likes", "downloads"].by_author.p_value),
    )
    for name, outcome in ys.items():
        yield from _slopes(subject, rating, outcome, name, resampling)
        within = within_authors(rating, np.log1p(outcome), subject.codes, resampling)
        yield f"within authors, {name}", _small(within.p_value)
    for kind in ("library", "task"):
        groups = find_strata(subject.loaded.groups[kind], np.isfinite(rating))
        for name, outcome in ys.items():
            rhos = max_t_groups(groups, rating, outcome, subject.codes, resampling)
            yield f"any {kind} alone, {name}", bool(rhos.above or rhos.below)
        means = compare_means(groups, rating, subject.codes, resampling)
        yield f"any two {kind} means", bool(means.differing)


def _slopes(
    subject: Subject, rating: Floats, outcome: Floats, name: str, resampling: Resampling
) -> Iterator[tuple[str, bool]]:
    matrix, codes, log = subject.covariates.matrix, subject.codes, np.log1p(outcome)
    some = (outcome > 0).astype(np.float64)
    rows = informative_rows(some, matrix)
    binomial, given = statsmodels().families.Binomial(), subject.covariates.rows(rows).matrix
    models = {
        "robust line": RestrictedRobust.of(rating, log, codes, "huber", matrix),
        "least squares": RestrictedLine.of(rating, log, codes, matrix),
        "odds of any": RestrictedGlm.of(rating[rows], some[rows], codes[rows], binomial, given),
    }
    for kind, model in models.items():
        yield f"{kind}, {name}", _small(no_slope_p_value(model, resampling))


def _small(p_value: float | None) -> bool:
    return p_value is not None and p_value < LEVEL


def main() -> None:
    """Print one table: a row a test, a column a design."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", type=Path)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=499)
    asked = parser.parse_args()
    subject = prepare(load(Study(asked.study), "embedded", ()), Resampling(0.95, asked.draws, 0))
    rating, found = subject.ratings[MAIN], {"A": Counter[str](), "B": Counter[str]()}
    with one_thread():
        for seed in range(asked.runs):
            rng, resampling = np.random.default_rng(seed), Resampling(0.95, asked.draws, seed)
            noise = permute_ratings(rating, subject.codes, rng)
            found["A"].update(k for k, v in found_in(subject, noise, resampling) if v)
            noise = confounded_ratings(rating, subject.covariates, subject.codes, rng)
            found["B"].update(k for k, v in found_in(subject, noise, resampling) if v)
            if (seed + 1) % 100 == 0:
                print(seed + 1, dict(found["A"]), dict(found["B"]), file=sys.stderr, flush=True)
        tests = list(dict(found_in(subject, rating, subject.resampling)))
    rows = [[t, *(f"{found[design][t] / asked.runs:.1%}" for design in "AB")] for t in tests]
    print(table(["test", "A", "B"], rows))


if __name__ == "__main__":
    main()
