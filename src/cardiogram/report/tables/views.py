"""The results of an analysis for a terminal, as Markdown, or as one CSV of all numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from cardiogram.analysis import Results, describe_coverage, put_outcome
from cardiogram.report.tables.cells import Cell, Chapter, Sheet
from cardiogram.report.tables.flat import COLUMNS, all_numbers
from cardiogram.report.tables.number_cells import (
    MAIN,
    PLURALS,
    author_cell,
    by_outcome,
    estimate_cell,
    gap_cell,
    interval_cell,
    is_printed,
    reason_cell,
    slope_cells,
    williams_cell,
)
from cardiogram.report.tables.writers import render_table, write_markdown, write_text

if TYPE_CHECKING:
    from cardiogram.analysis import (
        ComparisonNumber,
        Number,
        RefusedRule,
        RuleRank,
        RuleSlope,
        StrataNumber,
        TraitNumber,
    )

    RuleNumber = RuleRank | RuleSlope | RefusedRule

Format = Literal["text", "markdown", "csv"]

_BARS = 40
_IDS = 5  # models that a rule for outliers drops, by name
_MODELS = {
    "Poisson pseudo-likelihood with task and library effects": "Poisson, task and library effects",
    "Poisson pseudo-likelihood": "Poisson",
    "Huber's M-estimator of log1p": "Huber, of log1p",
    "least squares of log1p": "least squares, of log1p",
}
"""Methods by a name that leaves room for their numbers."""


def render_results(results: Results, format: Format = "text") -> str:
    """Render everything in `results.json`.

    Parameters
    ----------
    format
        `csv` has one row a number, with interval, method, call and seed.
    """
    if format == "csv":
        return render_table(list(all_numbers(results)), "csv", columns=COLUMNS)
    missing = [put_outcome(name) for name in results.absent]
    absent = [f"No model of this study has {name}: nothing is said of it." for name in missing]
    write = write_text if format == "text" else write_markdown
    sections = list(_sections(results.without_absent()))
    return write(sections, _head(results), [*absent, *results.notes])


def _head(results: Results) -> str:
    cover, judge = results.coverage, results.judge
    version = f" {judge.version}" if judge.version else ""
    line = (
        f"{cover.models:,} models of {cover.authors:,} authors: {cover.rated:,} rated by "
        f"{judge.id}{version}, {cover.without_rating:,} without a rating"
        f"{describe_coverage(cover)}"
    )
    if not cover.problems:
        return line
    return f"{line}. Problems: {', '.join(f'{n:,} {name}' for name, n in cover.problems.items())}"


def _sections(results: Results) -> Iterator[Chapter]:
    """Every part that the results have, in the order in which a reader asks."""
    yield _ratings(results)
    if results.changes:
        yield _changes(results)
    yield _associations(results)
    if results.corrected:
        yield _corrected(results)
    yield _partial(results)
    yield _strata(results)
    yield _regressions(results)
    if results.outliers:
        yield _outliers(results)
    yield _comparisons(results)
    if results.duplicates:
        yield _duplicates(results)
    if results.traits:
        yield _traits(results)
        yield _copies(results)
    yield _power(results)


def _counted(outcome: str, numbers: Sequence[Number]) -> str:
    """Title of an outcome's table, with the number of models where it is one for all."""
    first, _, second = (put_outcome(name) for name in outcome.partition(" - "))
    title = f"{first} against {second}" if second else first
    sizes = {number.n for number in numbers}
    return f"{title} ({sizes.pop():,} models)" if len(sizes) == 1 else title


def _sized(numbers: Sequence[Number], number: Number) -> dict[str, Cell]:
    """A cell for n where it differs between the rows."""
    several = len({other.n for other in numbers}) > 1
    return {"n": Cell(number.n, "count")} if several else {}


def _criterion(predictor: str) -> Cell:
    return Cell(predictor.removesuffix("_expected"))


def _said(numbers: Sequence[Number]) -> list[str]:
    return [number.words for number in numbers if number.words]


def _ratings(results: Results) -> Chapter:
    counts = results.ratings["overall"].histogram
    longest = max(1, *counts.values())
    rows = [
        {"rating": score, "cards": Cell(n, "count"), "": "█" * round(_BARS * n / longest)}
        for score, n in counts.items()
    ]
    return Chapter("Overall rating", [Sheet.of(rows)])


