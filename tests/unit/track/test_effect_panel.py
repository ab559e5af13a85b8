"""Series and events joined, and what is fixed before a changed model is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from cardiogram.errors import ConfigError, DataError
from cardiogram.track.effect import (
    WindowChoice,
    compare_single,
    count_set_aside,
    draw_turns,
    due_on,
    experiment_of,
    find_edited,
    fix_window,
    fixed_panel,
    keep_draw,
    panel_of,
    read_design,
)
from cardiogram.track.effect.window_counts import WindowCounts
from cardiogram.track.history import CardEvent, OtherChange
from cardiogram.track.ledger import ModelLedger
from cardiogram.track.series import ModelSeries, NameSpan, SeriesFlag, SummedDays

FIRST = date(2026, 1, 1)
UNKNOWN = np.nan


def series_of(name: str, new: list[float], **others: object) -> ModelSeries:
    counts = np.array(new, np.float64)
    nothing = np.full(counts.size, np.nan)
    made = ModelSeries(
        name, (NameSpan(name, FIRST, None),), FIRST, counts, nothing, nothing.copy(), nothing
    )
    return replace(made, **others)  # type: ignore[arg-type]


def event_on(
    repo: str, day: int, *reasons: str, rise: float | None = None, beside: str = ""
) -> CardEvent:
    at = datetime(2026, 1, 1, 12, tzinfo=timezone.utc) + timedelta(days=day)
    scores = (None, None) if rise is None else ({"overall": 2.0}, {"overall": 2.0 + rise})
    return CardEvent(
        repo, f"c{day}", at, "docs", "edited", (), "a", "b", reasons=reasons,
        scores_before=scores[0], scores_settled=scores[1],
        others=(OtherChange(beside, 3, 'x'),) if beside else (),  # type: ignore[arg-type]

    )  # fmt: skip


def test_counts_start_anew_where_a_step_belongs_to_no_day() -> None:
    new = [UNKNOWN, 1, 2, UNKNOWN, UNKNOWN, 5, UNKNOWN, 3, 4]
    whole = (SummedDays(FIRST + timedelta(2), FIRST + timedelta(4), 7, "no snapshot"),)
    recount = (SeriesFlag(FIRST + timedelta(6), "recount"),)
    panel = panel_of([series_of("a/m", new, summed=whole, flags=recount)], [])
    total = [0, 1, 3, UNKNOWN, 10, 15, 15, 18, 22]
    np.testing.assert_array_equal(panel.all_time[0], total)
    assert panel.segment[0, 5] != panel.segment[0, 6]
    assert panel.segment[0, 1] == panel.segment[0, 5]
    counts = WindowCounts.of(panel, "downloads", "all-time")
    assert (counts.bounds(np.array([0]), np.array([4]), 2) == -1).all()  # over the recount


def test_the_step_of_the_day_after_is_the_edits_own() -> None:
    """A snapshot is taken early in its day, so that day 5's downloads are in new[6]."""
    new = [UNKNOWN, *[10.0] * 5, 60.0, *[20.0] * 5]
    panel = panel_of([series_of("a/m", new)], [event_on("a/m", 5)])
    counts = WindowCounts.of(panel, "downloads", "all-time")
    assert panel.edit[0] == 5
    bounds = counts.bounds(panel.treated, panel.edit, 4)
    assert counts.counted(panel.treated, bounds).tolist() == [[10.0, 20.0]]
    late = panel_of([series_of("a/m", new, activity_lag=0)], [event_on("a/m", 6)])
    counts = WindowCounts.of(late, "downloads", "all-time")
    assert late.first_day == FIRST + timedelta(1)
    assert np.exp(counts.daily(np.array([0]), late.edit))[0] == pytest.approx(60.5)


