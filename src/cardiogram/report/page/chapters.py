"""The chapters of the page, in the order in which a reader asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from cardiogram.analysis import DoseLevel, describe_coverage, round_count
from cardiogram.cards import explain_problem
from cardiogram.names import SCORES
from cardiogram.report.data import Payload
from cardiogram.report.markup import (
    Markup,
    RatingBar,
    draw_distribution,
    draw_ratings,
    el,
    fold,
    format_day,
    format_number,
    format_percent,
    format_share,
    join,
    keep_units,
    section,
)
from cardiogram.report.page.summary import (
    INTERVALS,
    describe_ratings,
    describe_study,
    write_command,
)
from cardiogram.report.page.what_to_do import draw_cards
from cardiogram.report.tables import (
    Cell,
    Sheet,
    conclusion_paragraphs,
    describe_judge,
    describe_models,
    write_html_table,
)


def header(payload: Payload) -> Markup:
    """Title, what was studied, and what was found: in words and in one picture."""
    results = payload.results
    short = next((c.short for c in results.conclusions if c.about == "ratings"), "")
    day = format_day(payload.origin.created_at)
    based_on = (describe_models(results), describe_judge(results), day)
    total = results.coverage.models
    question = f"How well {'is' if total == 1 else 'are'} {_these(total)} documented?"
    chart, caption = draw_dose(payload)
    return el(
        "header",
        el("p", "Model card study · ", payload.folder, class_="kicker"),
        el("h1", short or question),
        el("p", " · ".join(filter(None, based_on)), class_="lede"),
        el(
            "div",
            _findings(payload),
            el("figure", chart, el("figcaption", caption)),
            class_="first",
        ),
        class_="title",
    )


def _findings(payload: Payload) -> Markup:
    """What was found in sentences; of few authors the cards to mend first."""
    results = payload.results
    if results.is_work_list and (cards := draw_cards(payload)):
        return el("div", el("h3", "Mend first"), cards)
    kept = [c for c in results.conclusions if not results.is_work_list or c.about == "ratings"]
    paragraphs = conclusion_paragraphs(replace(results, conclusions=tuple(kept)))
    return el("ul", [el("li", keep_units(words)) for words in paragraphs], class_="findings")


def _these(total: int) -> str:
    return "this model" if total == 1 else f"these {total:,} models"


def draw_dose(payload: Payload) -> tuple[Markup, str]:
    """Cards by overall rating, with what goes with each rating below it, and its caption."""
    words, levels = payload.rubric.overall_names, payload.results.dose
    if not levels or payload.results.is_work_list:
        bars = [
            RatingBar(str(score), words[score].partition(" ")[0], score, n)
            for score, n in payload.histogram("overall").items()
        ]
        return draw_ratings(bars), "Cards by overall rating. The words are the rubric’s."
    bars = [
        RatingBar(
            level.label,
            _name(words, level),
            level.lowest,
            level.cards,
            [
                _show(level.medians.get("downloads"), round_count),
                _show(level.shares_above_zero.get("likes"), format_share),
            ],
        )
        for level in levels
    ]
    caption = (
        "Cards by overall rating, in the rubric’s words; below each bar what the models of these "
        "cards have. What goes together is not what would follow."
    )
    return draw_ratings(bars, ["median of downloads in 30 days", "liked at all"]), caption


def _name(words: Mapping[int, str], level: DoseLevel) -> str:
    """The first word of the rubric's name of a rating, or what two or more have in common."""
    first, last = (words[score].partition(" ")[0] for score in (level.lowest, level.highest))
    if level.lowest == level.highest:
        return first
    return f"{first} or better" if level.highest == 5 else f"{first} to {last}"


def _show(value: float | None, write: Callable[[float], str]) -> str:
    return "–" if value is None else write(value)


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
    """The criteria in a table, and what the ratings mean."""
    meanings = [
        el("li", el("b", f"{score} "), meaning)
        for score, meaning in enumerate(payload.rubric.overall, 1)
    ]
    return section(
        "ratings",
        "Ratings",
        describe_ratings(payload),
        el("h3", "What the cards tell, criterion by criterion"),
        _criteria_table(payload),
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


def methods(payload: Payload) -> Markup:
    """How the numbers were made, what they cannot say, and how to make them again."""
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
        el("h3", "How to read the numbers"),
        _terms(INTERVALS),
        fold("The rule of each sentence", _terms(rules)) if rules else None,
        join(el("h3", "Notes"), el("ul", [el("li", note) for note in notes])) if notes else None,
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
