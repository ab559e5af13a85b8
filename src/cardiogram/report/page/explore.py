"""The parts of the page to explore, the map and the table of all models.

Each is a section with a placeholder that the page's script fills (`data-island`), and with what
readers without the script, and screen readers, have instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from cardiogram.maps.segments import Segment
from cardiogram.names import CRITERIA
from cardiogram.report.data import Payload, ShownModel
from cardiogram.report.markup import (
    Child,
    Markup,
    breakable,
    column,
    draw_rating_range,
    el,
    fold,
    format_number,
    format_percent,
    join,
    scroller,
    section,
)
from cardiogram.report.tables import Cell, Sheet, write_html_table

SERVER_ROWS = 100
"""Rows of the table that stand in the page itself, for readers without JavaScript."""

_HEADERS = ("Model", "Rating", "Criteria", "Downloads", "Likes", "Task", "Library", "Created")
_NUMBERS = ("Downloads", "Likes")
_SEGMENTS = 8


def island(name: str, *fallback: Child) -> Markup:
    """Make a placeholder that the page's script fills; until then the fallback stands there."""
    return el("div", *fallback, data_island=name)


# The map -------------------------------------------------------------------------------------


def map_island(payload: Payload) -> Markup | None:
    """Where the page's script draws the map of the cards; None where there is no map."""
    if payload.map is None:
        return None
    return el("div", island("map", el("noscript", el("p", "With JavaScript, the map is here."))))


def segment_section(payload: Payload) -> Markup | None:
    """The segments of the map as a table; None where there are none."""
    if payload.map is None:
        return None
    placed, alone = payload.map.placed, payload.map.outliers
    segments = payload.map.segments
    out = f" {format_number(alone)} models are in none of them." if alone else ""
    return section(
        "segments",
        "Segments of the map",
        _map_headline(segments, placed),
        el(
            "p",
            "On the map, cards that say similar things lie near each other. Only nearness means "
            f"something: the directions do not.{out}",
        ),
        _segments(payload, segments) if segments else None,
    )


def _map_headline(segments: Sequence[Segment], placed: int) -> str:
    if not segments:
        return f"{format_number(placed)} cards, and no segment among them"
    many = f"{len(segments)} segments" if len(segments) > 1 else "one segment"
    share = format_percent(segments[0].size, placed)
    return f"{format_number(placed)} cards fall into {many}; the largest has {share} of them"


def _segments(payload: Payload, segments: Sequence[Segment]) -> Markup:
    heads = ("Segment", "Models", "Rating", "Downloads", "Likes", "Typical words", "For example")
    rows = [
        (
            Cell(segment.name),
            Cell(segment.size, "count"),
            Cell(segment.rating.median, "number", form=".1f"),
            Cell(segment.downloads.median, "count"),
            Cell(segment.likes.median, "count"),
            Cell(", ".join(term.term for term in segment.terms[:6]), "sentence"),
            Cell(
                join(el("div", hub_link(payload, card.id)) for card in segment.representatives[:2])
            ),
        )
        for segment in segments
    ]
    more = rows[_SEGMENTS:]
    return join(
        write_html_table(Sheet(heads, rows[:_SEGMENTS]), "Segments"),
        el("p", "Rating, downloads and likes are medians.", class_="quiet"),
        fold("Smaller segments", write_html_table(Sheet(heads, more), "Smaller segments"))
        if more
        else None,
    )


# All models ----------------------------------------------------------------------------------


def model_section(payload: Payload) -> Markup:
    """All models: the first rows as text, the rest by the page's script."""
    total = len(payload.models)
    shown = min(total, SERVER_ROWS)
    heads = [column(title, "number" if title in _NUMBERS else None) for title in _HEADERS]
    rows = [_model_row(payload, model) for model in payload.models[:SERVER_ROWS]]
    some = "" if shown == total else f"The first {shown} are listed here; with "
    return section(
        "models",
        "All models",
        _say_models(payload),
        island(
            "table",
            el("noscript", el("p", f"{some}JavaScript, all of them, with search and sorting."))
            if some
            else None,
            scroller("Models", heads, rows, "rows"),
        ),
    )


def _say_models(payload: Payload) -> str:
    shown, total = len(payload.models), payload.total
    if shown == total:
        return f"{format_number(total)} models, the most downloaded first"
    return (
        f"{format_number(shown)} of {format_number(total)} models: the most downloaded first, then "
        "a random sample"
    )


def _model_row(payload: Payload, model: ShownModel) -> Markup:
    return el(
        "tr",
        el("td", hub_link(payload, model.id), class_="id"),
        el("td", _rating(model), class_="rating"),
        el("td", _cells(model), class_="criteria"),
        el("td", format_number(model.downloads), class_="number"),
        el("td", format_number(model.likes), class_="number"),
        el("td", model.pipeline_tag or "–", class_="task"),
        el("td", model.library_name or "–", class_="library"),
        el("td", model.created_at or "–", class_="created"),
    )


def _rating(model: ShownModel) -> Markup:
    if model.overall is None:
        return el("span", "not rated", class_="quiet")
    chip = el("span", model.overall, class_=f"chip s{model.overall}")
    return join(chip, draw_rating_range(model.scores["overall"]))


def _cells(model: ShownModel) -> Markup | None:
    if not model.scores:
        return None
    scores = {name: model.scores[name].value if name in model.scores else None for name in CRITERIA}
    label = ", ".join(f"{name} {score}" for name, score in scores.items())
    cells = [el("span", class_=f"s{score}") for score in scores.values()]
    return el("span", cells, class_="cells", role="img", aria_label=label, title=label)


def hub_link(payload: Payload, id: str) -> Markup:
    """Write a model's id, as a link where the Hub can have it."""
    address = payload.link(id)
    name = el("bdi", breakable(id))
    if address is None:
        return name
    return el("a", name, href=address, target="_blank", rel="noopener noreferrer")
