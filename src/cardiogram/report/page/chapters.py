"""The chapters of the page, in the order in which a reader asks."""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.analysis import AssociationNumber, Results, describe_coverage
from cardiogram.cards import explain_problem
from cardiogram.names import CRITERIA
from cardiogram.report.data import Payload
from cardiogram.report.markup import (
    MAX_POINTS,
    METHODS,
    Markup,
    ScatterPoint,
    draw_distribution,
    draw_histogram,
    draw_interval,
    draw_scatter,
    el,
    fold,
    format_number,
    format_percent,
    join,
    join_words,
    name_outcome,
    name_predictor,
    read_bounds,
    section,
)
from cardiogram.report.page.groups import by_group
from cardiogram.report.page.statistics import find_robust_line, further
from cardiogram.report.page.summary import (
    INTERVALS,
    certain_findings,
    describe_ratings,
    describe_study,
    is_certain,
    shorten_finding,
    write_command,
)
from cardiogram.report.tables import MAIN, Cell, Sheet, interval_cell, write_html_table


def header(payload: Payload) -> Markup:
    """Title, summary, findings and the key numbers."""
    total = payload.results.coverage.models
    lines = [el("li", sentence) for sentence in certain_findings(payload)]
    return el(
        "header",
        el("p", "Model card study · ", payload.folder, class_="kicker"),
        el("h1", f"How well {'is' if total == 1 else 'are'} {_these(total)} documented?"),
        el("p", describe_study(payload), class_="lede"),
        _key_numbers(payload),
        el("ul", lines, class_="findings") if lines else None,
        class_="title",
    )


def _these(total: int) -> str:
    return "this model" if total == 1 else f"these {total:,} models"


def _key_numbers(payload: Payload) -> Markup:
    results = payload.results
    counts, overall = payload.histogram("overall"), results.ratings.get("overall")
    pairs = [
        ("models", format_number(results.coverage.models)),
        ("rated", format_number(results.coverage.rated)),
        ("mean rating, 1 to 5", format_number(overall.mean if overall else None, 2)),
        ("empty or placeholder", format_percent(counts[1], sum(counts.values()))),
    ]
    return el(
        "dl",
        [el("div", el("dt", name), el("dd", value)) for name, value in pairs],
        class_="numbers",
    )


def coverage(payload: Payload) -> Markup:
    """How many models were rated, how many not and why."""
    results = payload.results
    cover, problems = results.coverage, results.coverage.problems
    rows = [
        (Cell(problems[code], "count"), Cell(explain_problem(code)))
        for code in sorted(problems, key=lambda code: (-problems[code], code))
    ]
    table = Sheet(("Number", "What was met"), rows)
    missing = cover.without_rating
    headline = f"{format_number(cover.rated)} of {format_number(cover.models)} models have a rating"
    why = (
        "Every model’s card could be read and rated."
        if not missing
        else f"{format_number(missing)} could not be rated and are left out of every statistic "
        "below."
    )
    more = " A problem does not keep a card from being rated unless there is no text."
    said = describe_coverage(cover).strip(" ;")
    return section(
        "coverage",
        "Coverage",
        headline,
        el("p", why + more * bool(rows)),
        el("p", f"{results.judge.id}: {said}.") if said else None,
        write_html_table(table, "Problems met on the way") if rows else None,
    )


def ratings(payload: Payload) -> Markup:
    """Draw the histogram of the overall rating and the criteria in a table."""
    rubric, results = payload.rubric, payload.results
    meanings = [
        el("li", el("b", f"{score} "), meaning) for score, meaning in enumerate(rubric.overall, 1)
    ]
    return section(
        "ratings",
        "Ratings",
        describe_ratings(payload),
        el(
            "figure",
            draw_histogram(payload.histogram("overall"), rubric.overall_names),
            el("ol", meanings, class_="meanings"),
            el("figcaption", "Cards by overall rating. The words are the rubric’s."),
            class_="histogram",
        ),
        el("h3", "What the cards tell, criterion by criterion"),
        _criteria_table(payload),
        by_group(results),
    )


def _criteria_table(payload: Payload) -> Markup:
    rows = []
    for name in CRITERIA:
        counts, rating = payload.histogram(name), payload.results.ratings.get(name)
        rows.append(
            (
                Cell(name.capitalize(), below=payload.rubric.questions.get(name, "")),
                Cell(draw_distribution(counts), "bars"),
                Cell(rating.mean if rating else None, "number"),
                Cell(rating.median if rating else None, "count"),
                Cell(format_percent(counts[1], sum(counts.values())), "share"),
            )
        )
    table = Sheet(("Criterion", "Scores 1 to 5", "Mean", "Median", "Share at 1"), rows)
    levels = payload.rubric.level_names
    legend = [
        el("span", el("span", class_=f"swatch s{score}"), f"{score} {levels[score]}")
        for score in range(1, 6)
    ]
    return join(write_html_table(table, "Scores by criterion"), el("p", legend, class_="legend"))


