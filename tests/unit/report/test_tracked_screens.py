"""Screens of models over time: one screen each, the answer first, nothing more than is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cardiogram.report.data import WatchedModel, say_compared
from cardiogram.report.terminal import (
    Look,
    render_added,
    render_backfill,
    render_effect,
    render_experiment,
    render_history,
    render_snapshot,
)
from cardiogram.report.terminal.tracked.sparks import draw_spark
from cardiogram.track.effect import Dose, Effect, EffectVerdict, LeftOut, SingleModel
from cardiogram.track.history import CardHistory
from cardiogram.track.ledger import Added, DamagedShard, Snapshot
from cardiogram.track.series import RenameCandidate
from cardiogram.track.sources import Backfilled
from made_tracks import (
    DOWNLOADS,
    DRAW,
    EVENTS,
    GOOD,
    HISTORY,
    LIKES,
    NAME,
    PLAN,
    POOR,
    make_event,
    make_single,
    make_watched,
)
from snapshots import assert_snapshot

LEDGER = Path("cardiogram-ledger")
ADDED = Added(LEDGER, ("a/b", "a/c"), 0, ("heron",), {"a/gone": "not on the Hub"}, 41)
TAKEN = Snapshot(
    date(2026, 5, 4),
    LEDGER / "snapshots" / "2026-05-04.parquet",
    38,
    {"replaced": ("a/gone",), "unreachable": tuple(f"heron/m{i}" for i in range(9))},
    {"a/old": "a/new"},
    ("heron/m10",),
    date(2026, 3, 1),
    60,
    5,
    (DamagedShard(LEDGER / "snapshots" / "2026-04-02.parquet", "not the file that was written"),),
)
HOLES = tuple(date(2026, 2, day) for day in (10, 11, 12))
BACKFILLED = Backfilled(
    "modelpulse",
    "pulse",
    38,
    ("a/none",),
    5,
    5_513,
    100_000_000,
    date(2026, 1, 1),
    date(2026, 5, 30),
    147,
    HOLES,
    HOLES[:1],
    HOLES[:2],
    (),
    candidates=(RenameCandidate("a/old", "a/new", date(2026, 4, 2)),),
)
NEXT = "cardiogram track plan --effect 0.2"
NOTHING = Effect(
    "downloads",
    EffectVerdict("not identified", "", "no card was changed in the days that are counted"),
    7,
    "all-time",
    "author",
)
RECOUNTED = "library_name appears: downloads are recounted"
JOINED = "same session as the commit before (5 minutes): one event, text after the last"
FRESH = WatchedModel(
    NAME,
    date(2026, 3, 10),
    (4.0,),
    single=SingleModel(NAME, "downloads", 7, -1, reason=RECOUNTED, next_edit=date(2026, 4, 11)),
    events=(
        make_event(3, 11, "created", None, POOR, (), (RECOUNTED,)),
        make_event(3, 11, "edited", POOR, GOOD, (), (JOINED,), 1),
        make_event(3, 11, "edited", GOOD, GOOD, (), (JOINED.replace("5", "4"),)),
    ),
)
SCREENS = {
    "effect": lambda look: render_effect([DOWNLOADS, LIKES], look, following=NEXT),
    "effect-model": lambda look: render_effect([], look, make_watched(), NEXT),
    "effect-unseen": lambda look: render_effect([NOTHING], look, FRESH, NEXT),
    "effect-both": lambda look: render_effect([DOWNLOADS, LIKES], look, make_watched(), NEXT),
    "plan": lambda look: render_experiment(PLAN, look, DRAW, "ledger/design.toml", NEXT),
    "plan-undrawn": lambda look: render_experiment(PLAN, look, following=NEXT),
    "added": lambda look: render_added(ADDED, look),
    "backfill": lambda look: render_backfill(BACKFILLED, look, Path("my ledger")),
    "snapshot": lambda look: render_snapshot(TAKEN, look),
    "history": lambda look: render_history(HISTORY, look, "", date(2026, 2, 1)),
}


@pytest.mark.parametrize("name", SCREENS)
def test_each_is_one_screen(name: str) -> None:
    text = SCREENS[name](Look())
    assert_snapshot(f"track-{name}.txt", text)
    lines = text.splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 80
    assert lines[-1].startswith("next: ")


@pytest.mark.parametrize(
    ("models", "donors", "watched", "said"),
    [
        (("a/b",), 0, 1, "There is nothing to compare with yet."),
        (("a/b", "a/c"), 0, 2, "A changed card is compared with those here that stay as they are:"),
        (("a/b", "a/c"), 30, 32, ""),
        (("a/b",), 0, 9, ""),
    ],
)
def test_own_models_serve_as_comparison(
    models: tuple[str, ...], donors: int, watched: int, said: str
) -> None:
    text = render_added(Added(LEDGER, models, donors, (), {}, watched), Look())
    assert ("compare" in text.partition("\n\n")[2]) == bool(said)
    assert said in " ".join(text.split())


def test_the_guide_shows_these_screens() -> None:
    """Every line that measure-an-effect.md prints of a screen is one that these print."""
    guide = Path(__file__).parents[3] / "docs" / "how-to" / "measure-an-effect.md"
    alone = render_effect([], Look(), replace(make_watched(), name="acme/parrot"))
    known = {*SCREENS["effect"](Look()).splitlines(), *alone.splitlines()}
    shown = [line[4:] for line in guide.read_text("utf-8").splitlines() if line[:4] == "    "]
    shown = [line for line in shown if line and not line.startswith("cardiogram ")]
    assert len(shown) > 10
    assert [line for line in shown if line not in known] == []


@pytest.mark.parametrize("name", SCREENS)
def test_a_terminal_without_blocks_gets_letters(name: str) -> None:
    text = SCREENS[name](Look(letters="ascii"))
    assert text.isascii()
    assert text.count("\n") == SCREENS[name](Look()).count("\n")


def test_only_numbers_that_are_known_are_compared() -> None:
    answer, *others = say_compared(make_watched())
    assert "not known" in answer
    assert "95 in 100 such models would come to 28 to 134 a day" in " ".join(others)
    far, *_ = say_compared(make_watched(make_single(200.0)))
    assert far.startswith("There were more downloads than nearly all")
    assert "one model alone cannot tell" in far
    few = make_single(before=None, reason="7 of 14 days are known")
    assert say_compared(make_watched(few)) == ["Nothing can be compared: 7 of 14 days are known."]


def test_the_day_of_the_change_and_the_next_are_on_neither_side() -> None:
    compared = make_watched().compared
    assert compared is not None
    assert compared.before == (date(2026, 2, 25), date(2026, 3, 10))
    assert compared.after == (date(2026, 3, 13), date(2026, 3, 26))


def test_no_p_value_stands_beside_one_model() -> None:
    assert " p " not in render_effect([], Look(), make_watched(make_single(200.0)))


def test_what_is_not_identified_says_why_and_names_no_size_that_would_show() -> None:
    verdict = EffectVerdict("not identified", "", "edited while rising")
    text = render_effect([replace(DOWNLOADS, verdict=verdict)], Look())
    first = "What the changes did to new downloads is not identified: edited while rising."
    assert " ".join(text.split()).startswith(first)
    assert "would show" not in text


def test_counts_in_a_line_keep_holes_and_the_day_of_the_edit() -> None:
    assert draw_spark([0, None, 4, 8], Look(), edit=2) == "▁·│▄█"
    assert draw_spark([1.0] * 100, Look(), 20, edit=42).index("│") == 9
    assert draw_spark([], Look()) == ""


def test_a_history_shows_its_last_changes_and_says_how_many_there_are() -> None:
    many = CardHistory("a/b", "model", EVENTS * 5)
    assert "10 earlier changes: -v" in render_history(many, Look())
    assert "earlier change" not in render_history(many, Look(detail="all"))
    assert render_history(CardHistory("a/b", "model", ()), Look()).startswith("a/b: no commit")


def test_a_creation_is_no_change_and_an_effect_is_asked_for_within_the_counts() -> None:
    made = replace(
        make_event(3, 11, "created", None, POOR, ("model.bin",), ("with other files",)), repo=NAME
    )
    text = render_history(CardHistory(NAME, "model", (made,)), Look(), "", date(2026, 1, 1))
    assert f"{NAME}: rated 2.1; created on 2026-03-11, not changed since\n" in text
    assert "looked for" not in text
    assert "next:" not in text
    late = render_history(HISTORY, Look(), "", date(2026, 5, 1))
    assert "The ledger's counts begin on 2026-05-01, after it.\n" in late
    assert "next:" not in late + render_history(HISTORY, Look())


def test_where_nothing_can_be_read_no_figures_stand() -> None:
    verdict = EffectVerdict("not identified", "", "every model watched was changed")
    nothing = Effect("downloads", verdict, 7, "all-time", "author", left_out=(LeftOut("a", "b"),))
    lines = render_effect([nothing], Look()).splitlines()
    assert "0 changed models" not in " ".join(lines)
    assert lines[-1] == "  left out: 1: b"


def test_what_is_too_fresh_says_when_to_ask_again() -> None:
    single = make_single(before=None, reason="3 of the 14 days are over", again=date(2026, 4, 1))
    answer, *others = say_compared(make_watched(single))
    assert answer == "Nothing can be compared yet: 3 of the 14 days are over."
    assert others == ["Ask again on 2026-04-01, after the snapshot of that day."]


def test_reasons_of_changes_are_plain_and_counted_and_all_with_v() -> None:
    history = CardHistory(NAME, "model", FRESH.events)
    text = render_history(history, Look())
    assert "  2  within 24 hours of the one before: they count as one\n" in text
    assert "recounted" not in text
    assert "rating by day" not in text  # of one day
    text = render_history(history, Look(detail="all"))
    assert text.count("within 24 hours") == 3
    assert f"{FRESH.events[0].commit[:7]} Update README.md\n" in text


def test_a_slope_without_an_interval_is_not_shown() -> None:
    alone = replace(DOWNLOADS, dose=Dose(24, 0.4, reason="one author's cards decide it"))
    assert "for each point it rose" in render_effect([DOWNLOADS], Look())
    assert "for each point it rose" not in render_effect([alone], Look())


def test_a_model_that_was_not_changed_has_no_day_of_a_change() -> None:
    single = SingleModel(NAME, "downloads", 14, -1, reason="its card was not changed")
    text = render_effect([], Look(), make_watched(single))
    assert "none of its 4 changes can be studied" in text
    assert "Nothing can be compared: its card was not changed." in text
    assert "│" not in text


def test_verbose_names_each_day_and_who_is_left_out() -> None:
    effect = replace(DOWNLOADS, left_out=(LeftOut("a/b", "edited twice"),))
    text = render_effect([effect], Look(detail="all"))
    assert "\n   -30  " in text
    assert "left out of new downloads\n  a/b: edited twice\n" in text
    short = render_effect([effect], Look())
    assert "a/b" not in short
    assert "left out: 1: edited twice" in short


def test_words_of_others_steer_no_terminal() -> None:
    odd = replace(make_event(3, 11, "edited", POOR, GOOD, ("\x1b[2J",)), reasons=("\x1b[1m",))
    shown = render_history(CardHistory("a/\x1b[31mb", "model", (odd,)), Look())
    shown += render_added(replace(ADDED, problems={"\x1b[0m": "\x1b]0;x\x07"}), Look())
    model = replace(make_watched(), name="\x1b[2J")
    assert "\x1b" not in shown + render_effect([], Look(), model)
