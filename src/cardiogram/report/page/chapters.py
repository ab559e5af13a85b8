"""The chapters of the page, in the order in which a reader asks."""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.analysis import describe_coverage
from cardiogram.cards import explain_problem
from cardiogram.names import SCORES
from cardiogram.report.data import Payload
from cardiogram.report.markup import (
    Markup,
    draw_distribution,
    el,
    fold,
    format_number,
    format_percent,
    join,
    section,
)
from cardiogram.report.page.summary import (
    INTERVALS,
    describe_ratings,
    describe_study,
    write_command,
)
from cardiogram.report.tables import (
    Cell,
    Sheet,
    write_html_table,
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
        fold("Problems met on the way", write_html_table(table, "Problems")) if rows else None,
    )


def ratings(payload: Payload) -> Markup:
    """The criteria in a table, and what the ratings mean."""
    meanings = [
        el("li", el("b", f"{score} "), meaning)
        for score, meaning in enumerate(payload.rubric.overall, 1)
    ]
    return section(
        "ratings",
        "Ratings",
        describe_ratings(payload),
        fold("What the cards tell, criterion by criterion", _criteria_table(payload)),
        fold("What the five overall ratings mean", el("ul", meanings, class_="meanings")),
    )


def _criteria_table(payload: Payload) -> Markup:
    rows = []
    for name in SCORES:
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


# Methods and limits --------------------------------------------------------------------------


def methods(payload: Payload, numbers: Markup | None) -> Markup:
    """How the numbers were made, what they cannot say, all of them, and how to make them again."""
    results = payload.results
    judge, notes = results.judge, [*payload.notes, *results.notes]
    rules = [(c.about.replace("_", " ").capitalize(), c.rule) for c in results.conclusions]
    rules += [(name.replace("_", " ").capitalize(), made) for name, made in results.methods.items()]
    return section(
        "methods",
        "Methods and limits",
        "A rating is a program’s estimate, and an association is not a cause",
        el("p", describe_study(payload)),
        el(
            "p",
            f"Every rating here is an estimate by the judge “{judge.id}” {judge.version}, a "
            f"program that reads one card by the rubric {judge.rubric_version}; it judges the "
            "documentation and never the model. "
            "Popular models may be better documented because more people work on them: these data "
            "cannot tell whether a better card brings more downloads.",
        ),
        el("p", results.self_test.words) if results.self_test else None,
        fold("How to read the numbers", _terms(INTERVALS)),
        numbers,
        fold("The rule of each sentence", _terms(rules)) if rules else None,
        fold("Notes", el("ul", [el("li", note) for note in notes])) if notes else None,
        el("h3", "Make it again"),
        el("pre", el("code", write_command(payload)), tabindex=0, aria_label="Command line"),
        el(
            "p",
            " · ".join(f"{name} {version}" for name, version in payload.origin.versions.items()),
            class_="quiet",
        ),
    )


def _terms(terms: Sequence[tuple[str, str]]) -> Markup:
    rows = [join(el("dt", name), el("dd", meaning)) for name, meaning in terms]
    return el("dl", rows, class_="terms")