def _changes(results: Results) -> Chapter:
    changes = results.changes
    assert changes is not None
    rows = [
        {
            "outcome": changed.words,
            "n": Cell(changed.n, "count"),
            "median": Cell(results.outcomes[name].median, "correlation"),
            "none": Cell(results.outcomes[name].zeros, "count"),
        }
        for name, changed in changes.outcomes.items()
    ]
    heading = f"What changed from {changes.before} to {changes.after} ({changes.days} days)"
    return Chapter(heading, [Sheet.of(rows)], changes.words)


def _associations(results: Results) -> Chapter:
    tables = [
        Sheet.of(
            [
                {
                    "rating": _criterion(number.predictor),
                    **_sized(numbers, number),
                    "rho": estimate_cell(number),
                    "Bonett-Wright": interval_cell(number.interval, number.interval_reason),
                    "by author": author_cell(number),
                    "q": Cell(number.q_value, "p_value"),
                    "tau-b": Cell(
                        number.kendall.estimate if number.kendall else None, "correlation"
                    ),
                    "one author out": interval_cell(number.leave_one_author_out),
                }
                for number in numbers
            ],
            _counted(outcome, numbers),
        )
        for outcome, numbers in by_outcome(results.associations)
    ]
    main = [number for number in results.associations if number.predictor == MAIN]
    return Chapter("Spearman's rho with 95 % intervals", tables, _said(main))


def _corrected(results: Results) -> Chapter:
    gold = results.corrected
    assert gold is not None
    rows = [
        {
            "outcome": number.outcome,
            "number": {"spearman": "rho", "slope": "slope"}[number.statistic],
            "raw": Cell(number.raw.estimate, "correlation"),
            "by author": interval_cell(number.raw.cluster_interval, number.reason),
            "gold": Cell(number.gold.estimate, "correlation"),
            "corrected": estimate_cell(number),
            "its interval": interval_cell(number.cluster_interval, number.reason),
            "weight": Cell(number.weight, "correlation"),
        }
        for number in gold.entries
    ]
    others = gold.mean_rating_unlabelled
    sentences = [
        f"Gold for {gold.labelled:,} models; corrected: what the judge gets wrong on them is "
        "taken out of what it says of all (prediction-powered inference, power-tuned). Slopes are "
        "of log1p; weight is the judge's.",
        "It holds where these models are a random part of the study: the judge's mean rating is "
        f"{gold.mean_rating_labelled:.2f} on them and "
        f"{'' if others is None else f'{others:.2f}'} on the others.",
        *gold.words,
    ]
    heading = "The overall rating's associations, raw and corrected for its error"
    return Chapter(heading, [Sheet.of(rows)], sentences)


def _partial(results: Results) -> Chapter:
    tables = [
        Sheet.of(
            [
                {
                    "rating": _criterion(number.predictor),
                    **_sized(numbers, number),
                    "rho": estimate_cell(number),
                    "Bonett-Wright": interval_cell(number.interval),
                    "by author": author_cell(number),
                }
                for number in numbers
            ],
            _counted(outcome, numbers),
        )
        for outcome, numbers in by_outcome(results.partial)
    ]
    return Chapter("Partial rho given age, size, library and task", tables)


def _strata(results: Results) -> Chapter:
    main = [number for number in results.strata if number.predictor == MAIN]
    groups = [number for _, numbers in by_outcome(main) for number in numbers]
    method = results.strata[0].method if results.strata else ""
    sentences = [
        *_said(groups),
        f"Groups of 15 models or more, weighed by their standard errors by author; {method}.",
    ]
    tables = [_one_kind(number) for number in groups if number.strata]
    return Chapter("The overall rating's rho within groups of models", tables, sentences)


def _one_kind(number: StrataNumber) -> Sheet:
    """The groups of one kind, and their mean."""
    named: list[tuple[str, Number]] = [(group.stratum, group) for group in number.strata]
    if number.estimate is not None:
        named.append((f"mean of {number.groups} (random effects)", number))
    title = f"{PLURALS.get(number.by, number.by)}: {put_outcome(number.outcome)}"
    return Sheet.of(
        [
            {
                "group": Cell(name, "name"),
                "n": Cell(group.n, "count"),
                "rho": estimate_cell(group),
                "by author": author_cell(group),
            }
            for name, group in named
        ],
        title,
    )


