"""Whether ratings go with popularity: effects, within groups, likes against downloads, copies."""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.analysis import (
    ComparisonNumber,
    RegressionNumber,
    Results,
    SlopeNumber,
    StrataNumber,
    TraitResults,
)
from cardiogram.report.markup import (
    ForestRow,
    Markup,
    draw_forest,
    el,
    fold,
    format_number,
    format_signed,
    join,
    keep_units,
    name_outcome,
    name_outcomes,
    read_bounds,
)
from cardiogram.report.page.summary import is_certain
from cardiogram.report.tables import (
    MAIN,
    PLURALS,
    Cell,
    Chapter,
    Sheet,
    author_cell,
    by_outcome,
    estimate_cell,
    gap_cell,
    is_printed,
    slope_cells,
    williams_cell,
    write_html,
)

OUTCOMES = ("downloads", "likes")
"""Outcomes that are drawn; results.json has the others."""

SHOWN = 15
"""Groups in a plot, the largest; all of them are in its mean."""

_TRAITS = 10  # in the table of copies: those whose shares lie furthest apart
_SLOPES = ("Times a point", "95 % by author")
_CORRELATIONS = ("ρ with the first", "ρ with the second", "Difference", "95 % by author")


def links(results: Results) -> Markup:
    """Effects, groups and comparisons; a part that the results lack leaves no trace."""
    return join(_effects(results), within(results), _comparisons(results))


# How many times ------------------------------------------------------------------------------


def _effects(results: Results) -> Markup | None:
    """Effects in the words of the analysis; the report adds no number of its own."""
    main = [number for number in results.regressions if number.predictor == MAIN]
    sentences = [
        number.words or f"{name_outcome(number.outcome)}: {number.reason}"
        for number in main
        if number.words or (number.main and number.reason)
    ]
    title = "How many times the downloads and likes go with a better card"
    lines = [el("li", keep_units(sentence)) for sentence in sentences]
    heading = join(el("h3", title), el("ul", lines, class_="effects")) if lines else None
    if all(number.main for number in main):
        return heading
    return join(heading, write_html(other_models(main), folded=True))


def other_models(main: Sequence[RegressionNumber]) -> Chapter:
    """One table an outcome: the main model first, then those that stand beside it."""
    tables = [
        Sheet(
            ("Model", "n", "Slope", *_SLOPES),
            [
                (
                    Cell(number.method[:1].upper() + number.method[1:]),
                    Cell(number.n, "count"),
                    Cell(number.estimate, "correlation"),
                    *slope_cells(number)[1:],
                )
                for number in numbers
            ],
            name_outcome(outcome).capitalize(),
        )
        for outcome, numbers in by_outcome(filter(is_printed, main))
    ]
    without = [_without_author(number) for number in main if number.without_largest_author]
    if without:
        title = "The main model without the author who has most of the outcome"
        heads = ("Main model of", "Without", "Share of it", *_SLOPES)
        tables.insert(0, Sheet(heads, without, title))
    sentence = (
        "The first model is the main one: a Poisson pseudo-likelihood with effects of task and "
        "library, whose slope does not depend on the unit of the count. Huber’s robust line goes "
        "through log(1 + count), and is refused where ties or zeros would decide it. Other robust "
        "lines, the hurdle and the negative binomial model are in results.json."
    )
    title = "Other models of this link, and which of them these data refuse"
    return Chapter(title, tables, [sentence])


def _without_author(number: RegressionNumber) -> tuple[Cell, ...]:
    """The author who has most of an outcome: one author can carry such a slope."""
    without = number.without_largest_author
    assert without is not None
    return (
        Cell(name_outcome(number.outcome).capitalize()),
        Cell(without.author, "name"),
        Cell(without.share_of_outcome, "share"),
        *slope_cells(without)[1:],
    )


# Within groups -------------------------------------------------------------------------------


def within(results: Results) -> Markup | None:
    """One pair of forest plots for each kind of group; the first stands open."""
    parts: list[Markup] = []
    for by in PLURALS:
        numbers = [number for number in within_forests(results) if number.by == by]
        if not numbers:
            continue
        title = _finding(by, numbers)
        body = el("div", [_figure(number) for number in numbers], class_="pair")
        parts.append(fold(title, body) if parts else join(el("h4", title), body))
    if not parts:
        return None
    return join(
        el("h3", "Does the link hold within groups of models?"),
        el(
            "p",
            "A link over all models can come from differences between libraries or tasks alone, "
            "and turn round within each of them. Here Spearman’s ρ of the overall rating is "
            "computed within each group of 15 models or more. A bar is its 95\u00a0% interval by "
            "author, a full circle one that excludes 0; the diamond is the mean of the groups by "
            "random effects, as wide as its interval.",
        ),
        parts,
    )


def within_forests(results: Results) -> list[StrataNumber]:
    """Means of the overall rating that have groups to draw."""
    return [
        number
        for number in results.strata
        if number.predictor == MAIN
        and number.outcome in OUTCOMES
        and any(group.estimate is not None for group in number.strata)
    ]