@pytest.mark.parametrize(
    ("events", "edit", "reason"),
    [
        ([], -1, None),
        ([event_on("a/m", 40, rise=1.5)], 40, None),
        ([event_on("a/m", 40), event_on("a/m", 60)], -2, "edited again within 30 days"),
        ([event_on("a/m", 10), event_on("a/m", 80)], 10, None),
        ([event_on("a/m", 40, "weights changed within 7 days")], -2, "weights changed within"),
        ([event_on("a/m", 40, beside="release")], -2, "announced: a release within 14 days"),
        ([event_on("a/m", 40, beside="paper")], -2, "announced: a paper within 14 days"),
        ([event_on("a/m", 40, beside="beginning")], -2, "the repository was made within 14 days"),
        ([event_on("a/m", 40, beside="tags")], 40, None),
        ([event_on("a/m", -10)], -2, "edited before it was watched"),
        ([event_on("a/m", -50)], -1, None),
        ([event_on("a/m", 500)], -1, None),
        ([event_on("a/old", 40)], 40, None),
        ([event_on("b/other", 40)], -1, None),
        ([event_on("a/m", 40), event_on("a/m", 41, "same session as the commit before")], 40, None),
    ],
)
def test_one_edit_a_model(events: list[CardEvent], edit: int, reason: str | None) -> None:
    spans = (NameSpan("a/old", FIRST, FIRST + timedelta(50)), NameSpan("a/m", FIRST, None))
    panel = panel_of([series_of("a/m", [1.0] * 100, spans=spans)], events)
    assert panel.edit.tolist() == [edit]
    assert [gone.reason[:22] for gone in panel.left_out] == ([reason[:22]] if reason else [])
    if len(events) == 1 and events[0].rise is not None:
        assert panel.dose[0] == 1.5


@pytest.mark.parametrize(
    ("events", "reason", "again", "next_edit"),
    [
        ([], "no change of its card is known", None, 99),
        ([event_on("a/m", -50)], "its card has not changed since", None, 99),
        ([event_on("a/m", 97)], "0 of the 7 days after the change of 2026-04-08", 106, None),
        ([event_on("a/m", 101)], "0 of the 7 days after the change of 2026-04-12", 110, None),
        ([event_on("a/m", 2)], "2 of the 7 days before the change", None, 99),
        ([event_on("a/m", 90, "weights changed within 7 days")], "weights changed", None, 121),
        ([event_on("a/m", 80), event_on("a/m", 90)], "edited again within 30 days", None, 121),
        ([event_on("a/m", 101, "undone after 2 days")], "undone after 2 days", None, 132),
    ],
)
def test_what_one_model_lacks_is_said_and_when_it_can_be_asked(
    events: list[CardEvent], reason: str, again: int | None, next_edit: int | None
) -> None:
    panel = panel_of([series_of("a/m", [1.0] * 100)], events)
    choice = WindowChoice(7, {}, 0, "")
    single = compare_single(panel, "a/m", choice, events=events)
    assert single.reason is not None
    assert single.reason.startswith(reason)
    days = [None if day is None else FIRST + timedelta(day) for day in (again, next_edit)]
    assert [single.again, single.next_edit] == days


def test_another_model_under_the_same_name_gets_no_event_of_the_first() -> None:
    old = series_of("x", [1.0] * 99, spans=(NameSpan("a/m", FIRST, FIRST + timedelta(30)),))
    new = series_of("y", [1.0] * 99, spans=(NameSpan("a/m", FIRST + timedelta(31), None),))
    assert panel_of([old, new], [event_on("a/m", 60)]).edit.tolist() == [-1, 60]
    assert panel_of([old, new], [event_on("a/m", 20)]).edit.tolist() == [20, -1]


@pytest.fixture(scope="module")
def watched() -> list[ModelSeries]:
    rng = np.random.default_rng(0)
    return [series_of(f"a/m{n}", list(rng.poisson(20, 90).astype(float))) for n in range(12)]


def test_the_window_stays_as_it_was_fixed(watched: list[ModelSeries], tmp_path: Path) -> None:
    panel = panel_of(watched, [event_on("a/m0", 40)])
    choice = fix_window(tmp_path, panel)
    assert choice.donors == 11
    later = panel_of([replace(each, new=each.new**2) for each in watched], [])
    assert fix_window(tmp_path, later) == choice
    path = tmp_path / "design.toml"
    path.write_text(path.read_text("utf-8").replace(f"days = {choice.window}", "days = 21"))
    with pytest.raises(DataError, match="not as it was fixed"):
        fix_window(tmp_path, panel)
    path.write_text("[window")
    with pytest.raises(DataError, match="cannot be read"):
        fix_window(tmp_path, panel)


def test_nothing_is_fixed_where_there_is_nothing_to_choose_by(tmp_path: Path) -> None:
    assert fix_window(tmp_path, panel_of([], [])).spreads == {}
    assert not (tmp_path / "design.toml").exists()


