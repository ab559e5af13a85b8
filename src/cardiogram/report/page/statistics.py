"""How far the associations can be trusted, and what popular models have: a line each to open."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cardiogram.analysis import (
    GapReach,
    Number,
    OutlierResults,
    PartialNumber,
    ReachNumber,
    RefusedRule,
    Results,
    RuleRank,
    TraitNumber,
    TraitResults,
    round_ratio,
)
from cardiogram.report.markup import (
    Bounds,
    FittedLine,
    Markup,
    draw_interval,
    el,
    format_ends,
    format_number,
    format_percent,
    format_signed,
    join,
    join_words,
    name_outcome,
    name_outcomes,
    read_bounds,
)
from cardiogram.report.page.links import OUTCOMES, copies, huber_line, links
from cardiogram.report.tables import (
    MAIN,
    Cell,
    Chapter,
    Sheet,
    author_cell,
    estimate_cell,
    interval_cell,
    reason_cell,
    write_html,
)

Q_LIMIT = 0.05
"""A trait is marked where its q value, the p value corrected for all tests, is below this."""

_COVARIATES = {"created": "age", "task": "task", "library": "library", "size": "size"}
"""What an association is adjusted for: the covariate's first word, and how the page calls it."""


def further(results: Results) -> Markup:
    """Everything after the table of associations; a part that the results lack leaves no trace."""
    folded = [write_html(section, folded=True) for section in trust_sections(results)]
    title = "How far this can be trusted, and what popular models have"
    return join(links(results), el("h3", title) if folded else None, folded)


def trust_sections(results: Results) -> Iterator[Chapter]:
    """Sections that few readers need, in the order of the page."""
    yield from _adjusted(results)
    if results.outliers:
        yield from _outliers(results.outliers)
    yield from _duplicates(results)
    traits = results.traits
    if traits:
        for outcome in OUTCOMES:
            yield from _traits(traits, outcome)
        if traits.machine_made.n and traits.machine_made.entries:
            yield copies(traits)
    yield from _power(results)


def _adjusted(results: Results) -> Iterator[Chapter]:
    plain = {number.outcome: number for number in results.associations if number.predictor == MAIN}
    partial = {number.outcome: number for number in results.partial if number.predictor == MAIN}
    left_out = {name: out for name, n in plain.items() if (out := n.leave_one_author_out)}
    outcomes = list(dict.fromkeys([*partial, *left_out]))
    if not outcomes:
        return
    rows = []
    for name in outcomes:
        adjusted: Number | None = partial.get(name)
        whole: Number | None = plain.get(name)
        out, first = left_out.get(name), adjusted or whole
        who = f"without {out.low_without}, without {out.high_without}" if out else ""
        rows.append(
            (
                Cell(name_outcome(name).capitalize()),
                Cell(first.n if first else None, "count"),
                Cell(whole.estimate if whole else None, "correlation"),
                estimate_cell(adjusted) if adjusted else reason_cell(None),
                author_cell(adjusted) if adjusted else reason_cell(None),
                Cell(out, "interval", who),
            )
        )
    covariates = _adjusted_for(partial.values())
    title = f"Adjusted for {join_words(covariates)}" if covariates else "Adjusted"
    heads = ("With", "n", "ρ", "ρ, adjusted", "95 % by author", "ρ, one author left out")
    yield Chapter(
        f"{f'{title}, and ' if partial else 'Associations '}with one author left out",
        [Sheet(heads, rows)],
        list(_say_adjusted(covariates, [out.method for out in left_out.values()])),
    )


def _say_adjusted(covariates: Sequence[str], methods: Sequence[str]) -> Iterator[str]:
    if covariates:
        missing = [name for name in _COVARIATES.values() if name not in covariates]
        but = f" These data did not allow to adjust for {join_words(missing)}." if missing else ""
        yield f"An adjusted ρ compares models of like {join_words(covariates)}.{but}"
    if methods:
        yield f"The last column is the range of the plain ρ, {methods[0]}."


