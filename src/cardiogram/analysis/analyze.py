"""Load a study, relate its ratings to popularity, and write `results.json`.

The one place of the statistics that writes: columns are read by :mod:`~cardiogram.analysis.load`,
numbers are made in :mod:`~cardiogram.analysis.parts`, and what they allow to be said in
:mod:`~cardiogram.analysis.conclude`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Literal, get_args

from cardiogram.analysis import parts
from cardiogram.analysis.changes import describe_changes, kind_of
from cardiogram.analysis.conclude import conclude
from cardiogram.analysis.gold import corrected
from cardiogram.analysis.load import Loaded, add_segments, load
from cardiogram.analysis.missed import read_lacks
from cardiogram.analysis.notes import (
    LINEARISED,
    METHODS,
    METHODS_OF_MANY,
    note_subject,
    note_unrated,
)
from cardiogram.analysis.parts import STATED, Subject
from cardiogram.analysis.results import (
    JudgeUsed,
    RatingNumbers,
    Results,
    StudyCoverage,
    fill_from,
)
from cardiogram.analysis.self_test import run_self_test
from cardiogram.engine import Workers
from cardiogram.errors import ConfigError, DataError
from cardiogram.judge import read_coverage
from cardiogram.names import SCORES
from cardiogram.optional import one_thread, scipy, sklearn, statsmodels
from cardiogram.progress import Progress, silent
from cardiogram.stats import OutlierRule, RatingSummary, describe_outcome, describe_ratings
from cardiogram.stats.ranks import check_level
from cardiogram.stats.resampling import MINIMUM_CLUSTERS
from cardiogram.store import Study

Scope = Literal["screen", "all"]
"""What is computed: what conclusions rest on, or every other method and outcome, too."""


def analyze(
    study: Study,
    *,
    judge: str = "embedded",
    draws: int = 2000,
    seed: int = 0,
    scope: Scope = "screen",
    outliers: OutlierRule = "none",
    gold: Path | None = None,
    self_test: int = 0,
    before_segments: Callable[[], object] = lambda: None,
    workers: Workers | None = None,
    on_progress: Progress = silent,
) -> Results:
    """Relate one judge's ratings to popularity, conclude, and write `results.json`.

    Parameters
    ----------
    judge
        Id of the judge whose ratings are read.
    draws, seed
        Draws of authors, of their random signs and of permutations, and the seed of all of them.
    scope
        "screen" computes what conclusions rest on, "all" every other method, outcome and group,
        too: :class:`~cardiogram.analysis.results.ExtendedResults`.
    outliers
        Rule that drops outcomes before anything is computed; by default none does.
    gold
        Gold ratings of a random part of the models: with them, the overall rating's associations
        are also given corrected for the judge's error.
    self_test
        Placebo studies, of each of two designs, that are analyzed, too: how often a conclusion is
        drawn where there is nothing to find.
    before_segments
        Called before the map's segments are read: waits for a map that is drawn at the same time.
    workers
        Who reads the cards' texts; processes of this machine by default.

    Returns
    -------
    Results
        What was written; `conclusions` says what was found. A number that cannot be computed is
        None, with a reason.

    Raises
    ------
    ConfigError
        An extra is missing, an unknown rule, fewer than 100 draws, or every method for more than
        20,000 models.
    DataError
        There is no model, or this judge has rated none of the cards.
    """
    scipy("stats"), statsmodels()  # a missing extra shows before a long load
    if scope == "all" or outliers == "iforest":
        sklearn("ensemble")
    on_progress("analyze", 0, None)
    resampling = check_level(0.95, draws, seed)
    if outliers not in get_args(OutlierRule):
        raise ConfigError(
            f"no rule {outliers!r} for outliers", hint=f"Rules: {', '.join(get_args(OutlierRule))}"
        )
    if scope == "all":
        _refuse_many(study)
    subject = parts.prepare(load(study, judge, workers=workers), resampling, outliers)
    results = _say_what_to_do(study, _describe(study, judge, subject), subject)
    with one_thread():
        results = _relate(study, results, subject, scope, before_segments)
        if gold is not None:
            by_gold = corrected(subject, gold, judge)
            results = replace(results, corrected=by_gold)
    results = _test_itself(results, subject, self_test, on_progress)
    results.save(study.results_path)
    on_progress("analyze", 1, 1)
    return Results.load(study.results_path)


def _refuse_many(study: Study) -> None:
    """Refuse what has no form for very many models, before an hour is spent on the others."""
    count = sum(study.models.count_rows(path.stem) for path in study.models.shards())
    if count > parts.MANY:
        raise ConfigError(
            f"every other method is for up to {parts.MANY:,} models, and this study has {count:,}",
            hint="Leave out --all, or study a sample: --sample stratified --limit 20000",
        )


def _describe(study: Study, judge: str, subject: Subject) -> Results:
    """What the numbers rest on: models, ratings and outcomes, with nothing related yet."""
    loaded = subject.loaded
    versions, coverage = loaded.versions, _coverage(study, judge, loaded)
    return Results(
        cardiogram=version("cardiogram"),
        seed=subject.resampling.seed,
        draws=subject.resampling.draws,
        intervals=LINEARISED if subject.is_many else None,
        coverage=coverage,
        judge=JudgeUsed(id=judge, version=versions["judge"], rubric_version=versions["rubric"]),
        ratings={name: _rating(describe_ratings(loaded.scores[name])) for name in SCORES},
        outcomes={
            name: describe_outcome(column, 0.0 if kind_of(name) == "count" else -math.inf)
            for name, column in subject.outcomes.items()
        },
        notes=note_unrated(coverage.outcomes_by_status),
        methods=METHODS | METHODS_OF_MANY if subject.is_many else METHODS,
        changes=describe_changes(loaded.changed),
    )


def _say_what_to_do(study: Study, results: Results, subject: Subject) -> Results:
    """What is missing, which cards to mend, and of few authors what changed since the last time."""
    results = replace(
        results,
        missed=parts.missed(subject),
        mend=parts.mend(subject, lambda ids: read_lacks(study, ids)),
    )
    if not results.is_work_list:
        return results
    try:
        before = Results.load(study.results_path).work
    except DataError:  # none, or one that is written anew
        before = None
    return replace(results, work=parts.work_list(subject, results.judge.version, before))


def _relate(
    study: Study,
    results: Results,
    subject: Subject,
    scope: Scope,
    before_segments: Callable[[], object],
) -> Results:
    """Every part that relates ratings to outcomes; what needs the map's segments comes last."""
    stated = subject.only(STATED)
    results = replace(_related(results, stated), dose=parts.dose(stated))
    before_segments()
    subject = replace(subject, loaded=add_segments(subject.loaded, study))
    stated = subject.only(STATED)
    sample = study.manifest().get("sample", {}).get("method")
    notes = note_subject(stated, results.associations, results.coverage, sample)
    results = replace(
        results,
        groups=parts.groups(subject),
        links=parts.links(stated, stated.loaded.groups),
        means_differ=parts.means_differ(stated),
        notes=(*results.notes, *notes),
        extended=parts.extended(subject) if scope == "all" else None,
    )
    return replace(results, conclusions=conclude(results, stated))


