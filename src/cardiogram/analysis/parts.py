"""The parts of an analysis, each from loaded columns to numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cardiogram.analysis.changes import before_log1p, clean, kind_of, no_poisson, on_its_scale
from cardiogram.analysis.load import OUTCOMES, Loaded
from cardiogram.analysis.results import (
    PARTIAL,
    Number,
    kendall_dict,
    leave_out_dict,
    of_association,
    of_comparison,
    of_group,
    of_regression,
    of_summary,
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
    RULES,
    WHY,
    WORDS,
    Rule,
    benjamini_hochberg,
    describe_groups,
    detectable_difference,
    find_outliers,
    power_of,
    strata_of,
    summarise,
)
from cardiogram.stats.ranks import (
    Covariates,
    LeaveOneOut,
    Related,
    Table,
    covariates,
    influences,
    numbers,
    relate,
)
from cardiogram.stats.regression import (
    Regression,
    hurdle,
    least_squares,
    m_estimator,
    negative_binomial,
    ppml,
    robust_refusal,
    theil_sen,
)
from cardiogram.stats.resampling import Floats, Integers, Pair, Resampling, author_codes

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
    names
        Author of each code.
    given
        Age, size, library and task of each model.
    effects
        Library and task alone.
    """

    loaded: Loaded
    ratings: Mapping[str, Floats]
    outcomes: Mapping[str, Floats]
    every: Mapping[str, Floats]
    codes: Integers
    names: Mapping[int, str]
    given: Covariates
    effects: Covariates
    resampling: Resampling
    rule: Rule

    @property
    def table(self) -> Table:
        """All ratings and outcomes, with what they are adjusted for."""
        asked = [pair for pair in CONTRASTS if set(pair) <= self.outcomes.keys()]
        return Table(self.ratings, self.outcomes, self.codes, self.given, asked)

    def complete(self, predictor: str, outcome: str) -> np.ndarray:
        """Models that have both numbers."""
        return np.isfinite(self.ratings[predictor]) & np.isfinite(self.outcomes[outcome])


def subject(loaded: Loaded, resampling: Resampling, rule: Rule = "none") -> Subject:
    """Clean the columns, prepare the covariates and apply a rule for outliers."""
    codes = author_codes(loaded.authors)
    every = {name: clean(name, column) for name, column in loaded.outcomes.items()}
    outcomes = {
        name: _without(name, column, rule, resampling.seed) for name, column in every.items()
    }
    return Subject(
        loaded,
        {name: numbers(column) for name, column in loaded.ratings.items()},
        outcomes,
        every,
        codes,
        dict(zip(codes.tolist(), loaded.authors, strict=True)),
        adjusted_for(loaded),
        covariates({}, {kind: loaded.groups[kind] for kind in ("library", "task")}),
        resampling,
        rule,
    )


def adjusted_for(loaded: Loaded, minimum: int = 10) -> Covariates:
    """Age (the Hub's floor as a level of its own), size, library and task of each model."""
    floor = ["at the floor" if at else None for at in loaded.at_floor]
    return covariates(
        {"created": loaded.created, "size": loaded.size},
        {"created": floor, "library": loaded.groups["library"], "task": loaded.groups["task"]},
        minimum=minimum,
    )


def associations(at: Subject, found: Related) -> list[Number]:
    """Every rating with every outcome: rho, both intervals, tau-b, one author left out."""
    moved: dict[Pair, LeaveOneOut] = influences(at.table)
    q_values = benjamini_hochberg(
        {pair: item.cluster_p_value for pair, item in found.plain.items()}
    )
    answer = []
    for (predictor, outcome), item in found.plain.items():
        number = of_association({"predictor": predictor, "outcome": outcome}, item)
        more = {
            "q_value": q_values.get((predictor, outcome)),
            "interval_reason": item.interval_reason,
            "cluster_reason": item.cluster_reason,
            "effective_authors": item.effective_clusters,
            "kendall": kendall_dict(item),
            "leave_one_author_out": leave_out_dict(moved.get((predictor, outcome)), at.names),
        }
        words = describe_finding(predictor, outcome, item)
        answer.append(replace(number, more=more, words=words))
    return answer