def _adjusted_for(numbers: Iterable[PartialNumber | TraitNumber]) -> list[str]:
    """What was really held equal: a size that is unknown everywhere is not among it."""
    covariates = {name.split(" ")[0] for number in numbers for name in number.given}
    return [name for key, name in _COVARIATES.items() if key in covariates]


def _outliers(outliers: OutlierResults) -> Iterator[Chapter]:
    ranks = [n for n in outliers.entries if isinstance(n, RuleRank | RefusedRule)]
    plain = {number.outcome: number for number in ranks if number.rule == "none"}
    rows = [
        (
            Cell(number.rule_words),
            Cell(name_outcome(number.outcome)),
            Cell(number.dropped, "count"),
            Cell(number.dropped_above_median_rating, "share"),
            estimate_cell(plain[number.outcome]) if number.outcome in plain else reason_cell(None),
            estimate_cell(number),
        )
        for number in ranks
        if number.rule != "none"
    ]
    if not rows:
        return
    # The sentences say that nothing was dropped: they are untrue where a rule was asked for.
    sentence = f"The numbers of this study leave out outcomes {outliers.rule_words}."
    why = outliers.why if outliers.rule == "none" else [sentence]
    heads = ("Rule", "Outcome", "Rows dropped", "Rated above the median", "ρ before", "ρ after")
    yield Chapter("Sensitivity to outliers", [Sheet(heads, rows)], why)


def _duplicates(results: Results) -> Iterator[Chapter]:
    duplicates = results.duplicates
    if duplicates is None:
        return
    of, title = f" of {format_number(duplicates.n)}", "Near-duplicate cards"
    if not duplicates.cards:
        yield Chapter(title, (), [f"None{of} cards are near-duplicates."])
        return
    associations = [
        f"{name_outcomes(number.outcome)} {_estimate_or_reason(number)} "
        f"({format_signed(number.all_cards.estimate)} with all cards)"
        for number in duplicates.entries
        if number.predictor == MAIN
    ]
    kept = (
        f"; with one card of each cluster, ρ is, with {join_words(associations)}"
        if associations
        else ""
    )
    clusters = f" in {format_number(duplicates.clusters)} clusters" if duplicates.clusters else ""
    sentence = f"{format_number(duplicates.cards)}{of} cards are near-duplicates{clusters}{kept}."
    yield Chapter(title, (), [sentence])


def _estimate_or_reason(number: Number) -> str:
    return number.reason or "–" if number.estimate is None else format_signed(number.estimate)


# The robust line -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RobustLine:
    """A robust line of log(1 + outcome) over the rating, or why there is none."""

    line: FittedLine | None
    words: str


def find_robust_line(results: Results, outcome: str) -> RobustLine:
    """Find the Huber line of one outcome over the overall rating, for the scatter plot."""
    number = huber_line(results, outcome)
    if number is None:
        return RobustLine(None, "")
    slope, intercept = number.estimate, number.intercept
    if slope is None or intercept is None:
        return RobustLine(None, f"No robust line is drawn: {number.reason or 'refused'}.")
    ends = read_bounds(number.cluster_interval)
    spread = f" (slope {format_signed(slope)}, {format_ends(ends)} by author)" if ends else ""
    words = f"The dashed line is Huber’s robust fit of log(1 + {outcome}){spread}."
    return RobustLine(FittedLine(intercept, slope), words)


# Traits --------------------------------------------------------------------------------------