def _test_itself(results: Results, subject: Subject, runs: int, on_progress: Progress) -> Results:
    """Add the placebo studies, where they are asked for and there are conclusions to draw."""
    states = any(conclusion.about == "adjusted" for conclusion in results.conclusions)
    if not runs or not states or subject.rated_authors < MINIMUM_CLUSTERS:
        return results
    tested = run_self_test(subject, runs, subject.resampling.seed, on_progress)
    return replace(results, self_test=tested)


def _related(results: Results, subject: Subject) -> Results:
    """What needs no segment; of one organisation or very few authors, models are the units."""
    if subject.rated_authors < MINIMUM_CLUSTERS:
        return replace(results, associations=parts.within_organisation(subject))
    related, duplicates = parts.relate(subject, subject.table), subject.loaded.duplicates
    assert duplicates is not None
    return replace(
        results,
        associations=parts.associations(subject, related),
        partial=parts.partials(subject, related),
        comparisons=parts.gaps(subject, related),
        regressions=parts.times(subject),
        duplicates=parts.describe_duplicates(subject, related, duplicates),
        within_authors=parts.within(subject),
        odds=parts.odds(subject),
        curve=parts.curve(subject, duplicates.kept),
        robustness=parts.robustness(subject),
    )


def _coverage(study: Study, judge: str, loaded: Loaded) -> StudyCoverage:
    ended = read_coverage(study, judge)
    return StudyCoverage(
        models=len(loaded.ids),
        rated=loaded.rated,
        without_rating=len(loaded.ids) - loaded.rated,
        authors=len(loaded.authors.used),
        problems=loaded.problems,
        outcomes_by_status={str(end): count for end, count in ended.ends.items()},
        answered_by=dict(ended.answered_by),
        calls=ended.calls,
        cost_usd=ended.cost_usd if ended.calls else None,
        whole_list=_is_whole(study),
    )


def _is_whole(study: Study) -> bool:
    """Whether the study has every model that the list had."""
    manifest = study.manifest()
    limit = manifest.get("query", {}).get("limit")
    is_top = manifest.get("sample", {}).get("method", "top") == "top"
    shards = study.models.shards()
    listed = sum(study.models.read(["likes"], path.name).num_rows for path in shards)
    return is_top and (limit is None or listed < limit)


def _rating(summary: RatingSummary) -> RatingNumbers:
    return fill_from(
        RatingNumbers,
        summary,
        quantiles={"0.25": summary.quantiles.lower, "0.75": summary.quantiles.upper},
        histogram=dict(enumerate(summary.histogram.counts, 1)),
    )
