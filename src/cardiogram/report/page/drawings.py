"""What goes with a better rating and with popularity, in words and pictures; all tables last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cardiogram.analysis import (
    GroupLink,
    Results,
    Specification,
    TraitOdds,
    put_outcome,
    round_figure,
    round_p_value,
    round_ratio,
    round_ratios,
)
from cardiogram.report.data import Payload
from cardiogram.report.markup import (
    MAX_POINTS,
    Axis,
    CurvePoint,
    ForestRow,
    Markup,
    ScatterPoint,
    ShareRow,
    draw_curve,
    draw_forest,
    draw_scatter,
    draw_two_shares,
    el,
    fold,
    format_share,
    join_words,
    keep_units,
    make_correlation_axis,
    make_ratio_axis,
    read_bounds,
    section,
)
from cardiogram.report.tables import (
    KINDS,
    PLURALS,
    by_outcome,
    conclusion_paragraphs,
    result_chapters,
    say_absent,
    write_html,
)
from cardiogram.stats import Decile

DRAWN = ("downloads", "likes")
"""Outcomes that are drawn; the tables have the others."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart with its title and with what says how to read it; `key` is unique on the page."""

    key: str
    title: str
    chart: Markup
    caption: str


_VERBS = {"downloads": "downloaded", "likes": "liked"}
_TRAITS = 12

_SHOWN = 15
"""Groups in a plot, the largest."""


def popularity(payload: Payload) -> Markup:
    """What was found on popularity, in words and pictures."""
    results = payload.results
    shorts = {conclusion.about: conclusion.short for conclusion in results.conclusions}
    headline = shorts.get("adjusted") or shorts.get("too_few") or "What goes with a better rating"
    folded = {
        "Each model: rating against downloads and likes": draw_scatters(payload),
        "Does it depend on how one computes it?": draw_curves(results),
        "The same within tasks": draw_groups(results, "task"),
        "The same within libraries": draw_groups(results, "library"),
        "The same within segments": draw_groups(results, "segment"),
    }
    paragraphs = conclusion_paragraphs(results)
    return section(
        "popularity",
        "Rating and popularity",
        headline,
        el("ul", [el("li", keep_units(words)) for words in paragraphs], class_="findings"),
        [el("p", sentence) for sentence in say_absent(results)],
        _folds(folded),
    )


def traits(payload: Payload) -> Markup | None:
    """What popular models have: a picture of shares, and the adjusted odds behind a line."""
    results = payload.results
    picture = draw_shares_of_traits(results)
    folded = {f"{KINDS[kind]}: adjusted odds": draw_traits(results, kind) for kind in KINDS}
    if not picture and not any(folded.values()):
        return None
    return section(
        "traits",
        "What popular models have",
        "What the most popular models have and the least popular lack"
        if picture
        else "What goes with being among the most popular",
        show_drawings(picture),
        _folds(folded),
    )


def numbers(payload: Payload) -> Markup:
    """Every table of the analysis, behind one line."""
    tables = [write_html(chapter, folded=True) for chapter in result_chapters(payload.results)]
    return fold("Every number", tables)


def _folds(folded: Mapping[str, Sequence[Drawing]]) -> list[Markup]:
    return [
        fold(title, charts) for title, drawn in folded.items() if (charts := show_drawings(drawn))
    ]


def show_drawings(
    drawn: Sequence[Drawing], heading: str = "h4", beside: str = "figures"
) -> Markup | None:
    """Set charts with their captions side by side; nothing where there are none.

    Parameters
    ----------
    heading
        Element of their titles.
    beside
        Class of what holds them.
    """
    if not drawn:
        return None
    figures = [
        el("figure", el(heading, d.title), d.chart, el("figcaption", keep_units(d.caption)))
        for d in drawn
    ]
    return el("div", figures, class_=beside)


# Curves --------------------------------------------------------------------------------------


def draw_curves(results: Results) -> list[Drawing]:
    """A specification curve of each outcome and unit, with its caption."""
    drawn = []
    for outcome, points in by_outcome(results.curve):
        for unit in ("ratio", "correlation"):
            known = list(_points(points, unit))
            if known and outcome in DRAWN:
                refused = sum(point.reason is not None for point in points)
                drawn.append(_curve(outcome, unit, known, refused))
    return drawn


