"""The results of an analysis as chapters: what a terminal, Markdown and the page's folds show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Literal

from cardiogram.analysis import Results, describe_coverage, put_outcome
from cardiogram.report.markup import count_of, join_words
from cardiogram.report.tables.cells import (
    PLURALS,
    Cell,
    Chapter,
    Kind,
    Sheet,
    author_cell,
    by_outcome,
    count_models,
    criterion_cell,
    estimate_cell,
    interval_cell,
    name_outcome,
    reason_cell,
    sheets_by_outcome,
    size_cell,
    slope_cells,
)
from cardiogram.report.tables.extended_views import extended_chapters
from cardiogram.report.tables.flat import COLUMNS, all_numbers
from cardiogram.report.tables.work_views import work_chapters
from cardiogram.report.tables.writers import render_table, write_markdown, write_text

if TYPE_CHECKING:
    from cardiogram.analysis import AssociationNumber, GroupLink, PartialNumber, TraitOdds

Format = Literal["text", "markdown", "csv"]

KINDS = {
    "writer": "Traits that a writer can add",
    "model": "Traits of the kind of model",
    "hub": "Traits that the Hub computes",
}

_GOES_ON = {
    ("times", "without_outliers"),
    ("tasks", "near_duplicates"),
    ("tasks", "one_author"),
    ("near_duplicates", "one_author"),
}
"""Conclusions of which the second goes on in the paragraph of the first."""


def render_results(results: Results, format: Format = "text") -> str:
    """Render the tables of everything in `results.json`.

    Parameters
    ----------
    format
        `csv` has one row a number, with interval, method, call and seed.
    """
    if format == "csv":
        return render_table(list(all_numbers(results)), "csv", columns=COLUMNS)
    chapters, notes = list(result_chapters(results)), [*say_absent(results), *results.notes]
    if format == "text":
        return write_text(chapters, _describe_coverage(results), notes)
    first = Chapter("What was found", sentences=conclusion_paragraphs(results))
    return write_markdown([first, *chapters], _describe_coverage(results), notes)


def render_corrected(results: Results) -> str:
    """Render the associations that gold ratings correct, as text."""
    return write_text(list(_corrected(results)))


def describe_models(results: Results) -> str:
    """Say in a few words what was studied."""
    cover = results.coverage
    who = _name_authors(results)
    models = f"{count_of(cover.models, 'model')} {'in' if who.startswith('./') else 'by'} {who}"
    return f"{models}, all that the list had" if cover.whole_list else models


def _name_authors(results: Results) -> str:
    """Few authors by name, more by their number."""
    if results.work is None:
        return count_of(results.coverage.authors, "author")
    return join_words(results.work.authors)


def describe_judge(results: Results) -> str:
    """Say in a few words how many cards were rated by what."""
    cover, judge = results.coverage, results.judge
    cards = "all" if cover.rated == cover.models > 1 else count_of(cover.rated, "card")
    name = "the built-in judge" if judge.id == "embedded" else judge.id
    return f"{cards} rated by {name} {judge.version.partition('+')[0]}".rstrip()


def _describe_coverage(results: Results) -> str:
    """Say in one line what the numbers rest on."""
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


def say_absent(results: Results) -> list[str]:
    """One sentence for each outcome that no model has, in the place of rows of reasons."""
    missing = [put_outcome(name) for name in results.absent]
    return [f"No model of this study has {name}: nothing is said of it." for name in missing]


def conclusion_paragraphs(results: Results, *said: str) -> list[str]:
    """The words of all conclusions, those of one subject together.

    Parameters
    ----------
    said
        Words that stand elsewhere, and are left out.
    """
    paragraphs: list[str] = []
    before = ""
    for conclusion in results.conclusions:
        if conclusion.words in said:
            continue
        if (before, conclusion.about) in _GOES_ON:
            paragraphs[-1] += f" {conclusion.words}"
        else:
            paragraphs.append(conclusion.words)
        before = conclusion.about
    return paragraphs


def result_chapters(results: Results) -> Iterator[Chapter]:
    """Every part that the results have, in the order in which a reader asks."""
    results = results.without_absent()
    parts = (
        work_chapters,
        _dose,
        _changes,
        _ranks,
        _comparisons,
        _regressions,
        _links,
        _groups,
        _duplicates,
        _within_authors,
        _traits,
        _curve,
        _corrected,
        _self_test,
    )
    yield from chain.from_iterable(part(results) for part in parts)
    if results.extended:
        yield from extended_chapters(results.extended)


def _dose(results: Results) -> Iterator[Chapter]:
    levels = results.dose
    rows = [[Cell("cards"), *(Cell(level.cards, "count") for level in levels)]]
    for name in levels[0].medians if levels else ():
        kind: Kind = "correlation" if name == "downloads_change" else "count"  # a log ratio
        median = [Cell(level.medians.get(name), kind) for level in levels]
        share = [Cell(level.shares_above_zero.get(name), "share") for level in levels]
        rows.append([Cell(f"{put_outcome(name)}, median"), *median])
        rows.append([Cell(f"{put_outcome(name)}, above 0"), *share])
    if levels:
        heads = ("overall rating", *(level.label for level in levels))
        known = [row for row in rows if any(cell.value is not None for cell in row[1:])]
        yield Chapter("Overall rating", [Sheet(heads, known)])


def _changes(results: Results) -> Iterator[Chapter]:
    if (changes := results.changes) is None:
        return
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
    yield Chapter(heading, [Sheet.of(rows)], changes.words)


def _ranks(results: Results) -> Iterator[Chapter]:
    partial = {(number.predictor, number.outcome): number for number in results.partial}
    tables = sheets_by_outcome(
        results.associations,
        lambda number, alike: _rank(number, alike, partial.get((number.predictor, number.outcome))),
        count_models,
    )
    if not tables:
        return
    sentence = (
        "Intervals are 95 % ones by author; q is the p value by author, over all of them. Adjusted "
        "ones compare like models."
    )
    held = _held(number.given for number in results.partial)
    yield Chapter("Rank correlations (Spearman's rho)", tables, [sentence + held])


def _rank(
    number: AssociationNumber,
    numbers: Sequence[AssociationNumber],
    partial: PartialNumber | None,
) -> dict[str, Cell]:
    return {
        "rating": criterion_cell(number.predictor),
        **size_cell(number, numbers),
        "rho": estimate_cell(number),
        "95 % by author": author_cell(number),
        "q": Cell(number.q_value, "p_value"),
        "adjusted": estimate_cell(partial) if partial else reason_cell(None),
        "95 %, adjusted": author_cell(partial) if partial else reason_cell(None),
    }


def _comparisons(results: Results) -> Iterator[Chapter]:
    tables = sheets_by_outcome(
        results.comparisons,
        lambda number, alike: {
            "rating": criterion_cell(number.predictor),
            **size_cell(number, alike),
            "first": Cell(number.first_rho, "correlation"),
            "second": Cell(number.second_rho, "correlation"),
            "gap": estimate_cell(number),
            "95 % by author": author_cell(number),
        },
        count_models,
    )
    if tables:
        note = "A gap is the first outcome's correlation minus the second's, both adjusted alike."
        yield Chapter("Likes against downloads", tables, [note])


def _regressions(results: Results) -> Iterator[Chapter]:
    tables = sheets_by_outcome(
        results.regressions,
        lambda number, alike: {
            "model": number.method.partition(" of ")[0],
            "of": number.rows,
            "n": Cell(number.n, "count"),
            **dict(
                zip(("times per point", "95 % by author"), slope_cells(number)[1:], strict=True)
            ),
        },
        lambda outcome, alike: put_outcome(outcome),
    )
    if tables:
        note = (
            "Times per point of the overall rating: of 1 + the outcome by the M-estimator of "
            "log1p, of the odds of any at all by the logit."
        )
        held = _held(number.given for number in results.regressions)
        yield Chapter("Regressions", tables, [note + held])


def _held(covariates: Iterable[Sequence[str]]) -> str:
    """What was held equal, from what was really used."""
    used = list(dict.fromkeys(name for some in covariates for name in some))
    return f" Held equal: {join_words(used)}." if used else ""


def _links(results: Results) -> Iterator[Chapter]:
    tables = [
        Sheet.of(list(map(_link, links)), f"{plural}: {put_outcome(outcome)}")
        for by, plural in PLURALS.items()
        for outcome, links in by_outcome(link for link in results.links if link.by == by)
    ]
    if tables:
        note = (
            "Nothing else is held equal. All intervals of a table hold together with 95 % (max-t, "
            "by author)."
        )
        yield Chapter("The overall rating's correlation within groups", tables, [note])


def _link(link: GroupLink) -> dict[str, Cell]:
    rho = Cell(link.estimate, "correlation")
    return {
        "group": Cell(link.group, "name"),
        "n": Cell(link.n, "count"),
        "authors": Cell(link.authors, "count"),
        "rho": rho if link.reason is None else reason_cell(link.reason),
        "95 %, together": interval_cell(link.simultaneous),
    }


def _groups(results: Results) -> Iterator[Chapter]:
    for by, plural in PLURALS.items():
        rows = [
            {
                by: Cell(number.group, "name"),
                "cards": Cell(number.n, "count"),
                "mean": Cell(number.estimate, "number"),
                "95 % by author": author_cell(number),
                **{
                    f"of {name}": Cell(number.shares.get(name), "share")
                    for name in ("downloads", "likes")
                },
            }
            for number in results.groups
            if number.by == by
        ]
        pairs = [pair for pair in results.means_differ if pair.by == by]
        sentences = [
            f"{pair.first} and {pair.second} differ by {pair.difference:.2f} "
            f"({pair.low:.2f} to {pair.high:.2f}; all pairs together 95 %)."
            for pair in pairs
        ]
        none = f"No two {plural} differ for certain in their mean rating."
        if by == "segment":
            none = "Segments are made of the cards' own words: they are not ranked."
        if len(rows) > 1:
            yield Chapter(f"Mean rating by {by}", [Sheet.of(rows)], sentences or [none])


def _duplicates(results: Results) -> Iterator[Chapter]:
    if (duplicates := results.duplicates) is None:
        return
    rows = [
        {
            "outcome": name_outcome(number.outcome),
            "n": Cell(number.n, "count"),
            "rho, one card a cluster": estimate_cell(number),
            "95 % by author": author_cell(number),
            "rho, all cards": Cell(number.all_cards.estimate, "correlation"),
        }
        for number in duplicates.entries
    ]
    sentence = (
        f"{duplicates.cards:,} of {duplicates.n:,} cards are near-duplicates in "
        f"{duplicates.clusters:,} clusters "
        f"({duplicates.one_author:,} of one author, {duplicates.several_authors:,} of several);"
        f" the largest has {duplicates.largest:,} cards."
    )
    yield Chapter("Near-duplicate cards", [Sheet.of(rows)], [sentence])


def _within_authors(results: Results) -> Iterator[Chapter]:
    rows = [
        {
            "outcome": name_outcome(number.outcome),
            "authors": Cell(number.authors, "count"),
            "models": Cell(number.models, "count"),
            "within": Cell(number.variance_share, "share"),
            "times per point": Cell(number.ratio, "ratio")
            if number.reason is None
            else reason_cell(number.reason),
            "95 %": Cell(number.ratio_interval, "ratios"),
            "p": Cell(number.p_value, "p_value"),
        }
        for number in results.within_authors
    ]
    if rows:
        note = (
            "Of 1 + the outcome, by least squares with an effect of each author; p by permutation "
            "within authors."
        )
        yield Chapter("Among models of the same author", [Sheet.of(rows)], [note])


def _traits(results: Results) -> Iterator[Chapter]:
    tables = [
        Sheet.of(list(map(_trait, numbers)), f"{heading}: {put_outcome(outcome)}")
        for kind, heading in KINDS.items()
        for outcome, numbers in by_outcome(t for t in results.odds if t.kind == kind)
    ]
    if tables:
        note = (
            "Odds of being among the most popular with the trait over those without it, adjusted; "
            "q over all traits of all kinds. Lowest and highest: shares in the outer tenths."
        )
        held = _held(trait.given for trait in results.odds)
        yield Chapter("Traits and popularity", tables, [note + held])


def _trait(number: TraitOdds) -> dict[str, Cell]:
    tenths = number.prevalence_by_decile
    return {
        "trait": Cell(number.words),
        "have it": Cell(number.prevalence, "share"),
        "lowest": Cell(tenths[0].share if tenths else None, "share"),
        "highest": Cell(tenths[-1].share if tenths else None, "share"),
        "odds": Cell(number.estimate, "ratio"),
        "95 %": Cell(number.cluster_interval, "ratios")
        if number.estimate is not None
        else reason_cell(number.reason),
        "q": Cell(number.q_value, "p_value"),
    }


def _curve(results: Results) -> Iterator[Chapter]:
    tables = [
        Sheet.of(
            [
                {
                    "held equal": join_words(point.controls) or "nothing",
                    "models": point.rows,
                    "by": point.estimator,
                    "n": Cell(point.n, "count"),
                    "number": Cell(point.ratio, "ratio")
                    if point.ratio is not None
                    else Cell(point.estimate, "correlation")
                    if point.reason is None
                    else reason_cell(point.reason),
                    "p by author": Cell(point.p_value, "p_value"),
                }
                for point in points
            ],
            put_outcome(outcome),
        )
        for outcome, points in by_outcome(results.curve)
    ]
    if tables:
        yield Chapter("Every way to compute it", tables, [r.words for r in results.robustness])


def _corrected(results: Results) -> Iterator[Chapter]:
    if (gold := results.corrected) is None:
        return
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
    yield Chapter(heading, [Sheet.of(rows)], sentences)


def _self_test(results: Results) -> Iterator[Chapter]:
    if (test := results.self_test) is None:
        return
    rows = [
        {
            "placebo": entry.design,
            "conclusion": entry.about.replace("_", " "),
            "outcome": name_outcome(entry.outcome),
            "studies": Cell(entry.runs, "count"),
            "drawn": Cell(entry.drawn, "share", form=".1%"),
        }
        for entry in test.entries
    ]
    yield Chapter("How often nothing was called something", [Sheet.of(rows)], [test.words])