def test_the_window_is_kept_once_the_days_after_an_edit_are_over_or_with_a_draw(
    watched: list[ModelSeries], tmp_path: Path
) -> None:
    short = [series_of(each.name, each.new[:40].tolist()) for each in watched]
    early = panel_of(short, [event_on("a/m0", 32)])
    assert set(fix_window(tmp_path, early).spreads) == {7, 14}
    assert read_design(tmp_path).window is None
    assert fix_window(tmp_path, early, drawn=True) == read_design(tmp_path).window


def test_a_draw_is_kept_and_no_other_takes_its_place(
    watched: list[ModelSeries], tmp_path: Path
) -> None:
    names = [each.name for each in watched]
    draw = draw_turns(names, seed=3)
    keep_draw(tmp_path, draw)
    keep_draw(tmp_path, draw_turns(reversed(names), seed=3))  # the same
    fix_window(tmp_path, panel_of(watched, []))
    assert read_design(tmp_path).draw == draw
    with pytest.raises(ConfigError, match="seed 3 is kept"):
        keep_draw(tmp_path, draw_turns(names, seed=4))
    with pytest.raises(ConfigError, match="cannot go first"):
        draw_turns(names, seed=4, first=12)


def test_an_experiment_reads_edits_since_its_draw_alone(
    watched: list[ModelSeries], tmp_path: Path
) -> None:
    names = [each.name for each in watched]
    draw = draw_turns(names, seed=0)
    keep_draw(tmp_path, draw)
    first = [drawn.model for drawn in draw.models if drawn.turn == "first"]
    today = datetime.now(timezone.utc).date()
    watched = [replace(each, first_day=today - timedelta(45)) for each in watched]
    place = names.index(first[3])
    spans = (NameSpan(first[3], FIRST, today), NameSpan("b/new", today + timedelta(1), None))
    watched[place] = replace(watched[place], spans=spans)
    day = (today - FIRST).days
    edits = [(first[0], day + 5), (first[1], day - 5), (first[2], day - 40), (first[3], day + 5)]
    panel, choice = fixed_panel(tmp_path, watched, [event_on(*edit) for edit in edits])
    assert {panel.models[row] for row in panel.treated} == {first[0], "b/new"}
    why = {gone.model: gone.reason for gone in panel.left_out}
    # Both edits before the draw are of other models, and alone: they were read without it.
    assert count_set_aside(tmp_path, watched, [event_on(*edit) for edit in edits]) == 2
    assert due_on(panel, choice) == today + timedelta(choice.window + 2)
    assert why[first[1]] == "edited before it was drawn"
    assert why[first[2]] == "drawn to change first, and not changed yet"


def test_an_experiment_has_those_drawn_and_models_as_units(watched: list[ModelSeries]) -> None:
    draw = draw_turns([each.name for each in watched[:8]], seed=0)
    first, later = ([d.model for d in draw.models if d.turn == turn] for turn in ("first", "later"))
    panel = panel_of(watched, [event_on(name, 40) for name in (*first[:3], later[0])])
    part = experiment_of(panel, draw)
    assert part.drawn
    assert {part.models[row] for row in part.treated} == set(first[:3])
    assert {part.models[row] for row in part.donors} == set(later)
    edited = part.models.index(later[0])
    assert np.isnan(part.all_time[edited, 41:]).all()
    assert np.isfinite(part.all_time[edited, :41]).all()
    assert [(gone.model, gone.reason) for gone in part.left_out] == [
        (first[3], "drawn to change first, and not changed yet")
    ]


def test_a_card_that_changed_without_a_known_history_is_no_donor(tmp_path: Path) -> None:
    ledger = ModelLedger(tmp_path)
    for day, blob in ((1, "a"), (2, "b")):
        rows = [
            {"hub_id": key, "id": key, "day": FIRST + timedelta(day), "readme_blob": text}
            for key, text in (("a/m0", blob), ("a/m1", "a"), ("a/m2", None if day == 1 else "a"))
        ]
        ledger.write_day(FIRST + timedelta(day), rows)
    edited = find_edited(ledger)
    assert edited == {"a/m0"}
    watched = [series_of(f"a/m{n}", [1.0] * 90) for n in range(3)]
    panel = panel_of(watched, [], edited=edited)
    assert panel.edit.tolist() == [-2, -1, -1]
    assert panel.left_out[0].reason == "its card changed, and its history is not known"
    assert panel_of(watched, [event_on("a/m0", 40)], edited=edited).edit[0] == 40