def _points(points: Sequence[Specification], unit: str) -> Iterator[CurvePoint]:
    for point in points:
        value = point.ratio if unit == "ratio" else point.estimate
        if value is None or (unit == "correlation") != (point.ratio is None):
            continue
        held = [f"held equal: {name}" for name in point.controls] or ["nothing held equal"]
        number = f"{round_ratio(value)} times" if unit == "ratio" else round_figure(value)
        given = join_words(point.controls) or "nothing"
        words = (
            f"{number} (p {round_p_value(point.p_value) or 'not known'}, {point.n:,} models): "
            f"{point.estimator}, {given} held equal, {point.rows}"
        )
        yield CurvePoint(
            value,
            [*held, point.rows, f"by {point.estimator}"],
            is_certain=point.p_value is not None and point.p_value < 0.05,
            is_main=point.main,
            words=words,
        )


def _curve(outcome: str, unit: str, points: Sequence[CurvePoint], refused: int) -> Drawing:
    values, name = [point.value for point in points], put_outcome(outcome)
    if unit == "ratio":
        axis, title = make_ratio_axis(values), f"Times the {name} per point of the rating"
    else:
        axis, title = make_correlation_axis(values), f"Rank correlation of the rating with {name}"
    named = dict.fromkeys(name for point in points for name in point.choices)
    choices = sorted(named, key=_place_of_choice)
    stated = " The diamond is the one that is stated." * any(point.is_main for point in points)
    told = sum(point.is_certain for point in points)
    more = f" {refused} more cannot be computed." if refused else ""
    caption = (
        f"{len(points)} ways to compute it, the least on the left, each with its choices below it"
        f"{'; counts are counted from 1' * (unit == 'ratio')}. Full: p < 0.05 by author "
        f"({told} of {len(points)}).{stated}{more}"
    )
    key = f"curve-{outcome}-{unit}"
    return Drawing(key, title, draw_curve(key, title, points, choices, axis), caption)


def _place_of_choice(name: str) -> int:
    """What was held equal first, then which models, then by what."""
    return 0 if "held equal" in name else 2 if name.startswith("by ") else 1


# Forests -------------------------------------------------------------------------------------


def draw_groups(results: Results, by: str) -> list[Drawing]:
    """A forest of the groups of one kind for each outcome, with its caption."""
    of = [link for link in results.links if link.by == by and link.outcome in DRAWN]
    ends = [end for link in of for end in read_bounds(link.simultaneous) or ()]
    axis = make_correlation_axis([*ends, *(link.estimate or 0.0 for link in of)])
    return [
        _forest_of_groups(by, outcome, links, axis)
        for outcome, links in by_outcome(of)
        if any(link.estimate is not None for link in links)
    ]


def _forest_of_groups(by: str, outcome: str, links: Sequence[GroupLink], axis: Axis) -> Drawing:
    largest = sorted(links, key=lambda link: -link.n)[:_SHOWN]
    title = f"Correlation of the rating with {put_outcome(outcome)} within {PLURALS[by]}"
    some = f" The {_SHOWN} largest of {len(links)} are drawn." if len(links) > _SHOWN else ""
    caption = (
        "Beside each name is its number of models; nothing else is held equal. A bar is an "
        "interval by author; all of them together hold with 95 %. A full circle: its bar leaves "
        f"out 0.{some}"
    )
    key = f"within-{by}-{outcome}"
    chart = draw_forest(key, title, list(map(_group_row, largest)), axis)
    return Drawing(key, title, chart, caption)


def _group_row(link: GroupLink) -> ForestRow:
    bounds = read_bounds(link.simultaneous)
    if link.estimate is None:
        words = link.reason or "not computed"
    else:
        ends = (
            f"{round_figure(bounds.low)} to {round_figure(bounds.high)}"
            if bounds
            else "no interval"
        )
        words = f"{round_figure(link.estimate)} ({ends})"
    words = words.replace("-", "−")
    is_certain = bounds is not None and not bounds.low <= 0 <= bounds.high
    return ForestRow(link.group, link.n, link.estimate, bounds, words, is_certain)


