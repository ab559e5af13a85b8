"""Placebo studies on the study's own authors: what an analysis finds where there is nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np

from cardiogram.analysis import parts
from cardiogram.analysis.changes import before_log1p
from cardiogram.analysis.conclude import TOLD, conclude_links, conclude_traits_and_authors
from cardiogram.analysis.parts import MAIN, Subject
from cardiogram.analysis.results import (
    Conclusion,
    Design,
    JudgeUsed,
    Results,
    SelfTest,
    SelfTestEntry,
    StudyCoverage,
)
from cardiogram.optional import one_thread
from cardiogram.progress import Progress, silent
from cardiogram.stats import confounded_ratings, permute_ratings

DRAWS = 500
"""Draws of each placebo study: the share of studies that find something needs no more."""

CONSERVATIVE = 0.02
"""Conclusions that are drawn in a smaller share of placebo studies are named."""

_NOTHING = frozenset({"no link", "cannot be told"})
_DESIGNS: tuple[Design, ...] = ("A", "B")
_WORKERS = 2


@dataclass(frozen=True, slots=True)
class PlaceboTask:
    """One placebo study to be analyzed."""

    subject: Subject
    design: Design
    seed: tuple[int, int]


def run_self_test(
    subject: Subject, runs: int, seed: int, on_progress: Progress = silent
) -> SelfTest:
    """Analyze placebo studies of both designs.

    Parameters
    ----------
    runs
        Studies of each design.
    seed
        Of the first; each has its own, so that one can be made again alone.

    Returns
    -------
    SelfTest
        How often each conclusion that states a link or a difference was drawn.
    """
    lean = _lean(subject)
    tasks = [PlaceboTask(lean, design, (seed, run)) for design in _DESIGNS for run in range(runs)]
    drawn: Counter[tuple[Design, str, str]] = Counter()
    said: Counter[tuple[Design, str, str]] = Counter()
    with ProcessPoolExecutor(_WORKERS, mp_context=get_context("spawn")) as pool:
        answers = pool.map(analyze_placebo, tasks, chunksize=max(1, min(5, runs // 4)))
        for done, (task, answer) in enumerate(zip(tasks, answers, strict=True), 1):
            for (about, outcome), is_drawn in answer.items():
                said[task.design, about, outcome] += 1
                drawn[task.design, about, outcome] += is_drawn
            on_progress("self-test", done, len(tasks))
    entries = tuple(
        SelfTestEntry(
            design=design,
            about=about,  # type: ignore[arg-type]
            outcome=outcome,
            runs=count,
            drawn=drawn[design, about, outcome] / count,
        )
        for (design, about, outcome), count in said.items()
    )
    words = describe_self_test(entries, runs)
    return SelfTest(runs=runs, draws=DRAWS, seed=seed, entries=entries, words=words)


def analyze_placebo(task: PlaceboTask) -> Mapping[tuple[str, str], bool]:
    """Whether each conclusion that may state a link was drawn, by what it is about and outcome."""
    rng = np.random.default_rng([*task.seed, _DESIGNS.index(task.design)])
    with one_thread():
        return dict(_is_drawn(_conclude(_placebo(task.subject, task.design, rng))))


def describe_self_test(entries: Sequence[SelfTestEntry], runs: int) -> str:
    """One line for the methods.

    Examples
    --------
    >>> entry = SelfTestEntry(design="A", about="gap", outcome="likes", runs=200, drawn=0.045)
    >>> describe_self_test([entry], 200)[:77]
    'In 200 placebo studies of each of two designs on these authors, in which ther'
    """
    start = f"In {runs} placebo studies of each of two designs on these authors, in which there is"
    if not entries:
        return f"{start} nothing to find, no conclusion could be drawn."
    largest = max(entries, key=lambda entry: entry.drawn)
    low = dict.fromkeys(e.about.replace("_", " ") for e in entries if e.drawn < CONSERVATIVE)
    words = (
        f"{start} nothing to find, each conclusion was drawn in at most {largest.drawn:.1%} (of "
        f"{largest.about.replace('_', ' ')}, {largest.outcome}, design {largest.design}; 5% are "
        "meant)"
    ).replace("%", " %")
    return f"{words}; conservative, under 2 %: {', '.join(low)}." if low else f"{words}."


def _lean(subject: Subject) -> Subject:
    """What a placebo study needs: the two outcomes, tasks, and no texts."""
    loaded = replace(
        subject.loaded,
        duplicates=None,
        groups={kind: subject.loaded.groups[kind] for kind in ("library", "task")},
    )
    ratings = {MAIN: subject.ratings[MAIN]}
    resampling = replace(subject.resampling, draws=DRAWS)
    return replace(
        subject.only(TOLD), loaded=loaded, ratings=ratings, every={}, resampling=resampling
    )


def _placebo(subject: Subject, design: Design, rng: np.random.Generator) -> Subject:
    """The study with ratings that have nothing to do with popularity."""
    resampling = replace(subject.resampling, seed=int(rng.integers(2**31)))
    ratings = _shuffle(subject.ratings[MAIN], subject, design, rng)
    return replace(subject, ratings={MAIN: ratings}, resampling=resampling)


def _shuffle(
    column: np.ndarray, subject: Subject, design: Design, rng: np.random.Generator
) -> np.ndarray:
    if design == "A":
        return permute_ratings(column, subject.codes, rng)
    return confounded_ratings(column, subject.covariates, subject.codes, rng)


def _conclude(subject: Subject) -> Iterator[Conclusion]:
    related = parts.relate(subject, subject.table)
    results = Results(
        coverage=StudyCoverage(),
        judge=JudgeUsed(id=""),
        associations=parts.associations(subject, related),
        partial=parts.partials(subject, related),
        comparisons=parts.gaps(subject, related),
        regressions=parts.times(subject),
        links=parts.links(subject, ("task",)),
        within_authors=parts.within(subject),
        odds=parts.odds(_placebo_outcomes(subject)),
    )
    yield from conclude_links(results, subject)
    yield from conclude_traits_and_authors(results)


def _placebo_outcomes(subject: Subject) -> Subject:
    """Traits are not ratings: outcomes change places between authors instead."""
    rng = np.random.default_rng(subject.resampling.seed)
    outcomes = {
        name: np.expm1(permute_ratings(np.log1p(before_log1p(name, column)), subject.codes, rng))
        for name, column in subject.outcomes.items()
    }
    return replace(subject, outcomes=outcomes)


def _is_drawn(conclusions: Iterator[Conclusion]) -> Iterator[tuple[tuple[str, str], bool]]:
    for conclusion in conclusions:
        for outcome, branch in conclusion.branches.items():
            if outcome:
                yield (conclusion.about, outcome), branch not in _NOTHING