def partials(at: Subject, found: Related) -> list[Number]:
    """The same with age, size, library and task held equal."""
    more = {"given": [name for name in at.given.names if name != "1"]}
    answer = []
    for (predictor, outcome), item in found.partial.items():
        about = {"predictor": predictor, "outcome": outcome}
        number = of_association(about, item, "partial spearman", PARTIAL)
        answer.append(replace(number, more={**number.more, **more}))
    return answer


@dataclass(frozen=True, slots=True)
class Stratum:
    """One group of models and what was found in it."""

    kind: str
    label: str
    found: Related


def strata(at: Subject) -> list[Stratum]:
    """Relate the models of every group that is large enough."""
    usable = np.logical_or.reduce([at.complete(MAIN, outcome) for outcome in at.outcomes])
    return [
        Stratum(kind, label, relate(at.table.rows(rows), at.resampling))
        for kind, labels in at.loaded.groups.items()
        for label, rows in strata_of(labels, usable).items()
    ]


def summaries(at: Subject, within: Sequence[Stratum]) -> list[Number]:
    """Random-effects means over the groups of each kind."""
    answer = []
    for predictor, outcome in ((x, y) for x in at.ratings for y in at.outcomes):
        for kind in at.loaded.groups:
            groups = [
                (item.label, item.found.plain[predictor, outcome])
                for item in within
                if item.kind == kind
            ]
            about = {"predictor": predictor, "outcome": outcome, "by": kind}
            whole = summarise([item for _, item in groups], at.resampling.level)
            rows = [of_association({"stratum": label}, item).as_dict() for label, item in groups]
            words = describe_summary(predictor, outcome, kind, whole)
            answer.append(replace(of_summary(about, whole, rows), words=words))
    return answer


def comparisons(at: Subject, found: Related, within: Sequence[Stratum]) -> list[Number]:
    """Is the correlation with likes stronger than that with downloads? Overall and by group."""
    answer = []
    for kind, label, related in (
        ("all", "all models", found),
        *((item.kind, item.label, item.found) for item in within),
    ):
        for (predictor, first, second), item in related.compared.items():
            if kind != "all" and predictor != MAIN:
                continue
            about = {
                "predictor": predictor,
                "outcome": f"{first} - {second}",
                "first": first,
                "second": second,
                "by": kind,
                "stratum": label,
            }
            where = "" if kind == "all" else f"{kind} {label}"
            words = describe_comparison(predictor, first, second, item, where)
            answer.append(of_comparison(about, item, words))
    return answer


def regressions(at: Subject) -> list[Number]:
    """The Poisson model for every rating; every model for the overall one."""
    answer = []
    for predictor, outcome in ((x, y) for x in at.ratings for y in at.outcomes):
        rows = at.complete(predictor, outcome)
        rating, count = at.ratings[predictor][rows], at.outcomes[outcome][rows]
        codes = at.codes[rows]
        main = _main_model(at, outcome, rating, count, rows)
        models = [main]
        if predictor == MAIN:
            models += _other_models(outcome, rating, count, codes, at.resampling)
        for number, item in enumerate(models):
            words = describe_effect(predictor, outcome, item) if number == 0 else None
            about = {"predictor": predictor, "outcome": outcome, "main": number == 0}
            entry = of_regression(about, item, words)
            if predictor == MAIN and number == 0 and item.estimate is not None:
                entry = _without_largest(at, outcome, rows, entry, item)
            answer.append(entry)
    return answer


