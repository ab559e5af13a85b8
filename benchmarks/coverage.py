"""How often intervals by author hold the truth, and placebos are significant: the long table.

::

    python benchmarks/coverage.py --runs 1000

Made-up studies of authors of very different sizes, the counts three quarters 0 (or hundreds, for
the lines). A placebo is a score drawn by author. `tests/reference/` asserts a part of this table.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from adjusted_worlds import AdjustedStudy, TrueNumbers, covered
from cardiogram.optional import one_thread
from cardiogram.stats.ranks.relate import RatingTable, relate_ratings
from cardiogram.stats.resampling.cluster_bootstrap import Floats, Resampling, effective_clusters
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


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    runs = parser.parse_args().runs
    with one_thread():
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