def _traits(traits: TraitResults, outcome: str) -> Iterator[Chapter]:
    numbers = [number for number in traits.entries if number.outcome == outcome]
    if not numbers:
        return
    # Ratios first, the largest on top; then, in their own order, those that have none.
    numbers.sort(key=lambda number: -(number.estimate or 0.0))
    logs = [abs(math.log(end)) for number in numbers for end in _odds_ends(number) or ()]
    logs += [abs(math.log(number.estimate)) for number in numbers if number.estimate]
    reach = min(max([0.1, *logs]), math.log(20))
    tenths = (_tenth("Least popular", numbers, 0), _tenth("Most popular", numbers, -1))
    table = Sheet(
        ("Trait", *tenths, "ρ", "Odds ratio", "Around 1", "95 % by author", "q"),
        [_trait(number, traits.traits, reach) for number in numbers],
        certain={place for place, number in enumerate(numbers) if _is_marked(number)},
    )
    name = name_outcome(outcome)
    covariates = join_words(_adjusted_for(numbers)) or "nothing"
    upper = f"the upper {format_percent(round(100 * traits.top_share), 100)}"
    sentences = [
        f"Shares of the models with the fewest and with the most {name}, in tenths; equal counts "
        "stay together, so that a tenth can hold more. The odds ratio compares the odds of being "
        f"among {upper} with the trait and without it, adjusted for {covariates}: what is "
        "associated, not what would follow.",
        f"A full circle and an asterisk mark q < {Q_LIMIT}, which allows for the number of tests. "
        f"{format_number(traits.tests)} odds ratios were tested in all. The scale is logarithmic; "
        "bars beyond its ends are cut.",
    ]
    yield Chapter(f"What models with many {name} have", [table], sentences)


def _trait(number: TraitNumber, titles: Mapping[str, str], reach: float) -> tuple[Cell, ...]:
    tenths, rho = number.prevalence_by_decile, number.spearman
    rho_ends = read_bounds(rho.cluster_interval)
    first = (
        Cell(titles.get(number.trait, number.trait)),
        *(Cell(tenths[place].share if tenths else None, "share") for place in (0, -1)),
        Cell(rho.estimate, "correlation", format_ends(rho_ends) if rho_ends else ""),
    )
    odds = number.estimate
    if not odds or odds < 0:
        none = reason_cell(None)  # the reason stands in the place of four numbers
        return (*first, none, none, reason_cell(number.reason or "not computed"), none)
    ends = _odds_ends(number)
    logs = Bounds(*map(math.log, ends)) if ends else None
    # The picture's label would read out the logarithm; the ratio stands beside it as text.
    picture = el("span", draw_interval(math.log(odds), None, logs, reach), aria_hidden="true")
    return (
        *first,
        Cell(f"{round_ratio(odds)}{' *' if _is_marked(number) else ''}", "ratio"),
        Cell(picture, "picture"),
        Cell(number.cluster_interval, "ratios") if ends else interval_cell(number.cluster_interval),
        Cell(number.q_value, "p_value"),
    )


def _is_marked(number: TraitNumber) -> bool:
    return bool(number.estimate) and number.q_value is not None and number.q_value < Q_LIMIT


def _odds_ends(number: TraitNumber) -> Bounds | None:
    """Both ends of an odds ratio; None where one has no logarithm."""
    ends = read_bounds(number.cluster_interval)
    return ends if ends and min(ends) > 0 else None


def _tenth(name: str, numbers: Sequence[TraitNumber], place: int) -> str:
    tenths = numbers[0].prevalence_by_decile
    return f"{name}\n{format_number(tenths[place].n)} models" if tenths else name


# Power ---------------------------------------------------------------------------------------


def _power(results: Results) -> Iterator[Chapter]:
    main = [number for number in results.power if number.predictor == MAIN]
    if not main:
        return
    simple = [_reach(number) for number in main if " - " not in number.outcome]
    gaps = [_reach(number) for number in main if " - " in number.outcome]
    detectable = f"an association (|ρ|) of at least {join_words(simple)}" if simple else ""
    if gaps:
        detectable += (
            f"{', and ' if detectable else ''}a difference of ρ of at least {join_words(gaps)}"
        )
    sentence = (
        f"With a power of 80 %, this study could have shown {detectable}; what is smaller can "
        "have been missed."
    )
    yield Chapter("What this study could have seen", (), [sentence])


def _reach(number: ReachNumber | GapReach) -> str:
    """Name one smallest number, or say why there is none."""
    estimate = number.estimate
    smallest = number.reason or "unknown" if estimate is None else f"{estimate:.2f}"
    return f"{smallest} ({name_outcomes(number.outcome)})"