def popularity(payload: Payload) -> Markup:
    """Rating against downloads and likes: scatter plots and the associations."""
    results = payload.results.without_absent()
    certain = certain_findings(payload)
    headline = shorten_finding(certain[0]) if certain else _nothing_certain(results)
    return section(
        "popularity",
        "Rating and popularity",
        headline,
        el("div", _scatter(payload, "downloads"), _scatter(payload, "likes"), class_="pair"),
        el("h3", "Associations"),
        _changes(results),
        _associations(results.associations) or el("p", "No association was computed."),
        _absent(results),
        further(results),
    )


def _absent(results: Results) -> Markup | None:
    """One sentence for what no model has, in the place of a row of reasons in every table."""
    outcomes = [name_outcome(name) for name in results.absent]
    if not outcomes:
        return None
    return el("p", f"No model of this study has {join_words(outcomes)}: nothing is said of it.")


def _nothing_certain(results: Results) -> str:
    if all(number.estimate is None for number in results.associations):
        return "There is not enough data to relate ratings to popularity"
    return "No association of the overall rating with popularity is certain in this study"


def scatter_points(payload: Payload, outcome: str) -> list[ScatterPoint]:
    """A point for each rated model that has a count of the outcome."""
    points = []
    for i, model in enumerate(payload.models):
        count = getattr(model, outcome)
        if count is not None and model.scores:
            points.append(ScatterPoint(i, model.scores["overall"].expected, count))
    return points


def _scatter(payload: Payload, name: str) -> Markup:
    points = scatter_points(payload, name)
    drawn = ""
    if len(points) > MAX_POINTS:
        drawn = f" A random {MAX_POINTS:,} of {len(points):,} models are drawn."
    fit = find_robust_line(payload.results, name)
    caption = (
        "Each dot is a model; the orange line joins the medians of the models near each rating. "
        f"{fit.words}{drawn}"
        if points
        else f"No rated model has a count of {name}."
    )
    return el("figure", draw_scatter(points, name, fit.line), el("figcaption", caption))


def _changes(results: Results) -> Markup | None:
    """Say which two days the changes are of; nothing where there are none."""
    if results.changes is None:
        return None
    first = (
        "New likes, new downloads and the growth of downloads are changes between two snapshots."
    )
    return el("p", " ".join([first, *results.changes.words]))


def _associations(numbers: Sequence[AssociationNumber]) -> Markup | None:
    """The overall rating openly, the criteria behind a line."""
    ends = [
        abs(end)
        for number in numbers
        for interval in (number.interval, number.cluster_interval)
        for end in read_bounds(interval) or ()
    ]
    reach = max([0.1, *ends, *(abs(number.estimate or 0) for number in numbers)])
    overall = [number for number in numbers if number.predictor == MAIN]
    criteria = [number for number in numbers if number.predictor != MAIN]
    n = len(criteria)
    summary = f"The same for each criterion ({n} association{'' if n == 1 else 's'})"
    shown = [
        write_html_table(_association_table(some, reach), label) if some else None
        for some, label in ((overall, "Associations"), (criteria, "Associations by criterion"))
    ]
    return join(shown[0], fold(summary, shown[1]) if n else None) or None


def _association_table(numbers: Sequence[AssociationNumber], reach: float) -> Sheet:
    heads = ("Rating of", "With", "n", "Estimate", "Around zero")
    return Sheet(
        (*heads, "95 % by author", "95 % plain", "p", "In words"),
        [_association(number, reach) for number in numbers],
        certain={place for place, number in enumerate(numbers) if is_certain(number)},
    )


def _association(number: AssociationNumber, reach: float) -> tuple[Cell, ...]:
    plain, author = read_bounds(number.interval), read_bounds(number.cluster_interval)
    estimate = number.estimate
    return (
        Cell(name_predictor(number.predictor).capitalize()),
        Cell(name_outcome(number.outcome)),
        Cell(number.n, "count"),
        Cell(estimate, "correlation", METHODS.get(number.method, number.method)),
        Cell(
            None if estimate is None else draw_interval(estimate, plain, author, reach), "picture"
        ),
        interval_cell(number.cluster_interval),
        interval_cell(number.interval),
        Cell(number.p_value, "p_value"),
        Cell(number.words or number.reason, "sentence"),
    )


# Methods and limits --------------------------------------------------------------------------


def methods(payload: Payload) -> Markup:
    """How the numbers were made, what they cannot say, and how to make them again."""
    judge, notes = payload.results.judge, [*payload.notes, *payload.results.notes]
    return section(
        "methods",
        "Methods and limits",
        "A rating is a program’s estimate, and an association is not a cause",
        el(
            "p",
            f"Every rating here is an estimate by the judge “{judge.id}” {judge.version}, a "
            f"program that reads one card by the rubric {judge.rubric_version}; it judges the "
            "documentation and never the model. "
            "Popular models may be better documented because more people work on them: these data "
            "cannot tell whether a better card brings more downloads.",
        ),
        el("h3", "How to read the intervals"),
        el(
            "dl",
            [join(el("dt", name), el("dd", meaning)) for name, meaning in INTERVALS],
            class_="terms",
        ),
        join(el("h3", "Notes"), el("ul", [el("li", note) for note in notes])) if notes else None,
        el("h3", "Make it again"),
        el("pre", el("code", write_command(payload)), tabindex=0, aria_label="Command line"),
        el(
            "p",
            " · ".join(f"{name} {version}" for name, version in payload.origin.versions.items()),
            class_="quiet",
        ),
    )
