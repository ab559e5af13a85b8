"""What a study's numbers rest on, in words: what was left out, and why models have no rating."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from cardiogram.analysis.changes import kind_of
from cardiogram.analysis.conclusions import put_outcome
from cardiogram.analysis.parts import MAIN, MANY, Subject, without_outliers
from cardiogram.analysis.results import AssociationNumber, StudyCoverage
from cardiogram.analysis.rounding import round_figure
from cardiogram.judge import Status
from cardiogram.stats import OUTLIER_RULE_WORDS
from cardiogram.stats.ranks import Association

METHODS: dict[str, str] = {
    "conclusions": "Each sentence follows a rule on one interval of 95 % by author, which stands "
    "with it; what can have been missed is the smallest size seen with a power of 80 %.",
    "dose": "Counts, medians and shares of the cards of each whole overall rating; ratings of "
    "fewer than 10 cards are shown with the next.",
    "associations": "Spearman's rank correlation, interval by draws of whole authors "
    "(cardiogram.stats.ranks.relate_ratings).",
    "partial": "Correlation of what the covariates in `given` leave of the ranks; size and age as "
    "ranks, what is unknown as a level, rare labels as one level; interval by a jackknife of "
    "authors (cardiogram.stats.ranks.relate_ratings).",
    "regressions": "Huber's M-estimator of log1p with the same covariates, interval by random "
    "signs, one an author (cardiogram.stats.regression.m_estimator).",
    "links": "Rank correlations within groups of 15 models or more, intervals of all groups of a "
    "kind at once (balanced max-t; cardiogram.stats.ranks.max_t_groups).",
    "means_differ": "Pairs of tasks, and of libraries, whose mean ratings differ, all pairs at "
    "once (cardiogram.stats.compare_means); segments are never compared.",
    "within_authors": "Least squares of log1p with an effect of each author, interval and p by "
    "permutation within authors (cardiogram.stats.within_authors).",
    "odds": "Logit of being in the quarter with most of an outcome on the trait, with covariates; "
    "p by random signs, q over all traits and outcomes (cardiogram.stats.odds_ratios).",
    "curve": "Every combination of controls, models and estimator; p by random signs at 0 "
    "(cardiogram.stats.regression.specification_curve).",
    "robustness": "Robustness value of the least-squares slope with the same covariates (Cinelli "
    "and Hazlett 2020; cardiogram.stats.regression.robustness_value).",
    "self_test": "Placebo studies on the same authors and models: ratings exchanged between "
    "authors (A), or made of the covariates and exchanged residuals (B).",
}
"""How each part of results.json is made, in a sentence."""

LINEARISED = (
    f"Of more than {MANY:,} models intervals by author are linearised: what each author's models "
    "move a number by is summed, and no study is drawn anew."
)
"""The form of the intervals of very many models."""

METHODS_OF_MANY: dict[str, str] = {
    "associations": "Spearman's rank correlation, interval by influences summed by author "
    "(cardiogram.stats.large.relate_many).",
    "partial": "Correlation of what the covariates in `given` leave of the ranks; size and age as "
    "ranks, what is unknown as a level, rare labels as one level; interval by a jackknife of "
    "authors, without up to 400 of whom the covariates are fitted anew, and ranks move to first "
    "order (cardiogram.stats.large.relate_many).",
    "regressions": "Huber's M-estimator of log1p with the same covariates, interval by random "
    "signs of one-step scores, one an author (cardiogram.stats.large.robust_line).",
    "links": "Rank correlations within groups of 15 models or more, intervals of all groups of a "
    "kind at once (balanced max-t); of groups of more than 1,000 models influences are drawn "
    "(cardiogram.stats.large.max_t_many).",
    "within_authors": "Least squares of log1p with an effect of each author, interval and p by the "
    "moments of permutations within authors (cardiogram.stats.large.within_many).",
    "odds": "Logit of being in the quarter with most of an outcome on the trait, with covariates; "
    "p by random signs, intervals by those of one-step scores, q over all traits and outcomes "
    "(cardiogram.stats.large.odds_of_many).",
    "curve": "Every combination of controls, models and estimator; p at 0 by random signs of "
    "one-step scores (cardiogram.stats.large.choices).",
}
"""The same of very many models, where it differs."""


def describe_finding(predictor: str, outcome: str, association: Association) -> str:
    """Say what an association allows to be said, and nothing more.

    Examples
    --------
    >>> describe_finding("usage_expected", "likes", Association(3, reason="only 3 models"))
    'No association of the rating of usage with likes can be told from these data: only 3 models.'
    """
    name, counted = predictor.removesuffix("_expected"), put_outcome(outcome)
    none = f"No association of {_rating(name)} with {counted} can be told from these data"
    if association.estimate is None:
        return f"{none}: {association.reason}."
    rho, interval = f"rho {round_figure(association.estimate)}", association.cluster_interval
    if interval is None:
        return f"{none} ({rho}, no interval by author: {association.cluster_reason})."
    bounds = f"{round_figure(interval.low)} to {round_figure(interval.high)} by author"
    numbers = f"({rho}, {interval.level * 100:g} % interval {bounds})"
    if not interval.excludes_zero:
        return f"{none} {numbers}."
    more, fewer = ("stronger", "weaker") if kind_of(outcome) == "log ratio" else ("more", "fewer")
    direction = more if interval.low > 0 else fewer
    return f"{_subject(name)} are associated with {direction} {counted} {numbers}."


def describe_coverage(cover: StudyCoverage) -> str:
    """Why models have no rating, who answered in a cascade, and what it cost; or nothing.

    Examples
    --------
    >>> ended = {"rated": 4, "refused": 2}
    >>> describe_coverage(StudyCoverage(outcomes_by_status=ended, calls=6, cost_usd=0.5))
    ' (2 refused); 6 calls, 0.5 US dollars'
    """
    unrated = {name: n for name, n in cover.outcomes_by_status.items() if name != "rated"}
    said = ", ".join(f"{n:,} {name}" for name, n in sorted(unrated.items()))
    said = f" ({said})" if said else ""
    if len(cover.answered_by) > 1:
        judges = sorted(cover.answered_by.items())
        said += "; " + ", ".join(f"{n:,} by {judge}" for judge, n in judges)
    if cover.calls:
        cost = cover.cost_usd
        said += f"; {cover.calls:,} calls"
        said += f", {cost:.4g} US dollars" if cost is not None else ", price not known"
    return said


def note_unrated(by_status: Mapping[str, int]) -> tuple[str, ...]:
    """What follows where a language model has not rated every card."""
    notes = []
    if by_status.get("failed"):
        notes.append(
            f"{by_status['failed']:,} cards have not been answered for. Models are asked about in "
            "the order of the list, so those rated are no random part of the study: run `rate` "
            "again before you read an association."
        )
    kinds: tuple[Status, ...] = ("abstained", "refused", "unparsed")
    silent = {name: by_status[name] for name in kinds if by_status.get(name)}
    if silent:
        said = ", ".join(f"{count:,} {name}" for name, count in silent.items())
        notes.append(
            f"The judge gave no rating of {said} cards; nothing is filled in. They may be of one "
            "kind: long, in another language, or about what a model will not speak of."
        )
    return tuple(notes)


def note_subject(
    subject: Subject,
    associations: Sequence[AssociationNumber],
    cover: StudyCoverage,
    sample: str | None,
) -> tuple[str, ...]:
    """What to know of the models and of the tests.

    Parameters
    ----------
    sample
        How the models were chosen: "top" or "stratified"; None where that is not known.
    """
    loaded = subject.loaded
    notes = ["An association is no effect: well known models get both better cards and more users."]
    if subject.is_many:
        notes.append(LINEARISED)
    tested = sum(number.cluster_p_value is not None for number in associations)
    if tested:
        notes.append(
            f"{tested} associations were tested; q values are Benjamini-Hochberg over all "
            f"{tested}. About {tested * 0.05:.1f} of {tested} intervals would exclude 0 by chance."
        )
    if sample == "top" and not cover.whole_list:
        notes.append(
            "Only the top of a list was studied, which had more: associations may differ in the "
            "whole of it."
        )
    if sample == "stratified":
        notes.append("The sample is stratified; the numbers are of its models, unweighted.")
    if loaded.repeated:
        notes.append(f"{loaded.repeated} rows repeat a model; its last row counts.")
    if loaded.outdated:
        notes.append(
            f"{loaded.outdated} ratings are of an older text of the card and were left out; "
            "rate the study again."
        )
    if floor := int(loaded.at_floor.sum()):
        notes.append(
            f"{floor} models carry the day before which the Hub knows no date (2022-03-02); their "
            "age is a level of its own."
        )
    return (*notes, *_outliers(subject), loaded.changed.words)


def _outliers(subject: Subject) -> Iterator[str]:
    """What was left out of the outcomes, and what the rule of interquartile ranges would drop."""
    dropped = {}
    for outcome, every in subject.every.items():
        errors = np.isfinite(subject.loaded.outcomes[outcome]) & ~np.isfinite(every)
        if errors.any():
            yield f"{int(errors.sum())} impossible values of {outcome} were left out."
        if outcome in subject.outcomes:
            gone = np.isfinite(every) & ~np.isfinite(subject.outcomes[outcome])
            dropped[outcome] = int(gone.sum())
            yield from say_dropped(subject, outcome)
    if subject.rule != "none":
        counted = ", ".join(f"{count or 'none'} of {name}" for name, count in dropped.items())
        yield (
            f"All numbers leave out outcomes {OUTLIER_RULE_WORDS[subject.rule]}: {counted}. The "
            "most popular models are no errors, and dropping them moves the association itself."
        )


def say_dropped(subject: Subject, outcome: str) -> Iterator[str]:
    """How the models are rated whose outcome the rule of interquartile ranges drops."""
    rating, every = subject.ratings[MAIN], subject.outcomes[outcome]
    fewer = without_outliers(outcome, every, "iqr", subject.resampling.seed)
    known = np.isfinite(rating) & np.isfinite(every)
    gone = known & ~np.isfinite(fewer)
    if gone.any():
        above = int((rating[gone] > np.median(rating[known])).sum())
        models = f"the {int(gone.sum()):,} models" if gone.sum() > 1 else "the one model"
        yield (
            f"Of {models} with outlying {put_outcome(outcome)} {above:,} are rated above the "
            "median."
        )


def _rating(name: str) -> str:
    return "the overall rating" if name == "overall" else f"the rating of {name}"


def _subject(name: str) -> str:
    return "Better rated cards" if name == "overall" else f"Cards rated better on {name}"