def _regressions(results: Results) -> Chapter:
    columns = ("n", "slope", "times", "by author")
    main = [number for number in results.regressions if number.predictor == MAIN]
    tables = [
        Sheet(
            ("model", *columns),
            [
                (Cell(_model(number.method)), Cell(number.n, "count"), *slope_cells(number))
                for number in numbers
                if is_printed(number)
            ],
            f"{put_outcome(outcome)}: models of the overall rating",
        )
        for outcome, numbers in by_outcome(main)
    ]
    first = [number for number in results.regressions if number.main]
    tables += [
        Sheet(
            ("rating", *columns),
            [
                (_criterion(number.predictor), Cell(number.n, "count"), *slope_cells(number))
                for number in numbers
            ],
            f"{put_outcome(outcome)}: the first model, of every rating",
        )
        for outcome, numbers in by_outcome(first)
    ]
    heading = "How many times the outcome a point of the rating goes with"
    return Chapter(heading, tables, _said(main))


def _model(method: str) -> str:
    known = next((key for key in _MODELS if method.startswith(key)), None)
    return method if known is None else _MODELS[known] + method.removeprefix(known)


def _outliers(results: Results) -> Chapter:
    outliers = results.outliers
    assert outliers is not None
    tables, sentences = [], list(outliers.why)
    sentences.append(
        "Well rated is the share of the dropped models that are rated above the median."
    )
    for outcome, numbers in by_outcome(outliers.entries):
        rules = dict.fromkeys(number.rule for number in numbers)
        rows = [_rule([number for number in numbers if number.rule == rule]) for rule in rules]
        tables.append(Sheet.of(rows, put_outcome(outcome)))
        sentences += _dropped(outcome, numbers)
    return Chapter("What rules for outliers would change (overall rating)", tables, sentences)


def _rule(numbers: Sequence[RuleNumber]) -> dict[str, Cell]:
    """One rule: what it drops, and rho and both slopes without that."""
    rho = numbers[0]
    slopes = {number.method.partition(" ")[0]: estimate_cell(number) for number in numbers[1:]}
    return {
        "rule": Cell(rho.rule),
        "dropped": Cell(getattr(rho, "dropped", None), "count"),
        "well rated": Cell(getattr(rho, "dropped_above_median_rating", None), "share"),
        "rho": estimate_cell(rho),
        "by author": author_cell(rho),
        "Poisson slope": slopes.get("Poisson", Cell("")),
        "least squares": slopes.get("least", Cell("")),
    }


def _dropped(outcome: str, numbers: Sequence[RuleNumber]) -> Iterator[str]:
    """Which models rules drop; rules that drop the same largest ones share a sentence."""
    rules: dict[tuple[str, ...], list[str]] = {}
    for number in numbers:
        if ids := getattr(number, "dropped_ids", ()):
            rules.setdefault(ids[:_IDS], []).append(number.rule)
    for ids, using in rules.items():
        drop = f"{', '.join(using)} drop{'s' * (len(using) == 1)}"
        yield f"From {put_outcome(outcome)} {drop}, largest first: {', '.join(ids)} ..."


def _comparisons(results: Results) -> Chapter:
    tables = []
    for outcome, numbers in by_outcome(results.comparisons):
        whole = [number for number in numbers if number.by == "all"]
        rows = [
            {"rating": _criterion(number.predictor), **_sized(whole, number), **_gap(number)}
            for number in whole
        ]
        tables.append(Sheet.of(rows, _counted(outcome, whole)))
        for by in dict.fromkeys(number.by for number in numbers if number.by != "all"):
            rows = [
                {by: Cell(number.stratum, "name"), "n": Cell(number.n, "count"), **_gap(number)}
                for number in numbers
                if number.by == by
            ]
            title = f"{_counted(outcome, ())}, overall rating within {PLURALS.get(by, by)}"
            tables.append(Sheet.of(rows, title))
    main = [n for n in results.comparisons if n.predictor == MAIN and n.by == "all"]
    note = (
        "A gap is a difference of two rho, the first outcome's minus the second's. Williams' p "
        "value takes models as independent."
    )
    return Chapter("Stronger with likes than with downloads?", tables, [*_said(main), note])


def _gap(number: ComparisonNumber) -> dict[str, Cell]:
    """A difference of two correlations with what tests it."""
    return {
        "gap": estimate_cell(number),
        "by author": gap_cell(number),
        "Williams": williams_cell(number),
    }


def _duplicates(results: Results) -> Chapter:
    duplicates = results.duplicates
    assert duplicates is not None
    rows = [
        {
            "outcome": number.outcome,
            "n": Cell(number.n, "count"),
            "rho, one card a cluster": estimate_cell(number),
            "by author": author_cell(number),
            "rho, all cards": Cell(number.all_cards.estimate, "correlation"),
        }
        for number in duplicates.entries
        if number.predictor == MAIN
    ]
    sentence = (
        f"{duplicates.cards:,} of {duplicates.n:,} cards are near-duplicates in "
        f"{duplicates.clusters:,} clusters "
        f"({duplicates.one_author:,} of one author, {duplicates.several_authors:,} of several);"
        f" the largest has {duplicates.largest:,} cards."
    )
    return Chapter("Near-duplicate cards", [Sheet.of(rows)], [sentence])