def _main_model(
    at: Subject, outcome: str, rating: Floats, count: Floats, rows: np.ndarray
) -> Regression:
    """The Poisson model with effects; of a log ratio, which has none, the least-squares line."""
    if kind_of(outcome) == "log ratio":
        return _least_squares(outcome, rating, count, at.codes[rows], at.resampling)
    effects, codes, resampling = at.effects.rows(rows), at.codes[rows], at.resampling
    if reason := no_poisson(outcome, count):
        none = ppml(rating[:0], count[:0], codes[:0], effects.rows(codes[:0]))
        return replace(none, n=count.size, reason=reason)
    kept = count >= 0
    lost = int((~kept).sum())
    found = ppml(rating[kept], count[kept], codes[kept], effects.rows(kept), resampling)
    if not lost:
        return found
    without = f"{found.method}, without {lost} that lost some"
    return replace(found, method=without, dropped=found.dropped + lost)


def _without_largest(
    at: Subject, outcome: str, rows: np.ndarray, entry: Number, main: Regression
) -> Number:
    """Add what the main model says without the author who has most of the outcome."""
    gained = np.maximum(at.outcomes[outcome][rows], 0.0)
    if kind_of(outcome) == "log ratio" or not gained.any():
        return entry
    by_author = np.bincount(at.codes[rows], gained)
    largest, share = int(by_author.argmax()), float(by_author.max() / by_author.sum())
    kept = rows & (at.codes != largest)
    found = _main_model(at, outcome, at.ratings[MAIN][kept], at.outcomes[outcome][kept], kept)
    more = of_regression({}, found, None).as_dict()
    name = at.names[largest]
    words = f"{entry.words} {describe_without(name, share, found)}"
    if turns_the_sign(main, found):
        words = f"One author decides which way this goes, so take neither as found. {words}"
    beside = {"author": name, "share_of_outcome": share, **more}
    return replace(entry, words=words, more={**entry.more, "without_largest_author": beside})


def _least_squares(
    outcome: str, rating: Floats, count: Floats, codes: Integers, resampling: Resampling
) -> Regression:
    found = least_squares(rating, before_log1p(outcome, count), codes, resampling)
    return on_its_scale(outcome, found)


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
        *hurdle(rating, count, codes, resampling),
        negative_binomial(rating, count, codes, resampling),
    ]
    return [replace(found, n=n, reason=reason) for found in models] if refused else models


def _robust_lines(
    outcome: str, rating: Floats, count: Floats, codes: Integers, resampling: Resampling
) -> list[Regression]:
    count = before_log1p(outcome, count)
    refused = robust_refusal(count)
    lines = [
        m_estimator(rating, count, codes, norm, resampling)
        if refused is None
        else Regression(
            f"{norm.title()}'s M-estimator of log1p",
            "statsmodels.api.RLM",
            count.size,
            reason=refused,
        )
        for norm in ("huber", "tukey")
    ]
    sen = (
        theil_sen(rating, count, codes, resampling)
        if refused is None
        else Regression(
            "Theil-Sen line of log1p", "scipy.stats.theilslopes", count.size, reason=refused
        )
    )
    return [on_its_scale(outcome, line) for line in (*lines, sen)]


def sensitivity(at: Subject) -> dict[str, Any]:
    """What each rule for outliers would drop, and how rho and the slopes would move."""
    entries = []
    for outcome, every in at.every.items():
        for rule in ("none", *RULES):
            entries += _one_rule(at, outcome, every, rule)
    return {
        "rule": at.rule,
        "rule_words": WORDS[at.rule],
        "why": list(WHY),
        "data_errors": {
            name: int((np.isfinite(column) & ~np.isfinite(at.every[name])).sum())
            for name, column in at.loaded.outcomes.items()
        },
        "entries": [item.as_dict() for item in entries],
    }


