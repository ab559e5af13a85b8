"""What only `analyze --all` computes, as chapters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from cardiogram.analysis import ExtendedResults, put_outcome
from cardiogram.report.tables.cells import (
    MAIN,
    PLURALS,
    Cell,
    Chapter,
    Sheet,
    author_cell,
    by_outcome,
    count_models,
    criterion_cell,
    estimate_cell,
    gap_cell,
    interval_cell,
    name_outcome,
    sheets_by_outcome,
    size_cell,
    slope_cells,
)

if TYPE_CHECKING:
    from cardiogram.analysis import (
        ComparisonNumber,
        Number,
        RefusedRule,
        RuleRank,
        RuleSlope,
        StrataNumber,
    )

    RuleNumber = RuleRank | RuleSlope | RefusedRule

_IDS = 5  # models that a rule for outliers drops, by name


def extended_chapters(extended: ExtendedResults) -> Iterator[Chapter]:
    """Every part that was asked for and that these data have."""
    parts = (
        _associations,
        _partial,
        _strata,
        _regressions,
        _outliers,
        _comparisons,
        _trait_ranks,
        _copies,
        _power,
    )
    yield from chain.from_iterable(part(extended) for part in parts)


def _associations(extended: ExtendedResults) -> Iterator[Chapter]:
    tables = sheets_by_outcome(
        extended.associations,
        lambda number, alike: {
            "rating": criterion_cell(number.predictor),
            **size_cell(number, alike),
            "rho": estimate_cell(number),
            "Bonett-Wright": interval_cell(number.interval, number.interval_reason),
            "95 % by author": author_cell(number),
            "tau-b": Cell(number.kendall.estimate if number.kendall else None, "correlation"),
            "one author out": interval_cell(number.leave_one_author_out),
        },
        count_models,
    )
    if tables:
        yield Chapter("Rank correlations with every interval, nothing held equal", tables)


def _partial(extended: ExtendedResults) -> Iterator[Chapter]:
    tables = sheets_by_outcome(
        extended.partial,
        lambda number, alike: {
            "rating": criterion_cell(number.predictor),
            **size_cell(number, alike),
            "rho": estimate_cell(number),
            "Bonett-Wright": interval_cell(number.interval),
            "95 % by author": author_cell(number),
        },
        count_models,
    )
    if tables:
        yield Chapter("Adjusted rank correlations with every interval", tables)


def _strata(extended: ExtendedResults) -> Iterator[Chapter]:
    overall = [number for number in extended.strata if number.predictor == MAIN]
    groups = [number for _, numbers in by_outcome(overall) for number in numbers]
    tables = [_one_kind(number) for number in groups if number.strata]
    if tables:
        method = f"Groups of 15 models or more, nothing held equal; means: {groups[0].method}."
        title = "The overall rating's correlation within groups, one by one"
        yield Chapter(title, tables, [method])


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
                "95 % by author": author_cell(group),
            }
            for name, group in named
        ],
        title,
    )


def _regressions(extended: ExtendedResults) -> Iterator[Chapter]:
    columns = ("n", "slope", "times", "95 % by author")
    tables = []
    for outcome, numbers in by_outcome(extended.regressions):
        main = [number for number in numbers if number.predictor == MAIN]
        others = [number for number in numbers if number.predictor != MAIN]
        for kind, of in (("model", main), ("rating", others)):
            rows = [
                (
                    Cell(number.method) if kind == "model" else criterion_cell(number.predictor),
                    Cell(number.n, "count"),
                    *slope_cells(number),
                )
                for number in of
            ]
            title = f"each rating, by {of[0].method}" if kind == "rating" and of else "overall"
            if rows:
                tables.append(Sheet((kind, *columns), rows, f"{put_outcome(outcome)}: {title}"))
    if tables:
        note = (
            "Times: the outcome itself in count models, 1 + the outcome in models of log1p, odds "
            "in models of any at all."
        )
        yield Chapter("Other regressions", tables, [note])


def _outliers(extended: ExtendedResults) -> Iterator[Chapter]:
    if (outliers := extended.outliers) is None:
        return
    tables, sentences = [], list(outliers.why)
    for outcome, numbers in by_outcome(outliers.entries):
        rules = dict.fromkeys(number.rule for number in numbers)
        rows = [_rule([number for number in numbers if number.rule == rule]) for rule in rules]
        tables.append(Sheet.of(rows, put_outcome(outcome)))
        sentences += _dropped(outcome, numbers)
    legend = "Well rated is the share of the dropped models that are rated above the median."
    yield Chapter(
        "What rules for outliers would change (overall rating)", tables, [*sentences, legend]
    )


def _rule(numbers: Sequence[RuleNumber]) -> dict[str, Cell]:
    """One rule: what it drops, and rho and both slopes without that."""
    rho = numbers[0]
    slopes = {
        "Poisson slope" if number.method.startswith("Poisson") else "least squares": number
        for number in numbers[1:]
    }
    return {
        "rule": Cell(rho.rule),
        "dropped": Cell(getattr(rho, "dropped", None), "count"),
        "well rated": Cell(getattr(rho, "dropped_above_median_rating", None), "share"),
        "rho": estimate_cell(rho),
        "by author": author_cell(rho),
        **{name: estimate_cell(number) for name, number in slopes.items()},
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


def _comparisons(extended: ExtendedResults) -> Iterator[Chapter]:
    tables = []
    for outcome, numbers in by_outcome(extended.comparisons):
        for by in dict.fromkeys(number.by for number in numbers):
            of = [number for number in numbers if number.by == by]
            rows = [
                {
                    "of": criterion_cell(number.predictor)
                    if by == "all"
                    else Cell(number.stratum, "name"),
                    "n": Cell(number.n, "count"),
                    "gap": estimate_cell(number),
                    "95 % by author": gap_cell(number),
                    **_tests(number),
                }
                for number in of
            ]
            within = "" if by == "all" else f", overall rating within {PLURALS.get(by, by)}"
            tables.append(Sheet.of(rows, f"{count_models(outcome, ())}{within}"))
    if tables:
        note = (
            "Nothing is held equal. The p values of Williams, Steiger and Meng take models as "
            "independent."
        )
        yield Chapter("Likes against downloads, every test", tables, [note])


def _tests(number: ComparisonNumber) -> dict[str, Cell]:
    tests = {"Williams": number.williams, "Steiger": number.steiger, "Meng": number.meng}
    return {name: Cell(test and test.p_value, "p_value") for name, test in tests.items()}


def _trait_ranks(extended: ExtendedResults) -> Iterator[Chapter]:
    tables = sheets_by_outcome(
        extended.trait_ranks,
        lambda number, alike: {
            "trait": Cell(number.trait),
            "rho": estimate_cell(number),
            "95 % by author": author_cell(number),
            "q": Cell(number.q_value, "p_value"),
        },
        lambda outcome, alike: put_outcome(outcome),
    )
    if tables:
        note = "The point-biserial correlation of a trait with mid-ranks, nothing held equal."
        yield Chapter("Rank correlations with traits", tables, [note])


def _copies(extended: ExtendedResults) -> Iterator[Chapter]:
    if (copies := extended.copies) is None:
        return
    medians = {(median.group, median.outcome): median.median for median in copies.medians}
    rows = [
        {
            "models": number.group,
            "outcome": name_outcome(number.outcome),
            "n": Cell(number.n, "count"),
            "median": Cell(medians.get((number.group, number.outcome)), "count"),
            "rho": estimate_cell(number),
            "95 % by author": author_cell(number),
        }
        for number in copies.entries
    ]
    heading = "Machine-made models apart (overall rating)"
    yield Chapter(heading, [Sheet.of(rows)], [copies.words])


def _power(extended: ExtendedResults) -> Iterator[Chapter]:
    rows = [
        {
            "outcome": name_outcome(number.outcome),
            "n": Cell(number.n, "count"),
            "smallest": estimate_cell(number),
            "if independent": Cell(number.if_independent, "correlation"),
            "design effect": Cell(number.design_effect, "number"),
        }
        for number in extended.power
    ]
    if rows:
        sentence = (
            "The smallest |rho|, or difference of two rho, that this study shows with a power of "
            "80 %, by author where there are enough authors. What is smaller can have been missed."
        )
        title = "What this study could have seen (overall rating)"
        yield Chapter(title, [Sheet.of(rows)], [sentence])