def draw_traits(results: Results, kind: str) -> list[Drawing]:
    """A forest of the odds of one kind of trait for each outcome, with its caption."""
    drawn = []
    for outcome, numbers in by_outcome(trait for trait in results.odds if trait.kind == kind):
        known = [number for number in numbers if number.estimate]
        if outcome not in DRAWN or not known:
            continue
        known.sort(key=lambda number: -(number.estimate or 0.0))
        ends = [end for number in known for end in read_bounds(number.cluster_interval) or ()]
        axis = make_ratio_axis([*ends, *(number.estimate or 1.0 for number in known)])
        title = f"Odds of being among the most {_VERBS[outcome]}"
        given = join_words(known[0].given)
        held = f", with {given} held equal" if given else ""
        caption = (
            f"Odds with the trait over those without it{held}: what goes together, not what would "
            "follow. Beside each name is how many models have it. A full circle: q < 0.05 over all "
            "traits. Bars are 95 % intervals by author."
        )
        key = f"traits-{kind}-{outcome}"
        chart = draw_forest(key, title, list(map(_trait_row, known)), axis)
        drawn.append(Drawing(key, title, chart, caption))
    return drawn


def _trait_row(number: TraitOdds) -> ForestRow:
    bounds = read_bounds(number.cluster_interval)
    ends = f" ({round_ratios(*bounds)})" if bounds else ""
    words = f"{round_ratio(number.estimate or 1.0)}{ends}"
    is_certain = number.q_value is not None and number.q_value < 0.05
    return ForestRow(number.words, number.held, number.estimate, bounds, words, is_certain)


def draw_shares_of_traits(results: Results) -> list[Drawing]:
    """How many of the least and of the most popular models have what a writer can add."""
    drawn = []
    for outcome, of_outcome in by_outcome(t for t in results.odds if t.kind == "writer"):
        known = [trait for trait in of_outcome if len(trait.prevalence_by_decile) > 1]
        if outcome not in DRAWN or not known:
            continue
        known.sort(key=lambda trait: -abs(_difference(trait)))
        rows = [
            ShareRow(t.words, t.prevalence_by_decile[0].share, t.prevalence_by_decile[-1].share)
            for t in sorted(known[:_TRAITS], key=lambda trait: -_difference(trait))
        ]
        deciles = known[0].prevalence_by_decile
        groups = (_name_decile(deciles[0], outcome), _name_decile(deciles[-1], outcome))
        best = rows[0]
        title = (
            f"{best.label[:1].upper()}{best.label[1:]}: {format_share(best.second)} of the most "
            f"{_VERBS[outcome]} have it, {format_share(best.first)} of the least"
        )
        caption = (
            f"Of what a writer can add, the {len(rows)} whose shares differ most between the least "
            f"and the most {_VERBS[outcome]} models. Nothing is held equal here: what goes "
            "together, not what would follow."
        )
        key = f"shares-{outcome}"
        drawn.append(Drawing(key, title, draw_two_shares(key, title, rows, groups), caption))
    return drawn


def _difference(trait: TraitOdds) -> float:
    return trait.prevalence_by_decile[-1].share - trait.prevalence_by_decile[0].share


def _name_decile(decile: Decile, outcome: str) -> str:
    low, high = f"{decile.low:,.0f}", f"{decile.high:,.0f}"
    counts = low if low == high else f"{low} to {high}"
    return f"{decile.n:,} models with {counts} {outcome}"


# Scatter plots -------------------------------------------------------------------------------


def draw_scatters(payload: Payload) -> list[Drawing]:
    """A scatter plot of each outcome, with its caption."""
    drawn = []
    for name in DRAWN:
        points = scatter_points(payload, name)
        some = ""
        if len(points) > MAX_POINTS:
            every = payload.total if payload.total > len(payload.models) else len(points)
            some = f" A random {MAX_POINTS:,} of {every:,} models are drawn."
        caption = (
            "Each dot is a model; the orange line joins the medians of the models near each rating."
            f"{some}"
            if points
            else f"No rated model has a count of {name}."
        )
        title = f"{name.capitalize()} by expected rating"
        drawn.append(Drawing(f"scatter-{name}", title, draw_scatter(points, name), caption))
    return drawn


def scatter_points(payload: Payload, outcome: str) -> list[ScatterPoint]:
    """A point for each rated model that has a count of the outcome."""
    points = []
    for i, model in enumerate(payload.models):
        count = getattr(model, outcome)
        if count is not None and model.scores and model.is_sampled:
            points.append(ScatterPoint(i, model.scores["overall"].expected, count))
    return points