def _one_rule(at: Subject, outcome: str, every: Floats, rule: Rule) -> list[Number]:
    rating = at.ratings[MAIN]
    rows = np.flatnonzero(np.isfinite(rating) & np.isfinite(every))
    about = {"rule": rule, "predictor": MAIN, "outcome": outcome}
    found = find_outliers(before_log1p(outcome, every[rows]), rule, at.resampling.seed)
    if found.dropped is None:
        return [
            Number(
                about,
                "spearman",
                "scipy.stats.spearmanr",
                rows.size,
                reason=found.reason,
                more={"rule_words": WORDS[rule], "dropped": None},
            )
        ]
    kept, gone = rows[~found.dropped], rows[found.dropped]
    more = {
        "rule_words": WORDS[rule],
        "dropped": int(gone.size),
        **_what_went(at, every, rating, rows, gone),
    }
    table = Table({MAIN: rating[kept]}, {outcome: every[kept]}, at.codes[kept])
    rho = of_association(about, relate(table, at.resampling).plain[MAIN, outcome])
    slopes = [_main_model(at, outcome, rating[kept], every[kept], kept)]
    if kind_of(outcome) != "log ratio":
        slopes.append(
            _least_squares(outcome, rating[kept], every[kept], at.codes[kept], at.resampling)
        )
    return [
        replace(rho, more={**rho.more, **more}),
        *(of_regression(about, item, None) for item in slopes),
    ]


def _what_went(
    at: Subject, every: Floats, rating: Floats, rows: Integers, gone: Integers
) -> dict[str, Any]:
    """Which models a rule drops, and that they are the better rated ones."""
    if not gone.size:
        return {"dropped_ids": []}
    largest = gone[np.argsort(-every[gone], kind="stable")][:_SHOWN]
    return {
        "dropped_ids": [at.loaded.ids[row] for row in largest],
        "dropped_median": float(np.median(every[gone])),
        "dropped_above_median_rating": float(np.mean(rating[gone] > np.median(rating[rows]))),
    }


def power(at: Subject, found: Related) -> list[Number]:
    """The smallest correlation, and the smallest difference, that this study could have shown."""
    answer = []
    for (predictor, outcome), item in found.plain.items():
        if predictor != MAIN:
            continue
        reach = power_of(item.n, item.cluster_se, at.resampling.level)
        answer.append(
            Number(
                {"predictor": predictor, "outcome": outcome},
                "smallest |rho| shown with a power of 80 %, by author where there are enough",
                "scipy.stats.norm.ppf",
                item.n,
                reach.detectable
                if reach.detectable_by_author is None
                else reach.detectable_by_author,
                seed=at.resampling.seed if reach.detectable_by_author is not None else None,
                reason=reach.reason,
                more={
                    "if_independent": reach.detectable,
                    "design_effect": reach.design_effect,
                    "effective_models": reach.effective,
                    "needed_for_0.1": reach.needed,
                },
            )
        )
    for (predictor, first, second), test in found.compared.items():
        if predictor == MAIN:
            gap = detectable_difference(test.by_author.se, at.resampling.level)
            answer.append(
                Number(
                    {"predictor": predictor, "outcome": f"{first} - {second}"},
                    "smallest difference of rho shown with a power of 80 %, by author",
                    "scipy.stats.norm.ppf",
                    test.n,
                    gap,
                    seed=at.resampling.seed if gap is not None else None,
                    reason=(test.reason or test.by_author.reason) if gap is None else None,
                )
            )
    return answer


def _without(outcome: str, column: Floats, rule: Rule, seed: int) -> Floats:
    """Counts without those that a rule drops; all of them where it cannot be used."""
    known = np.flatnonzero(np.isfinite(column))
    found = find_outliers(before_log1p(outcome, column[known]), rule, seed)
    if found.dropped is None:
        return column
    kept: Floats = column.copy()
    kept[known[found.dropped]] = np.nan
    return kept


def groups(at: Subject) -> list[Number]:
    """How well each task, library and segment is documented, and its share of what is used."""
    every = {name: at.every[name] for name in OUTCOMES}
    overall = numbers(at.loaded.scores["overall"])
    return [
        of_group({"by": by, "group": found.name}, found)
        for by, labels in at.loaded.groups.items()
        for found in describe_groups(overall, labels, at.codes, every, at.resampling)
    ]
