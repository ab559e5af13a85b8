"""A study on one screen: how its cards are rated, what goes with it, where to look next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cardiogram.analysis import Results, round_count
from cardiogram.report.markup import format_share, printable, wrap_lines

_WIDTH = 80
_NAME = 17  # columns of the names of the rows
_GOES_ON = frozenset({"without_outliers", "near_duplicates", "one_author"})
"""What goes on in the paragraph before it."""


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
    ratings = [*_rated(results), "", *_dose(results)]
    sentences = list(_conclusions(results, beside="\n".join(ratings)))
    blocks = [ratings, sentences, _pack(places)]
    return printable("\n\n".join("\n".join(lines).strip() for lines in blocks if lines)) + "\n"


def _rated(results: Results) -> list[str]:
    """What the screen rests on."""
    cover, judge = results.coverage, results.judge
    return wrap_lines(
        f"{cover.models:,} models by {cover.authors:,} authors; {cover.rated:,} cards rated by "
        f"{judge.id} {judge.version}".rstrip()
    )


def _conclusions(results: Results, beside: str) -> Iterator[str]:
    """Every conclusion that does not stand beside the bars already, as paragraphs."""
    paragraphs: list[str] = []
    for conclusion in results.conclusions:
        if conclusion.words in beside:
            continue
        if conclusion.about in _GOES_ON and paragraphs:
            paragraphs[-1] += f" {conclusion.words}"
        else:
            paragraphs.append(conclusion.words)
    for paragraph in paragraphs:
        yield from wrap_lines(paragraph, "", "  ")


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
    said = next((c.words for c in results.conclusions if c.about == "ratings"), "")
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
