"""Load a study, relate its ratings to popularity, and write `results.json`.

The one place of the statistics that writes: columns are read by :mod:`~cardiogram.analysis.load`,
numbers are made in :mod:`~cardiogram.analysis.parts`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import get_args

from cardiogram.analysis import parts, text_parts
from cardiogram.analysis.changes import describe_changes, kind_of
from cardiogram.analysis.gold import corrected
from cardiogram.analysis.load import Loaded, add_segments, load
from cardiogram.analysis.parts import Subject
from cardiogram.analysis.results import (
    JudgeUsed,
    OutlierResults,
    RatingNumbers,
    RefusedRule,
    Results,
    RuleRank,
    StudyCoverage,
    fill_from,
)
from cardiogram.analysis.sentences import note_unrated
from cardiogram.errors import ConfigError
from cardiogram.judge import read_coverage
from cardiogram.names import SCORES
from cardiogram.optional import one_thread, scipy, sklearn, statsmodels
from cardiogram.stats import OutlierRule, RatingSummary, describe_outcome, describe_ratings
from cardiogram.stats.ranks import check_level, relate_ratings
from cardiogram.stats.resampling import LARGE_SHARE
from cardiogram.store import Study


def analyze(
    study: Study,
    *,
    judge: str = "embedded",
    draws: int = 2000,
    seed: int = 0,
    outliers: OutlierRule = "none",
    gold: Path | None = None,
    snapshots: Sequence[Path] = (),
    before_segments: Callable[[], object] = lambda: None,
) -> Results:
    """Relate one judge's ratings to popularity and write `results.json`.

    Parameters
    ----------
    judge
        Id of the judge whose ratings are read.
    draws, seed
        Of the author-cluster bootstrap; the seed is that of every other draw, too.
    outliers
        Rule that drops outcomes before anything is computed; by default none does.
    gold
        Gold ratings of a random part of the models: with them, the overall rating's associations
        are also given corrected for the judge's error.
    snapshots
        Studies or tables with counts of the models on other days, beside the study's own
        snapshots. From two that lie 25 to 35 days apart come the changes of downloads and likes.
    before_segments
        Called before the map's segments are read: waits for a map that is drawn at the same time.

    Returns
    -------
    Results
        What was written. A statistic that cannot be computed is None, with a reason.

    Raises
    ------
    ConfigError
        An extra is missing, an unknown rule, or fewer than 100 draws.
    DataError
        There is no model, or this judge has rated none of the cards.
    """
    scipy("stats"), statsmodels(), sklearn("ensemble")  # a missing extra shows before a long load
    resampling = check_level(0.95, draws, seed)
    if outliers not in get_args(OutlierRule):
        raise ConfigError(
            f"no rule {outliers!r} for outliers", hint=f"Rules: {', '.join(get_args(OutlierRule))}"
        )
    subject = parts.prepare(load(study, judge, snapshots), resampling, outliers)
    results = _describe(study, judge, subject)
    with one_thread():
        results = _relate(study, results, subject, before_segments)
        if gold is not None:
            by_gold = corrected(subject.loaded, gold, resampling, judge)
            results = replace(results, corrected=by_gold)
    results.save(study.results_path)
    return Results.load(study.results_path)


def _describe(study: Study, judge: str, subject: Subject) -> Results:
    """What the numbers rest on: models, ratings and outcomes, with nothing related yet."""
    loaded = subject.loaded
    versions = loaded.versions
    return Results(
        cardiogram=version("cardiogram"),
        seed=subject.resampling.seed,
        draws=subject.resampling.draws,
        coverage=_coverage(study, judge, loaded),
        judge=JudgeUsed(id=judge, version=versions["judge"], rubric_version=versions["rubric"]),
        ratings={name: _rating(describe_ratings(loaded.scores[name])) for name in SCORES},
        outcomes={
            name: describe_outcome(column, 0.0 if kind_of(name) == "count" else -math.inf)
            for name, column in subject.outcomes.items()
        },
        notes=note_unrated(read_coverage(study, judge).ends),
        changes=describe_changes(loaded.changed),
    )


def _relate(
    study: Study, results: Results, subject: Subject, before_segments: Callable[[], object]
) -> Results:
    """Every part that relates ratings to outcomes; what needs the map's segments comes last."""
    related = relate_ratings(subject.table, subject.resampling)
    within = parts.strata(subject, subject.loaded.groups)
    results = replace(
        results,
        associations=parts.associations(subject, related),
        partial=parts.partials(subject, related),
        regressions=parts.regressions(subject),
        outliers=parts.sensitivity(subject),
        duplicates=text_parts.duplicates(subject, related),
        traits=text_parts.traits(subject),
        power=parts.power(subject, related),
    )
    before_segments()
    subject = replace(subject, loaded=add_segments(subject.loaded, study))
    within += parts.strata(subject, subject.loaded.groups.keys() & {"segment"})
    return replace(
        results,
        groups=parts.groups(subject),
        strata=parts.summaries(subject, within),
        comparisons=parts.comparisons(subject, related, within),
        notes=(*results.notes, *_notes(study, subject.loaded, results)),
    )