def _traits(results: Results) -> Chapter:
    traits = results.traits
    assert traits is not None
    tables, sentences = [], []
    for outcome, numbers in by_outcome(traits.entries):
        if outcome.startswith("downloads_all_time") and len(results.outcomes) > 1:
            continue  # much the same as downloads; results.json and the CSV have it
        name = put_outcome(outcome)
        if known := [number for number in numbers if number.spearman.estimate is not None]:
            ranks, odds = map(_trait_rank, known), map(_trait_odds, known)
            tables.append(Sheet.of(list(ranks), f"{name}: rank correlation with each trait"))
            tables.append(Sheet.of(list(odds), f"{name}: share with each trait by tenth, and odds"))
        else:
            sentences.append(f"{name}: {numbers[0].spearman.reason}.")
    sentences += [
        "The rho of a trait is its point-biserial correlation with mid-ranks; partial is given "
        f"age, size, library and task. {traits.rho_correction}.",
        "Odds of being among the upper quarter with the trait over those without it, given age, "
        f"size, library and task. {traits.correction}.",
    ]
    if none := _without_rho(traits.entries):
        sentences.append(f"Traits that all models have or none has: {', '.join(none)}.")
    return Chapter("Traits of popular models", tables, sentences)


def _without_rho(entries: Sequence[TraitNumber]) -> list[str]:
    """Traits that have no correlation with any outcome."""
    known = {number.trait for number in entries if number.spearman.estimate is not None}
    traits = dict.fromkeys(number.trait for number in entries)
    return [name for name in traits if name not in known] if known else []


def _two(value: float | None) -> Cell:
    """Two decimals, as they fit beside four other numbers."""
    return Cell(None if value is None else f"{value:.2f}".replace("-0.00", "0.00"), "correlation")


def _trait_rank(number: TraitNumber) -> dict[str, Cell]:
    ranks = number.spearman
    return {
        "trait": Cell(number.trait),
        "rho": _two(ranks.estimate),
        "Bonett-Wright": interval_cell(ranks.interval),
        "by author": author_cell(ranks),
        "q": Cell(ranks.q_value, "p_value"),
        "tau-b": _two(ranks.kendall.estimate if ranks.kendall else None),
        "partial": _two(number.partial.estimate),
    }


def _trait_odds(number: TraitNumber) -> dict[str, Cell]:
    ends, tenths = number.cluster_interval, number.prevalence_by_decile
    rare = "too few models with the trait, or without it, among the most popular or the rest"
    why = rare if "one of the four groups" in (number.reason or "") else number.reason
    return {
        "trait": Cell(number.trait),
        "have it": Cell(number.prevalence, "share"),
        "lowest": Cell(tenths[0].share if tenths else None, "share"),
        "highest": Cell(tenths[-1].share if tenths else None, "share"),
        "odds": Cell(number.estimate, "ratio"),
        "by author": reason_cell(why) if ends is None else Cell(ends, "ratios"),
        "q": Cell(number.q_value, "p_value"),
    }


def _copies(results: Results) -> Chapter:
    assert results.traits is not None
    copies = results.traits.machine_made
    medians = {(median.group, median.outcome): median.median for median in copies.medians}
    rows = [
        {
            "models": number.group,
            "outcome": number.outcome,
            "n": Cell(number.n, "count"),
            "median": Cell(medians[number.group, number.outcome], "count"),
            "rho": estimate_cell(number),
            "by author": author_cell(number),
        }
        for number in copies.entries
    ]
    heading = "Machine-made models apart (overall rating)"
    return Chapter(heading, [Sheet.of(rows)], [copies.words])


def _power(results: Results) -> Chapter:
    rows = [
        {
            "outcome": outcome,
            "n": Cell(number.n, "count"),
            "smallest": estimate_cell(number),
            "if independent": Cell(number.if_independent, "correlation"),
            "design effect": Cell(number.design_effect, "number"),
        }
        for outcome, numbers in by_outcome(results.power)
        for number in numbers
    ]
    sentence = (
        "The smallest |rho|, or difference of two rho, that this study shows with a power of "
        "80 %, by author where there are enough authors. What is smaller can have been missed."
    )
    return Chapter("What this study could have seen (overall rating)", [Sheet.of(rows)], [sentence])
