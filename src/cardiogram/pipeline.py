"""The whole pipeline in one call: collect, rate, map, analyze, report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cardiogram.analysis import Results, analyze
from cardiogram.collect import Source, collect
from cardiogram.errors import ConfigError, DataError
from cardiogram.hub import HubSession
from cardiogram.judge import Coverage, Judge, OnEstimate, load_judge
from cardiogram.judge.ensemble import Ensemble, rate_ensemble
from cardiogram.judge.llm import Budget, RequestMode
from cardiogram.maps import Settings, draw_map, open_tsne
from cardiogram.optional import scipy
from cardiogram.progress import Progress, silent
from cardiogram.report.page import write_report
from cardiogram.store import Study


@dataclass(frozen=True, slots=True)
class StudyRun:
    """A finished study: its folder, what `analyze` found, and why there is no map, if so.

    Attributes
    ----------
    coverage
        What became of the cards, one a judge.
    """

    study: Study
    results: Results
    coverage: tuple[Coverage, ...]
    unmapped: str | None = None


def run_study(
    folder: str | Path,
    source: Source | None = None,
    *,
    judges: Sequence[str | Judge] = ("embedded",),
    how: Ensemble | None = None,
    seed: int = 0,
    budget: Budget | None = None,
    via: RequestMode = "calls",
    session: HubSession | None = None,
    on_estimate: OnEstimate = lambda estimates: None,
    on_progress: Progress = silent,
) -> StudyRun:
    """Run or resume a study; each step redoes only what is missing or has changed.

    Parameters
    ----------
    folder
        A new folder, or one that an earlier run left.
    source
        What to study; None continues what the folder was begun with.
    judges
        Who rates. The first one's ratings are analyzed, or those of the cascade or the panel.
    how
        How the ratings of several judges are combined.
    seed
        Seed of the bootstrap intervals.
    budget
        What language models may cost.
    via
        "batches" asks them through their providers' batch interfaces.

    Returns
    -------
    StudyRun
        The folder, with results.json and report.html in it, and the results.
    """
    scipy("stats")  # a missing extra must show before the Hub is asked, not after
    ready = [load_judge(judge) if isinstance(judge, str) else judge for judge in judges]
    study = Study(Path(folder))
    source = source or Source.of(study.manifest())
    with study.lock():
        collect(study, source, session=session, on_progress=on_progress)
        ensemble = how or Ensemble()
        coverage = rate_ensemble(
            study,
            ready,
            ensemble,
            budget=budget,
            via=via,
            on_estimate=on_estimate,
            on_progress=on_progress,
        )
        judge = ensemble.judge_id(ready)
        unmapped = map_where_possible(study, judge, seed, on_progress)
        results = analyze(study, judge=judge, seed=seed)
        write_report(study)
    return StudyRun(study, results, tuple(coverage), unmapped)


def map_where_possible(study: Study, judge: str, seed: int, on_progress: Progress) -> str | None:
    """Draw the map before `analyze`, which groups by its segments; a study goes on without.

    Returns
    -------
    str or None
        Why there is no map.
    """
    try:
        open_tsne()
        draw_map(study, Settings(seed=seed), judge=judge, draws=0, on_progress=on_progress)
    except (ConfigError, DataError) as error:
        return error.message
    return None