def _coverage(study: Study, judge: str, loaded: Loaded) -> StudyCoverage:
    ended = read_coverage(study, judge)
    return StudyCoverage(
        models=len(loaded.ids),
        rated=loaded.rated,
        without_rating=len(loaded.ids) - loaded.rated,
        authors=len(set(loaded.authors)),
        problems=loaded.problems,
        outcomes_by_status={str(end): count for end, count in ended.ends.items()},
        answered_by=dict(ended.answered_by),
        calls=ended.calls,
        cost_usd=ended.cost_usd if ended.calls else None,
    )


def _rating(summary: RatingSummary) -> RatingNumbers:
    return fill_from(
        RatingNumbers,
        summary,
        quantiles={"0.25": summary.quantiles.lower, "0.75": summary.quantiles.upper},
        histogram=dict(enumerate(summary.histogram.counts, 1)),
    )


def _notes(study: Study, loaded: Loaded, results: Results) -> tuple[str, ...]:
    tested = sum(number.cluster_p_value is not None for number in results.associations)
    notes = [
        "An association is no effect: well known models get both better cards and more users.",
        "p values and the Bonett-Wright interval take models as independent. They are not: judge "
        "by the interval that resamples authors, and by q, which rests on it.",
    ]
    if tested:
        notes.append(
            f"{tested} associations were tested; q values are Benjamini-Hochberg over all "
            f"{tested}. About {tested * 0.05:.1f} of {tested} intervals would exclude 0 by chance."
        )
    manifest = study.manifest()
    sample = manifest.get("sample", {}).get("method")
    if sample == "top" and manifest.get("source", {}).get("kind") == "hub":
        notes.append("Only the top of a list was studied: associations differ in the whole Hub.")
    if sample == "stratified":
        notes.append("The sample is stratified; the numbers are of its models, unweighted.")
    if loaded.repeated:
        notes.append(f"{loaded.repeated} rows repeat a model; its last row counts.")
    if loaded.outdated:
        notes.append(
            f"{loaded.outdated} ratings are of an older text of the card and were left out; "
            "rate the study again."
        )
    name, made = Counter(loaded.authors).most_common(1)[0]
    if made > LARGE_SHARE * len(loaded.ids) and made > 1:
        notes.append(
            f"{name} made {made / len(loaded.ids):.0%} of the models: see how far the numbers move "
            "without them (one author out)."
        )
    notes += _outlier_notes(results.outliers)
    if floor := int(loaded.at_floor.sum()):
        notes.append(
            f"{floor} models carry the day before which the Hub knows no date (2022-03-02); their "
            "age is a level of its own."
        )
    return (*notes, loaded.changed.words)


def _outlier_notes(outliers: OutlierResults | None) -> list[str]:
    if outliers is None:
        return []
    notes = [
        f"{count} impossible values of {name} were left out."
        for name, count in outliers.data_errors.items()
        if count
    ]
    if outliers.rule == "none":
        return [*notes, " ".join(outliers.why)]
    counted = ", ".join(
        f"none of {entry.outcome}"
        if isinstance(entry, RefusedRule)
        else f"{entry.dropped} of {entry.outcome}"
        for entry in outliers.entries
        if entry.rule == outliers.rule and isinstance(entry, RuleRank | RefusedRule)
    )
    return [
        *notes,
        f"All numbers leave out outcomes {outliers.rule_words}: {counted}. The most popular models "
        "are no errors, and dropping them moves the association itself.",
    ]
