"""A study on one screen: how its cards are rated, what goes with it, where to look next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from cardiogram.analysis import Results, describe_coverage, note_unrated, round_count
from cardiogram.report.markup import format_share, printable, wrap_lines
from cardiogram.report.tables import conclusion_paragraphs, describe_judge, describe_models

_WIDTH = 80
_NAME = 17  # columns of the names of the rows


def render_screen(results: Results, folder: Path) -> str:
    """What a study has found, in the words of its conclusions.

    Parameters
    ----------
    folder
        Of the study; the last lines say what in it to look at next.
    """
    report = folder / "report.html"
    places = (
        f"report: {report}" if report.exists() else f"report: cardiogram report {folder}",
        f"every number: {folder / 'results.json'}",
        f"tables: cardiogram analyze --all {folder}",
    )
    ratings = [*_rated(results), *_dose(results)]
    beside = [c.words for c in results.conclusions if c.short and c.short in "\n".join(ratings)]
    paragraphs = conclusion_paragraphs(results, *beside)
    paragraphs += note_unrated(results.coverage.outcomes_by_status)
    sentences = [line for text in paragraphs for line in wrap_lines(text, "", "  ")]
    blocks = [ratings, sentences, _pack(places)]
    return printable("\n\n".join("\n".join(lines).strip() for lines in blocks if lines)) + "\n"


def _rated(results: Results) -> list[str]:
    """What the screen rests on."""
    rated = f"{describe_judge(results)}{describe_coverage(results.coverage)}"
    return wrap_lines(f"{describe_models(results)}; {rated}")


def _pack(places: Sequence[str]) -> list[str]:
    """Beside each other where a line holds them."""
    lines = [places[0]]
    for place in places[1:]:
        longer = f"{lines[-1]}    {place}"
        lines[len(lines) - (len(longer) <= _WIDTH) :] = [longer if len(longer) <= _WIDTH else place]
    return lines


def _dose(results: Results) -> list[str]:
    """The cards of each rating and what goes with it, in columns."""
    levels = results.dose
    if not levels:
        return []
    said = next((c.short for c in results.conclusions if c.about == "ratings"), "")
    rows: list[tuple[str, Sequence[str], str]] = [
        ("overall rating", [level.label for level in levels], ""),
        ("cards", [f"{level.cards:,}" for level in levels], said),
        (
            "downloads, median",
            [_write(level.medians.get("downloads"), round_count) for level in levels],
            "in the last 30 days",
        ),
        (
            "liked at all",
            [_write(level.shares_above_zero.get("likes"), format_share) for level in levels],
            "",
        ),
    ]
    wide = max(6, *(len(cell) + 2 for _, cells, _ in rows for cell in cells))
    room = _WIDTH - _NAME - wide * len(levels) - 2
    return [
        f"{name:<{_NAME}}{cells}  {note if len(note) <= room else ''}".rstrip()
        for name, cells, note in (
            (name, "".join(f"{cell:>{wide}}" for cell in cells), note)
            for name, cells, note in rows
            if any(cells)
        )
    ]


def _write(value: float | None, form: Callable[[float], str]) -> str:
    return "" if value is None else form(value)