def draw_within(number: StrataNumber) -> Markup:
    """Draw the groups of one kind with one outcome, and their mean."""
    rows = [
        ForestRow(group.stratum, group.n, group.estimate, read_bounds(group.cluster_interval))
        for group in number.strata[:SHOWN]
        if group.estimate is not None
    ]
    ends, plural = read_bounds(number.cluster_interval), PLURALS.get(number.by, number.by)
    mean = None
    if number.estimate is not None and ends:
        label = f"Mean of {format_number(number.groups)} {plural}"
        mean = ForestRow(label, number.n, number.estimate, ends)
    title = f"ρ of the overall rating with {name_outcome(number.outcome)} within {plural}"
    return draw_forest(f"within-{number.by}-{number.outcome}", title, rows, mean)


def _figure(number: StrataNumber) -> Markup:
    total = len(number.strata)
    some = f" The {SHOWN} largest of {total} groups are drawn." if total > SHOWN else ""
    name = name_outcome(number.outcome).capitalize()
    sentence = keep_units(number.words or number.reason or "")
    return el("figure", draw_within(number), el("figcaption", el("b", f"{name}. "), sentence, some))


def _finding(by: str, numbers: Sequence[StrataNumber]) -> str:
    """The means in one line, as in: Within tasks: +0.24 with downloads, +0.38 with likes."""
    means = [
        f"{format_signed(number.estimate)} with {number.outcome}"
        for number in numbers
        if is_certain(number)
    ]
    return f"Within {PLURALS[by]}: {', '.join(means) or 'no link can be told'}"


# Likes against downloads ---------------------------------------------------------------------


def _comparisons(results: Results) -> Markup | None:
    main = [number for number in results.comparisons if number.predictor == MAIN]
    whole = [number for number in main if number.by == "all"]
    if not whole:
        return None
    groups = [number for number in main if number.by != "all" and number.estimate is not None]
    groups = [number for number in groups if number.outcome == groups[0].outcome]
    return join(
        write_html(comparison(whole)),
        write_html(comparison_by_group(groups), folded=True) if groups else None,
    )


def comparison(numbers: Sequence[ComparisonNumber]) -> Chapter:
    """Whether the link is stronger with one outcome than with another."""
    rows = [(Cell(name_outcomes(number.outcome)), *_gap_cells(number)) for number in numbers]
    table = Sheet(("Compared", "n", *_CORRELATIONS, "Williams’ p"), rows)
    answer = numbers[0].words or numbers[0].reason
    title = "Is the link stronger with likes than with downloads?"
    return Chapter(title, [table], [answer] if answer else [])


def comparison_by_group(numbers: Sequence[ComparisonNumber]) -> Chapter:
    """Whether the link is stronger with likes, group by group."""
    sides = [_side(number) for number in numbers]
    rows = [
        (Cell(number.stratum, "name"), Cell(number.by), *_gap_cells(number)) for number in numbers
    ]
    return Chapter(
        f"The same by group: stronger with likes in {sides.count(1)} of {len(numbers)}, weaker in "
        f"{sides.count(-1)}",
        [Sheet(("Group", "Of", "n", *_CORRELATIONS, "Williams’ p"), rows)],
        [
            f"Counted where the 95 % interval by author excludes 0; of {len(numbers)} groups, "
            f"about {0.05 * len(numbers):.1f} would by chance. Groups of different kinds share "
            "their models."
        ],
    )


def _gap_cells(number: ComparisonNumber) -> tuple[Cell, ...]:
    return (
        Cell(number.n, "count"),
        Cell(number.first_rho, "correlation"),
        Cell(number.second_rho, "correlation"),
        estimate_cell(number),
        gap_cell(number),
        williams_cell(number),
    )


def _side(number: ComparisonNumber) -> int:
    """Which side of 0 the interval by author lies on; 0 where on both."""
    bounds = read_bounds(number.cluster_interval)
    if bounds is None or bounds.low <= 0 <= bounds.high:
        return 0
    return 1 if bounds.low > 0 else -1


# Copies --------------------------------------------------------------------------------------


def copies(traits: TraitResults) -> Chapter:
    """How copies differ: what they get, whether the rating goes with it, what they say."""
    made, labels = traits.machine_made, {"machine-made": "Copies", "the rest": "All others"}
    medians = {(median.group, median.outcome): median.median for median in made.medians}
    rows = [
        (
            Cell(labels[number.group]),
            Cell(name_outcome(number.outcome)),
            Cell(number.n, "count"),
            Cell(medians.get((number.group, number.outcome)), "count"),
            estimate_cell(number),
            author_cell(number),
        )
        for number in made.entries
    ]
    heads = ("Models", "With", "n", "Median", "ρ of the overall rating", "95 % by author")
    shares = [
        (abs(share.made - share.others), share)
        for share in made.prevalence
        if share.made is not None and share.others is not None
    ]
    widest = sorted(shares, key=lambda pair: -pair[0])[:_TRAITS]
    has = [
        (
            Cell(traits.traits.get(share.trait, share.trait)),
            Cell(share.made, "share"),
            Cell(share.others, "share"),
        )
        for _, share in widest
    ]
    title = f"The {len(has)} traits whose shares lie furthest apart"
    tables = [Sheet(heads, rows), Sheet(("Has", "Copies", "All others"), has, title)]
    return Chapter("Converted and quantised copies apart", tables[: 1 + bool(has)], [made.words])


# The robust line -----------------------------------------------------------------------------


def huber_line(results: Results, outcome: str) -> SlopeNumber | None:
    """Huber's line of log(1 + outcome) over the overall rating."""
    lines = (
        number
        for number in results.regressions
        if number.predictor == MAIN
        and number.outcome == outcome
        and number.method.startswith("Huber")
    )
    return next(lines, None)
