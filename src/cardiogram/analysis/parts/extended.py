"""What only `analyze --all` computes: every other method, every other outcome, every group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from cardiogram.analysis.changes import before_log1p, kind_of, no_poisson, on_its_scale
from cardiogram.analysis.conclusions import noun
from cardiogram.analysis.parts.rank_parts import associations, partials
from cardiogram.analysis.parts.subject import MAIN, Subject
from cardiogram.analysis.parts.text_parts import machine_made, trait_ranks
from cardiogram.analysis.parts.two_forms import relate
from cardiogram.analysis.results import (
    SPEARMAN,
    ComparisonNumber,
    ExtendedResults,
    GapReach,
    OutlierResults,
    ReachNumber,
    RefusedRule,
    RegressionNumber,
    RuleRank,
    RuleSlope,
    StrataNumber,
    StratumNumber,
    from_association,
    from_comparison,
    from_gap,
    from_power,
    from_regression,
    from_summary,
)
from cardiogram.stats import (
    OUTLIER_RULE_WORDS,
    OUTLIER_RULES,
    OutlierRule,
    detectable_difference,
    find_outliers,
    find_strata,
    measure_power,
    summarise_strata,
)
from cardiogram.stats.ranks import RatingRelations, RatingTable
from cardiogram.stats.regression import (
    Regression,
    fit_hurdle,
    least_squares,
    m_estimator,
    negative_binomial,
    ppml,
    theil_sen,
)
from cardiogram.stats.resampling import Floats, Integers, Resampling

_SHOWN = 10


def extended(subject: Subject) -> ExtendedResults:
    """Every method beside those of the screen, for every outcome and within every group."""
    related = relate(subject, _table(subject))
    within = strata(subject, subject.loaded.groups)
    return ExtendedResults(
        associations=associations(subject, related),
        partial=partials(subject, related),
        comparisons=comparisons(related, within),
        regressions=regressions(subject),
        strata=summaries(subject, within),
        outliers=sensitivity(subject),
        power=power(subject, related),
        trait_ranks=trait_ranks(subject),
        copies=machine_made(subject),
    )


def _table(subject: Subject) -> RatingTable:
    """All ratings and outcomes, with what takes models as independent."""
    return replace(subject.table, formulas="independent")


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
        Stratum(kind, label, relate(subject, _table(subject).rows(rows)))
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
            )
            answer.append(number)
    return tuple(answer)


def comparisons(
    related: RatingRelations, within: Sequence[Stratum]
) -> tuple[ComparisonNumber, ...]:
    """Is the correlation with likes stronger than that with downloads? Overall and by group."""
    answer = []
    for group in (Stratum("all", "all models", related), *within):
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
            )
            answer.append(number)
    return tuple(answer)


def regressions(subject: Subject) -> tuple[RegressionNumber, ...]:
    """The Poisson model for every rating; every model for the overall one."""
    answer = []
    for predictor, outcome in ((x, y) for x in subject.ratings for y in subject.outcomes):
        rows = subject.complete(predictor, outcome)
        rating, count = subject.ratings[predictor][rows], subject.outcomes[outcome][rows]
        models = [_main_model(subject, outcome, rating, count, rows)]
        if predictor == MAIN:
            models += _other_models(outcome, rating, count, subject.codes[rows], subject.resampling)
        answer += [
            from_regression(
                RegressionNumber, model, predictor=predictor, outcome=outcome, main=place == 0
            )
            for place, model in enumerate(models)
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
        why=_why(entries),
        data_errors={
            name: int((np.isfinite(column) & ~np.isfinite(subject.every[name])).sum())
            for name, column in subject.loaded.outcomes.items()
        },
        entries=tuple(entries),
    )


def _why(entries: Sequence[RuleRank | RuleSlope | RefusedRule]) -> tuple[str, ...]:
    """How the models are rated that each rule drops."""
    return tuple(
        f"Of the {entry.dropped:,} models that {entry.rule} drops from {noun(entry.outcome)} "
        f"{round(entry.dropped * entry.dropped_above_median_rating):,} are rated above the median."
        for entry in entries
        if isinstance(entry, RuleRank)
        if entry.dropped and entry.dropped_above_median_rating is not None
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
        relate(subject, table).plain[MAIN, outcome],
        **about,
        rule_words=OUTLIER_RULE_WORDS[rule],
        dropped=int(gone.size),
        dropped_ids=tuple(subject.loaded.ids.take(pa.array(largest)).to_pylist()),
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
