"""The series fixtures of the shared folder: every series, and what each source must give."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from cardiogram.track.ledger import ModelLedger, Watched
from cardiogram.track.series import ModelSeries, SeriesFlag, read_all, read_series
from cardiogram.track.sources import Backfilled, SourceKind, backfill
from support import SHARED, needs_shared

pytestmark = needs_shared
PUBLIC = SHARED / "stats" / "series"
PLACES: dict[SourceKind, Path] = {
    "modelpulse": PUBLIC / "modelpulse",
    "hub-stats": PUBLIC / "hub-stats",
    "hf-hub-characterization": PUBLIC / "hf-hub-characterization",
    "publisher": PUBLIC / "publisher" / "breakdown.csv",
    "dated-csv": PUBLIC / "dated-csv",
}
FORMER = ("fx-alder/lumen-7b", "fx-birch/tern")
LUMEN, TERN = "1ef8eaf5411b3597bffbafb9", "9b1b66c009671be0a68d3a54"


def load_expected() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((PUBLIC / "expected.json").read_text("utf-8"))
    return loaded


EXPECTED = load_expected() if PUBLIC.is_dir() else {"models": {}}
MODELS: dict[str, Any] = EXPECTED["models"]


class Filled:
    """A ledger that watches all models, and what was taken into it."""

    def __init__(self, root: Path, *kinds: SourceKind, former: bool = False) -> None:
        self.ledger = ModelLedger(root)
        known = [m["names"][-1][0] for m in MODELS.values()]
        self.ledger.watch([Watched(name) for name in (*known, *FORMER * former)])
        self.taken: dict[SourceKind, Backfilled] = {
            kind: backfill(self.ledger, kind, PLACES[kind]) for kind in kinds
        }
        self.series = {series.key: series for series in read_series(root)}


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """Ids of the Hub and libraries from hub-stats, days from modelpulse."""
    return Filled(tmp_path_factory.mktemp("joined"), "hub-stats", "modelpulse")


@pytest.fixture(scope="module")
def pulse(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return Filled(tmp_path_factory.mktemp("pulse"), "modelpulse", former=True)


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return Filled(tmp_path_factory.mktemp("moved"), "hf-hub-characterization")


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return Filled(tmp_path_factory.mktemp("every"), *reversed(PLACES), former=True)


def new_of(series: ModelSeries) -> list[int | None]:
    """New downloads from the first expected day on."""
    lead = [None] * (series.first_day - date.fromisoformat(EXPECTED["first_day"])).days
    return [*lead, *(None if np.isnan(new) else int(new) for new in series.new)]


def flag_of(flag: SeriesFlag) -> dict[str, object]:
    shown: dict[str, object] = {"day": str(flag.day), "kind": flag.kind}
    if flag.kind == "recount":
        shown |= {"before": flag.before, "after": flag.after, "step": flag.step}
    if flag.kind == "fall":
        shown |= {"step": flag.step}
    if flag.until is not None and flag.kind == "stuck":
        shown |= {"until": str(flag.until)}
    if flag.until is not None and flag.kind == "zero_is_unknown":
        shown |= {"days": (flag.until - flag.day).days + 1}
    return shown


@pytest.mark.parametrize("key", MODELS)
def test_a_series_is_as_expected(joined: Filled, key: str) -> None:
    series, wanted = joined.series[key], MODELS[key]
    assert str(series.first_day) == EXPECTED["first_day"]
    assert series.activity_lag == EXPECTED["activity_lag_days"]
    assert new_of(series) == wanted["new"]
    assert [
        {"from": str(s.first), "to": str(s.last), "days": s.days, "new": s.new, "why": s.why}
        for s in series.summed
    ] == wanted["intervals"]
    assert [flag_of(flag) for flag in series.flags] == wanted["flags"]
    assert [[n.name, str(n.first), n.last and str(n.last)] for n in series.spans] == wanted["names"]


def test_all_models_are_there_and_no_others(joined: Filled) -> None:
    assert joined.series.keys() == MODELS.keys()
    assert len(MODELS) == 40


def test_renames_are_joined_and_a_look_alike_is_not(joined: Filled) -> None:
    renames = [
        {"hub_id": s.key, "from": a.name, "to": b.name, "day": str(b.first)}
        for s in joined.series.values()
        for a, b in zip(s.spans, s.spans[1:], strict=False)
    ]
    assert renames == EXPECTED["renames"]
    assert joined.taken["modelpulse"].candidates == ()


def test_the_facts_of_days_are_counted_over_the_whole_source(pulse: Filled) -> None:
    days, taken = EXPECTED["days"], pulse.taken["modelpulse"]
    facts = {str(f.day): f for r in read_all(pulse.ledger) for f in r.days}
    assert [str(day) for day in taken.holes] == days["missing"]
    assert [str(day) for day in taken.stood_still] == [d["day"] for d in days["stood_still"]]
    for still in days["stood_still"]:
        fact = facts[still["day"]]
        # By name: a large model that was renamed three days before has no days before.
        renamed = int(still["day"] == "2026-03-04")
        assert (fact.large, fact.still) == (still["big"] - renamed, still["frozen"] - renamed)
        assert round(fact.still / fact.large, 3) == still["share"]
    back = days["rolled_back"]
    assert [str(day) for day in taken.rolled_back] == back["days"][:1]
    first = facts[back["days"][0]]
    assert round(first.fallen / first.compared, 3) == back["share_down"]
    assert [str(day) for day in taken.partial] == [d["day"] for d in days["partial"]]
    assert facts[days["partial"][0]["day"]].rows == days["partial"][0]["rows"]


def test_without_ids_of_the_hub_there_are_candidates_only(pulse: Filled) -> None:
    pairs = {(c.gone, c.appeared, str(c.day)) for c in pulse.taken["modelpulse"].candidates}
    true = {(r["from"], r["to"], r["day"]) for r in EXPECTED["renames"]}
    false = {(r["gone"], r["appeared"], r["day"]) for r in EXPECTED["not_renames"]}
    assert pairs == true | false
    assert {"fx-birch/tern", "fx-cedar/tern"} <= pulse.series.keys()


def test_moves_are_read_by_the_same_rules(moved: Filled) -> None:
    wanted, taken = EXPECTED["hf-hub-characterization"], moved.taken["hf-hub-characterization"]
    assert taken.rows_read == wanted["rows"]
    assert [str(day) for day in taken.holes] == wanted["days_without_any_row"]
    assert (taken.stood_still, taken.partial) == ((date(2026, 3, 18),), ())
    assert len(moved.series) == 39  # one was deleted: it is in no list, and has no name
    assert "b961645b7710951ee3604fd7" not in moved.series
    for gap in wanted["booked_gaps"]:
        last = date.fromisoformat(gap["day"])
        sums = [s for own in moved.series.values() for s in own.summed if s.last == last]
        assert sums
        assert {s.days for s in sums} == {gap["covers"]}
    for key, series in moved.series.items():
        if key != "e1ca41a6bef2e77ba1fce13b":  # that it is stuck shows in counts of 30 days
            agrees(new_of(series), MODELS[key]["new"])
        assert np.isnan(series.all_time).all()


def agrees(ours: list[int | None], wanted: list[int | None]) -> None:
    """What both know is the same, and most is known."""
    both = [(a, b) for a, b in zip(ours, wanted, strict=False) if a is not None and b is not None]
    assert all(a == b for a, b in both)
    known = sum(value is not None for value in wanted)
    assert len(both) >= known - 2


def test_days_of_a_publisher_are_those_of_the_counters_a_day_later(
    every: Filled, tmp_path: Path
) -> None:
    wanted, alone = EXPECTED["publisher"], Filled(tmp_path, "publisher")
    assert set(alone.series) == set(wanted["models"])
    rows = len(PLACES["publisher"].read_text("utf-8").splitlines()) - 1
    assert alone.taken["publisher"].rows_read == rows - wanted["dataset_rows_ignored"]
    names = {s.name: s.key for s in every.series.values()}
    both = 0
    for name, series in alone.series.items():
        first = (series.first_day - date.fromisoformat(EXPECTED["first_day"])).days
        assert first == 1  # what happened on the first day shows on the second
        own, counted = new_of(series), MODELS[names[name]]["new"]
        assert np.nansum(series.new) == wanted["sum_of_downloads"][name]
        pairs = [(a, b) for a, b in zip(own, counted, strict=False) if None not in (a, b)]
        assert all(a == b for a, b in pairs)
        both += len(pairs)
    assert both == 483


def test_a_publisher_does_not_stand_still(every: Filled) -> None:
    series = every.series[LUMEN]
    day = date(2026, 3, 4) - series.first_day
    assert series.new[day.days] == EXPECTED["publisher"]["lumen_2026_03_03"]
    assert date(2026, 3, 3) not in [s.first for s in series.summed]
    assert MODELS[LUMEN]["new"][day.days] is None


def test_dated_csv_are_levels_and_never_days(every: Filled, tmp_path: Path) -> None:
    alone = Filled(tmp_path, "dated-csv", former=True)
    assert alone.taken["dated-csv"].files == EXPECTED["dated-csv"]["files"]
    for name, dates in EXPECTED["dated-csv"]["tern"].items():
        series = alone.series[name]
        assert np.isfinite(series.rolling).sum() == dates
        assert np.isnan(series.new).all()
        assert not series.summed
    assert [n.name for n in every.series[TERN].spans] == ["fx-birch/tern", "fx-cedar/tern"]


def test_of_a_day_the_last_revision_counts(joined: Filled) -> None:
    taken, wanted = joined.taken["hub-stats"], EXPECTED["hub-stats"]
    assert taken.files == wanted["revisions"]
    assert taken.absent == {"downloads_all_time": 1}
    series = joined.series[LUMEN]
    assert [str(series.first_day + timedelta(int(n))) for n in (0,)] == [EXPECTED["first_day"]]


def test_sources_together_know_more_and_say_nothing_else(every: Filled) -> None:
    assert every.series.keys() == MODELS.keys()
    for key, series in every.series.items():
        ours = new_of(series)
        assert all(b is None or a == b for a, b in zip(ours, MODELS[key]["new"], strict=False))
        assert [n.name for n in series.spans] == [n[0] for n in MODELS[key]["names"]]
