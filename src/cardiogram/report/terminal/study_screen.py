"""A study on one screen: how its cards are rated, what goes with it, and what to do."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cardiogram.analysis import About, Results, describe_coverage, note_unrated, round_count
from cardiogram.maps import Standing
from cardiogram.report.data import StudyOrigin
from cardiogram.report.markup import format_share, printable, wrap_lines
from cardiogram.report.tables import (
    conclusion_paragraphs,
    describe_judge,
    describe_models,
    say_absent,
)
from cardiogram.report.terminal.work_lines import (
    list_cards,
    list_changes,
    list_gaps,
    list_missed,
    list_standing,
)

LINES = 25
"""The most that a screen has."""

_WIDTH = 80
_NAME = 17  # columns of the names of the rows
_SAID: tuple[About, ...] = ("adjusted", "times", "between_authors", "too_few")
_GAPS, _ROOM = 3, 5
_LINEARISED = "Of so many models intervals by author are linearised: no study is drawn anew."


def render_study(
    results: Results,
    folder: Path,
    standing: Standing | None = None,
    origin: StudyOrigin | None = None,
) -> str:
    """What a study has found and what to do about it, on at most 25 lines of 80 columns.

    Of few authors it is a work list. Where it is longer, the last cards to mend are left out, and
    then the last sentences.

    Parameters
    ----------
    folder
        Of the study; the last lines say what in it to look at next.
    standing
        Where the cards of few authors stand beside those of the Hub.
    origin
        Where the models come from; the Hub unless given.
    """
    lay_out = _work_list if results.is_work_list else _findings
    for room in range(_ROOM, 0, -1):
        blocks = [block for block in lay_out(results, room, standing) if block]
        more = _tables(results, folder) or [_place_of_numbers(folder)]
        blocks.append(_pack([_place_of_report(folder), *more, *_next(results, folder, origin)]))
        if sum(map(len, blocks)) + len(blocks) - 1 <= LINES:
            break
    return _join_blocks(blocks)


def _findings(results: Results, room: int, standing: Standing | None) -> list[list[str]]:
    """What goes with the rating, what is missing most, and what to mend."""
    said = " ".join(pick_sentences(results, min(3, room)))
    form = [_LINEARISED] if results.intervals else []
    notes = [*([said] if said else []), *form, *note_unrated(results.coverage.outcomes_by_status)]
    return [
        [*_rated(results), *_dose(results)],
        [line for text in notes for line in wrap_lines(text)],
        [*list_gaps(results.gaps[:_GAPS]), *list_cards(results, min(3, room - 1))],
    ]


def _work_list(results: Results, room: int, standing: Standing | None) -> list[list[str]]:
    """What to mend first, what is missing in how many cards, and where they stand."""
    popularity = [
        line
        for conclusion in results.conclusions
        if conclusion.about == "adjusted" and room > (1 if conclusion.short else 3)
        for line in wrap_lines(conclusion.words, "", "  ")
    ]
    return [
        [*_rated(results), *_ratings(results)],
        list_cards(results, min(_ROOM, room + 2)),
        list_missed(results),
        [
            *list_changes(results),
            *(list_standing(standing, max(0, room - 2)) if standing else ()),
            *popularity,
            *(
                line
                for n in note_unrated(results.coverage.outcomes_by_status)
                for line in wrap_lines(n)
            ),
        ],
    ]


def _ratings(results: Results) -> list[str]:
    """The cards of each whole rating."""
    rated = results.ratings.get("overall")
    if rated is None or not rated.n:
        return []
    counts = rated.histogram
    rows = (("overall rating", counts), ("cards", (f"{n:,}" for n in counts.values())))
    return [f"{name:<{_NAME}}{''.join(f'{cell:>7}' for cell in cells)}" for name, cells in rows]


def _next(results: Results, folder: Path, origin: StudyOrigin | None) -> list[str]:
    """The command that shows what the first card to mend lacks."""
    if results.mend is None or not results.mend.cards:
        return []
    id, path = results.mend.cards[0].id, origin.path if origin else ""
    if path and origin and origin.kind != "ids":
        own = Path(path) / id
        target = own if own.is_dir() else Path(path)
        if not (target / "README.md").is_file():  # a row of a file: the app shows its lines
            return [f"next: cardiogram serve {shlex.quote(str(folder))}"]
        named = f" --id {shlex.quote(id)}" if id.count("/") == 1 else ""
        return [f"next: cardiogram check {shlex.quote(str(target))}{named}"]
    return [f"next: cardiogram check {shlex.quote(id)}"]


def pick_sentences(results: Results, limit: int) -> Iterator[str]:
    """The first sentence of each conclusion that leads; all others are on the other screen.

    Where a few models decide how many times the downloads a point goes with, that follows.
    """
    if {"downloads", "likes"} <= set(results.absent):
        yield from say_absent(results)[:2]
        return
    said: dict[About, str] = {}
    branches = {c.about: c.branches for c in reversed(results.conclusions)}
    times, without = branches.get("times", {}), branches.get("without_outliers", {})
    turned = any(times[outcome] != without[outcome] for outcome in times.keys() & without.keys())
    for conclusion in results.conclusions:
        wanted = conclusion.about in _SAID or (turned and conclusion.about == "without_outliers")
        if wanted and conclusion.about not in said:
            first = conclusion.words.partition(". ")[0].removesuffix(".")
            said[conclusion.about] = f"{first}."
    yield from list(said.values())[: limit + turned]


def _tables(results: Results, folder: Path) -> list[str]:
    """How to see every other method: of so many models that no author is drawn there is none."""
    return [] if results.intervals else [f"tables: cardiogram analyze --all {folder}"]


def _place_of_numbers(folder: Path) -> str:
    return f"every number: {folder / 'results.json'}"


def render_screen(results: Results, folder: Path, origin: StudyOrigin | None = None) -> str:
    """What a study has found, in the words of its conclusions.

    Parameters
    ----------
    folder, origin
        Of the study; the last lines say what to look at next.
    """
    if results.is_work_list:
        return render_study(results, folder, origin=origin)
    places = [_place_of_report(folder), _place_of_numbers(folder), *_tables(results, folder)]
    ratings = [*_rated(results), *_dose(results)]
    beside = [c.words for c in results.conclusions if c.short and c.short in "\n".join(ratings)]
    paragraphs = conclusion_paragraphs(results, *beside)
    paragraphs += note_unrated(results.coverage.outcomes_by_status)
    sentences = [line for text in paragraphs for line in wrap_lines(text, "", "  ")]
    return _join_blocks([ratings, sentences, _pack(places)])


def _join_blocks(blocks: Sequence[Sequence[str]]) -> str:
    """Blocks of lines with an empty one between them."""
    return printable("\n\n".join("\n".join(lines).strip() for lines in blocks if lines)) + "\n"


def _place_of_report(folder: Path) -> str:
    """Where the report is, or what writes it."""
    report = folder / "report.html"
    return f"report: {report}" if report.exists() else f"report: cardiogram report {folder}"


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
