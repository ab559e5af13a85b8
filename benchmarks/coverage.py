"""How often intervals by author hold the truth, and placebos are significant: the long table.

::

    python benchmarks/coverage.py --runs 1000
    python benchmarks/coverage.py --runs 400 --linearised 800

Made-up studies of authors of very different sizes, the counts three quarters 0 (or hundreds, for
the lines). A placebo is a score drawn by author. `tests/reference/` asserts a part of this table.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from adjusted_worlds import AdjustedStudy, TrueNumbers, covered
from cardiogram.optional import one_thread
from cardiogram.stats import within_authors
from cardiogram.stats.large import relate_many, robust_line, within_many
from cardiogram.stats.ranks import (
    CodedDesign,
    RatingTable,
    correlate_ranks,
    number_labels,
    relate_ratings,
)
from cardiogram.stats.regression import m_estimator
from cardiogram.stats.resampling import Floats, Interval, Resampling, effective_clusters
from simulated import KINDS, SIGNS, Kind, Simulated, refused
from timing import table

DESIGNS = ((40, 0.0), (40, 0.5), (120, 0.5), (300, 0.5))
PLACEBOS = ((40, 7), (60, 7), (60, 8), (60, 9), (60, 10), (120, 7), (300, 7))
RESAMPLING = Resampling(0.95, 300, 0)


def coverage(kind: Kind, authors: int, slope: float, runs: int) -> str:
    """Share of the studies whose interval holds the true slope."""
    true, held = kind.true(slope), 0
    for seed in range(runs):
        one = kind.draw(np.random.default_rng(seed), authors, slope)
        held += not refused(kind.hold(one.rating, one), true, seed)
    return f"{held / runs:.1%}"


def placebos(authors: int, seed: int, runs: int) -> list[str]:
    """Share of the placebos that are significant at 5 %: rho, then every slope but the last.

    The negative binomial model is left out: it takes ten times as long as all others.
    """
    found: Counter[str] = Counter()
    for name, kind in [("rho", None), *list(KINDS.items())[:-1]]:
        draw = Simulated.likes if kind is None else kind.draw
        real = draw(np.random.default_rng(seed), authors, 0.0)
        for run in range(runs):
            score = np.random.default_rng(run).normal(size=authors)[real.codes]
            if kind is None:
                found[name] += is_significant(score, real)
            else:
                found[name] += refused(kind.hold(score, real), 0.0, run)
    return [f"{found[name] / runs:.1%}" for name in ("rho", *list(KINDS)[:-1])]


def is_significant(score: Floats, real: Simulated) -> bool:
    """Whether rho's p-value by author is below 5 %."""
    rows = RatingTable({"x": score}, {"y": real.count}, real.codes)
    p_value = relate_ratings(rows, RESAMPLING).plain["x", "y"].cluster_p_value
    return p_value is not None and p_value < 0.05


def adjusted(runs: int) -> list[list[str]]:
    """How often what holds age and task equal, or authors, holds the truth."""
    true, hits = TrueNumbers.of(AdjustedStudy.draw(99, 20_000)), Counter[str]()
    for seed in range(runs):
        study = AdjustedStudy.draw(seed)
        told = covered(study, true, Resampling(0.95, SIGNS, seed % 20))
        hits.update(name for name, inside in told.items() if inside)
    return [[name, f"{times / runs:.1%}"] for name, times in hits.items()]


def both_forms(authors: int, runs: int) -> list[list[str]]:
    """Coverage of the linearised intervals and of the drawn ones, and their widths side by side."""
    large = AdjustedStudy.draw(99, 20_000)
    true, rho = TrueNumbers.of(large), correlate_ranks(large.rating, large.count)
    truths = {
        "rho": rho,
        "adjusted rho": true.partial,
        "robust line": true.huber,
        "within authors": true.within,
    }
    spans: dict[str, list[tuple[Interval, Interval]]] = {name: [] for name in truths}
    for seed in range(runs):
        study, resampling = AdjustedStudy.draw(seed, authors), Resampling(0.95, SIGNS, seed % 20)
        forms = zip(drawn_form(study, resampling), summed_form(study, resampling), strict=True)
        for name, (one, other) in zip(truths, forms, strict=True):
            if one is not None and other is not None:
                spans[name].append((one, other))
    rows = []
    for name, pairs in spans.items():
        held = [
            sum(own.low <= truths[name] <= own.high for own in form) / len(pairs)
            for form in zip(*pairs, strict=True)
        ]
        ratios = [(new.high - new.low) / (old.high - old.low) for old, new in pairs]
        low, middle, high = np.quantile(ratios, (0.05, 0.5, 0.95))
        cells = [f"{share:.1%}" for share in held]
        rows.append([name, str(len(pairs)), *cells, f"{middle:.3f} ({low:.3f} to {high:.3f})"])
    return rows


def drawn_form(study: AdjustedStudy, resampling: Resampling) -> Iterator[Interval | None]:
    """Whole authors drawn or left out, models fitted anew."""
    columns = (study.rating, study.count, study.codes)
    table = RatingTable({"x": columns[0]}, {"y": columns[1]}, columns[2], study.covariates)
    related = relate_ratings(replace(table, formulas="none"), resampling)
    yield related.plain["x", "y"].cluster_interval
    yield related.partial["x", "y"].cluster_interval
    yield m_estimator(*columns, "huber", resampling, study.covariates).cluster_interval
    yield within_authors(columns[0], np.log1p(columns[1]), columns[2], resampling).interval


def summed_form(study: AdjustedStudy, resampling: Resampling) -> Iterator[Interval | None]:
    """The same from influences and one-step scores."""
    columns = (study.rating, study.count, study.codes)
    ages = study.covariates.matrix[:, study.covariates.column_names.index("age")]
    tasks = number_labels([f"t{place}" for place in study.task])
    design = CodedDesign.of({"age": ages}, {"task": tasks})
    table = RatingTable({"x": columns[0]}, {"y": columns[1]}, columns[2], design=design)
    related = relate_many(replace(table, formulas="none"), resampling)
    yield related.plain["x", "y"].cluster_interval
    yield related.partial["x", "y"].cluster_interval
    yield robust_line(*columns, "huber", resampling, design).cluster_interval
    yield within_many(columns[0], np.log1p(columns[1]), columns[2], resampling).interval


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--linearised", type=int, help="compare both forms, of so many authors")
    asked = parser.parse_args()
    runs = asked.runs
    with one_thread():
        if asked.linearised:
            head = ["number", "studies", "drawn", "linearised", "width, linearised / drawn"]
            print(table(head, both_forms(asked.linearised, runs)))
            return
        head = ["coverage", *(f"{authors} authors, slope {slope:g}" for authors, slope in DESIGNS)]
        rows = [
            [name, *(coverage(kind, *design, runs) for design in DESIGNS)]
            for name, kind in KINDS.items()
        ]
        print(table(head, rows), "", sep="\n", flush=True)
        print(table(["adjusted", "coverage"], adjusted(runs)), "", sep="\n", flush=True)
        rows = []
        for authors, seed in PLACEBOS:
            real = Simulated.likes(np.random.default_rng(seed), authors, 0.0)
            sizes = np.bincount(real.codes)
            kish, largest = effective_clusters(real.codes), sizes.max() / sizes.sum()
            rows.append([f"{authors} ({kish:.0f}; {largest:.0%})", *placebos(authors, seed, runs)])
        print(table(["authors (Kish; largest)", "rho", *list(KINDS)[:-1]], rows))


if __name__ == "__main__":
    main()
