"""The parts of an analysis, each from loaded columns to numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cardiogram.analysis.changes import before_log1p, clean, kind_of, no_poisson, on_its_scale
from cardiogram.analysis.load import OUTCOMES, Loaded
from cardiogram.analysis.results import (
    SPEARMAN,
    AssociationNumber,
    ComparisonNumber,
    GapReach,
    GroupNumber,
    OutlierResults,
    PartialNumber,
    ReachNumber,
    RefusedRule,
    RegressionNumber,
    RuleRank,
    RuleSlope,
    StrataNumber,
    StratumNumber,
    WithoutAuthor,
    from_association,
    from_comparison,
    from_concordance,
    from_gap,
    from_group,
    from_influence,
    from_partial,
    from_power,
    from_regression,
    from_summary,
)
from cardiogram.analysis.sentences import (
    describe_comparison,
    describe_effect,
    describe_finding,
    describe_summary,
    describe_without,
    turns_the_sign,
)
from cardiogram.stats import (
    OUTLIER_RULE_WORDS,
    OUTLIER_RULES,
    WHY_NO_OUTLIERS,
    OutlierRule,
    benjamini_hochberg,
    describe_groups,
    detectable_difference,
    find_outliers,
    find_strata,
    measure_power,
    summarise_strata,
)
from cardiogram.stats.ranks import (
    Covariates,
    LeaveOneOut,
    RatingRelations,
    RatingTable,
    build_covariates,
    clean_numbers,
    leave_authors_out,
    relate_ratings,
)
from cardiogram.stats.regression import (
    Regression,
    fit_hurdle,
    least_squares,
    m_estimator,
    negative_binomial,
    ppml,
    theil_sen,
)
from cardiogram.stats.resampling import Floats, Integers, PairName, Resampling, author_codes

MAIN = "overall_expected"
CONTRASTS = (
    ("likes", "downloads"),
    ("likes", "downloads_all_time"),
    ("likes_change", "downloads_all_time_change"),
)
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Subject:
    """What all parts look at.

    Attributes
    ----------
    outcomes
        Counts by name without errors of the data and what a rule dropped.
    every
        The same before a rule dropped anything.
    author_of
        Author of each code.
    covariates
        Age, size, library and task of each model.
    effects
        Library and task alone.
    """

    loaded: Loaded
    ratings: Mapping[str, Floats]
    outcomes: Mapping[str, Floats]
    every: Mapping[str, Floats]
    codes: Integers
    author_of: Mapping[int, str]
    covariates: Covariates
    effects: Covariates
    resampling: Resampling
    rule: OutlierRule

    @property
    def table(self) -> RatingTable:
        """All ratings and outcomes, with what they are adjusted for."""
        contrasts = [pair for pair in CONTRASTS if set(pair) <= self.outcomes.keys()]
        return RatingTable(self.ratings, self.outcomes, self.codes, self.covariates, contrasts)

    @property
    def adjusted_for(self) -> tuple[str, ...]:
        """Names of the covariates."""
        return covariate_names(self.covariates)

    def complete(self, predictor: str, outcome: str) -> np.ndarray:
        """Models that have both numbers."""
        return np.isfinite(self.ratings[predictor]) & np.isfinite(self.outcomes[outcome])


def prepare(loaded: Loaded, resampling: Resampling, rule: OutlierRule = "none") -> Subject:
    """Clean the columns, prepare the covariates and apply a rule for outliers."""
    codes = author_codes(loaded.authors)
    every = {name: clean(name, column) for name, column in loaded.outcomes.items()}
    return Subject(
        loaded=loaded,
        ratings={name: clean_numbers(column) for name, column in loaded.ratings.items()},
        outcomes={
            name: _without(name, column, rule, resampling.seed) for name, column in every.items()
        },
        every=every,
        codes=codes,
        author_of=dict(zip(codes.tolist(), loaded.authors, strict=True)),
        covariates=adjusted_for(loaded),
        effects=build_covariates({}, {kind: loaded.groups[kind] for kind in ("library", "task")}),
        resampling=resampling,
        rule=rule,
    )


def covariate_names(covariates: Covariates) -> tuple[str, ...]:
    """Names of covariates, without the intercept."""
    return tuple(name for name in covariates.column_names if name != "1")


def adjusted_for(loaded: Loaded, minimum: int = 10) -> Covariates:
    """Age (the Hub's floor as a level of its own), size, library and task of each model."""
    floor = ["at the floor" if is_at_floor else None for is_at_floor in loaded.at_floor]
    return build_covariates(
        {"created": loaded.created, "size": loaded.size},
        {"created": floor, "library": loaded.groups["library"], "task": loaded.groups["task"]},
        minimum=minimum,
    )


def associations(subject: Subject, related: RatingRelations) -> tuple[AssociationNumber, ...]:
    """Every rating with every outcome: rho, both intervals, tau-b, one author left out."""
    moved: dict[PairName, LeaveOneOut] = leave_authors_out(subject.table)
    q_values = benjamini_hochberg(
        {pair: rho.cluster_p_value for pair, rho in related.plain.items()}
    )
    return tuple(
        from_association(
            AssociationNumber,
            rho,
            predictor=predictor,
            outcome=outcome,
            q_value=q_values.get((predictor, outcome)),
            interval_reason=rho.interval_reason,
            effective_authors=rho.effective_clusters,
            kendall=from_concordance(rho),
            leave_one_author_out=from_influence(moved.get((predictor, outcome)), subject.author_of),
            words=describe_finding(predictor, outcome, rho),
        )
        for (predictor, outcome), rho in related.plain.items()
    )


def partials(subject: Subject, related: RatingRelations) -> tuple[PartialNumber, ...]:
    """The same with age, size, library and task held equal."""
    return tuple(
        from_partial(
            PartialNumber,
            rho,
            predictor=predictor,
            outcome=outcome,
            given=subject.adjusted_for,
        )
        for (predictor, outcome), rho in related.partial.items()
    )


@dataclass(frozen=True, slots=True)
class Stratum:
    """One group of models, and how ratings go with outcomes in it."""

    kind: str
    label: str
    related: RatingRelations


def strata(subject: Subject, kinds: Iterable[str]) -> list[Stratum]:
    """Relate the models of every group of these kinds that is large enough."""
    usable = np.logical_or.reduce([subject.complete(MAIN, outcome) for outcome in subject.outcomes])
    return [
        Stratum(kind, label, relate_ratings(subject.table.rows(rows), subject.resampling))
        for kind in kinds
        for label, rows in find_strata(subject.loaded.groups[kind], usable).items()
    ]


def summaries(subject: Subject, within: Sequence[Stratum]) -> tuple[StrataNumber, ...]:
    """Random-effects means over the groups of each kind."""
    answer = []
    for predictor, outcome in ((x, y) for x in subject.ratings for y in subject.outcomes):
        for kind in subject.loaded.groups:
            groups = {
                group.label: group.related.plain[predictor, outcome]
                for group in within
                if group.kind == kind
            }
            whole = summarise_strata(list(groups.values()), subject.resampling.level)
            number = from_summary(
                whole,
                tuple(
                    from_association(StratumNumber, rho, stratum=label)
                    for label, rho in groups.items()
                ),
                predictor=predictor,
                outcome=outcome,
                by=kind,
                words=describe_summary(predictor, outcome, kind, whole),
            )
            answer.append(number)
    return tuple(answer)


def comparisons(
    subject: Subject, related: RatingRelations, within: Sequence[Stratum]
) -> tuple[ComparisonNumber, ...]:
    """Is the correlation with likes stronger than that with downloads? Overall and by group."""
    answer = []
    for group in (Stratum("all", "all models", related), *within):
        where = "" if group.kind == "all" else f"{group.kind} {group.label}"
        for (predictor, first, second), comparison in group.related.compared.items():
            if group.kind != "all" and predictor != MAIN:
                continue
            number = from_comparison(
                comparison,
                predictor=predictor,
                outcome=f"{first} - {second}",
                first=first,
                second=second,
                by=group.kind,
                stratum=group.label,
                words=describe_comparison(predictor, first, second, comparison, where),
            )
            answer.append(number)
    return tuple(answer)


def regressions(subject: Subject) -> tuple[RegressionNumber, ...]:
    """The Poisson model for every rating; every model for the overall one."""
    answer = []
    for predictor, outcome in ((x, y) for x in subject.ratings for y in subject.outcomes):
        rows = subject.complete(predictor, outcome)
        rating, count = subject.ratings[predictor][rows], subject.outcomes[outcome][rows]
        main = _main_model(subject, outcome, rating, count, rows)
        number = from_regression(
            RegressionNumber,
            main,
            predictor=predictor,
            outcome=outcome,
            main=True,
            words=describe_effect(predictor, outcome, main),
        )
        if predictor != MAIN:
            answer.append(number)
            continue
        if main.estimate is not None:
            number = _without_largest(subject, outcome, rows, number, main)
        answer.append(number)
        answer += [
            from_regression(
                RegressionNumber, model, predictor=predictor, outcome=outcome, main=False
            )
            for model in _other_models(
                outcome, rating, count, subject.codes[rows], subject.resampling
            )
        ]
    return tuple(answer)


def _main_model(
    subject: Subject, outcome: str, rating: Floats, count: Floats, rows: np.ndarray
) -> Regression:
    """The Poisson model with effects; of a log ratio, which has none, the least-squares line."""
    if kind_of(outcome) == "log ratio":
        return _least_squares(outcome, rating, count, subject.codes[rows], subject.resampling)
    effects, codes, resampling = subject.effects.rows(rows), subject.codes[rows], subject.resampling
    if reason := no_poisson(outcome, count):
        none = ppml(rating[:0], count[:0], codes[:0], effects.rows(codes[:0]))
        return replace(none, n=count.size, reason=reason)
    kept = count >= 0
    lost = int((~kept).sum())
    model = ppml(rating[kept], count[kept], codes[kept], effects.rows(kept), resampling)
    if not lost:
        return model
    without = f"{model.method}, without {lost} that lost some"
    return replace(model, method=without, dropped=model.dropped + lost)


def _without_largest(
    subject: Subject, outcome: str, rows: np.ndarray, number: RegressionNumber, main: Regression
) -> RegressionNumber:
    """Add what the main model says without the author who has most of the outcome."""
    gained = np.maximum(subject.outcomes[outcome][rows], 0.0)
    if kind_of(outcome) == "log ratio" or not gained.any():
        return number
    by_author = np.bincount(subject.codes[rows], gained)
    largest, share = int(by_author.argmax()), float(by_author.max() / by_author.sum())
    kept = rows & (subject.codes != largest)
    rating, count = subject.ratings[MAIN][kept], subject.outcomes[outcome][kept]
    model = _main_model(subject, outcome, rating, count, kept)
    name = subject.author_of[largest]
    words = f"{number.words} {describe_without(name, share, model)}"
    if turns_the_sign(main, model):
        words = f"One author decides which way this goes, so take neither as found. {words}"
    without = from_regression(WithoutAuthor, model, author=name, share_of_outcome=share)
    return replace(number, words=words, without_largest_author=without)


def _least_squares(
    outcome: str, rating: Floats, count: Floats, codes: Integers, resampling: Resampling
) -> Regression:
    line = least_squares(rating, before_log1p(outcome, count), codes, resampling)
    return on_its_scale(outcome, line)


def _other_models(
    outcome: str, rating: Floats, count: Floats, codes: Integers, resampling: Resampling
) -> list[Regression]:
    """Every model beside the main one: lines on the outcome's log scale, and those of counts."""
    lines = _robust_lines(outcome, rating, count, codes, resampling)
    poisson, *others = _count_models(outcome, rating, count, codes, resampling)
    if kind_of(outcome) == "log ratio":  # its least-squares line is the main model
        return [*lines, poisson, *others]
    return [poisson, *lines, _least_squares(outcome, rating, count, codes, resampling), *others]


def _count_models(
    outcome: str, rating: Floats, count: Floats, codes: Integers, resampling: Resampling
) -> list[Regression]:
    """Poisson without effects, hurdle, negative binomial; or why an outcome below 0 has none."""
    reason = no_poisson(outcome, count)
    if reason is None and (lost := int((count < 0).sum())):
        reason = f"{lost} models lost some; only the main model is told, which leaves them out"
    refused, n = reason is not None, count.size
    if refused:  # asked of no rows, each model still says its name and call
        rating, count, codes = rating[:0], count[:0], codes[:0]
    models = [
        ppml(rating, count, codes, None, resampling),
        *fit_hurdle(rating, count, codes, resampling),
        negative_binomial(rating, count, codes, resampling),
    ]
    return [replace(model, n=n, reason=reason) for model in models] if refused else models


def _robust_lines(
    outcome: str, rating: Floats, count: Floats, codes: Integers, resampling: Resampling
) -> list[Regression]:
    count = before_log1p(outcome, count)
    lines = [
        m_estimator(rating, count, codes, "huber", resampling),
        m_estimator(rating, count, codes, "tukey", resampling),
        theil_sen(rating, count, codes, resampling),
    ]
    return [on_its_scale(outcome, line) for line in lines]


def sensitivity(subject: Subject) -> OutlierResults:
    """What each rule for outliers would drop, and how rho and the slopes would move."""
    entries: list[RuleRank | RuleSlope | RefusedRule] = []
    for outcome, every in subject.every.items():
        for rule in ("none", *OUTLIER_RULES):
            entries += _one_rule(subject, outcome, every, rule)
    return OutlierResults(
        rule=subject.rule,
        rule_words=OUTLIER_RULE_WORDS[subject.rule],
        why=tuple(WHY_NO_OUTLIERS),
        data_errors={
            name: int((np.isfinite(column) & ~np.isfinite(subject.every[name])).sum())
            for name, column in subject.loaded.outcomes.items()
        },
        entries=tuple(entries),
    )


def _one_rule(
    subject: Subject, outcome: str, every: Floats, rule: OutlierRule
) -> list[RuleRank | RuleSlope | RefusedRule]:
    rating = subject.ratings[MAIN]
    rows = np.flatnonzero(np.isfinite(rating) & np.isfinite(every))
    outliers = find_outliers(before_log1p(outcome, every[rows]), rule, subject.resampling.seed)
    if outliers.dropped is None:
        refused = RefusedRule(
            rule=rule,
            predictor=MAIN,
            outcome=outcome,
            method="spearman",
            call=SPEARMAN,
            n=rows.size,
            rule_words=OUTLIER_RULE_WORDS[rule],
            reason=outliers.reason,
        )
        return [refused]
    about = {"rule": rule, "predictor": MAIN, "outcome": outcome}
    kept, gone = rows[~outliers.dropped], rows[outliers.dropped]
    table = RatingTable({MAIN: rating[kept]}, {outcome: every[kept]}, subject.codes[kept])
    largest = gone[np.argsort(-every[gone], kind="stable")][:_SHOWN]
    better = rating[gone] > np.median(rating[rows]) if gone.size else None
    rho = from_association(
        RuleRank,
        relate_ratings(table, subject.resampling).plain[MAIN, outcome],
        **about,
        rule_words=OUTLIER_RULE_WORDS[rule],
        dropped=int(gone.size),
        dropped_ids=tuple(subject.loaded.ids[row] for row in largest),
        dropped_median=float(np.median(every[gone])) if gone.size else None,
        dropped_above_median_rating=None if better is None else float(np.mean(better)),
    )
    slopes = [_main_model(subject, outcome, rating[kept], every[kept], kept)]
    if kind_of(outcome) != "log ratio":
        codes, resampling = subject.codes[kept], subject.resampling
        slopes.append(_least_squares(outcome, rating[kept], every[kept], codes, resampling))
    return [rho, *(from_regression(RuleSlope, model, **about) for model in slopes)]


def power(subject: Subject, related: RatingRelations) -> tuple[ReachNumber | GapReach, ...]:
    """The smallest correlation, and the smallest difference, that this study could have shown."""
    resampling = subject.resampling
    reaches = [
        from_power(pair, measure_power(rho.n, rho.cluster_se, resampling.level), resampling)
        for pair, rho in related.plain.items()
        if pair[0] == MAIN
    ]
    gaps = [
        from_gap(key, test, detectable_difference(test.by_author.se, resampling.level), resampling)
        for key, test in related.compared.items()
        if key[0] == MAIN
    ]
    return (*reaches, *gaps)


def _without(outcome: str, column: Floats, rule: OutlierRule, seed: int) -> Floats:
    """Counts without those that a rule drops; all of them where it cannot be used."""
    known = np.flatnonzero(np.isfinite(column))
    outliers = find_outliers(before_log1p(outcome, column[known]), rule, seed)
    if outliers.dropped is None:
        return column
    kept: Floats = column.copy()
    kept[known[outliers.dropped]] = np.nan
    return kept


def groups(subject: Subject) -> tuple[GroupNumber, ...]:
    """How well each task, library and segment is documented, and its share of what is used."""
    every = {name: subject.every[name] for name in OUTCOMES}
    overall = clean_numbers(subject.loaded.scores["overall"])
    return tuple(
        from_group(by, group)
        for by, labels in subject.loaded.groups.items()
        for group in describe_groups(overall, labels, subject.codes, every, subject.resampling)
    )
