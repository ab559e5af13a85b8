"""Sixty days of a ledger, end to end: the real client, a Hub with faults, a run that is killed.

One run of the whole serves all assertions.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from cardiogram.cli import main
from cardiogram.errors import CardNotFound
from cardiogram.hub import HubSession
from cardiogram.store import Study
from cardiogram.track.effect import (
    Effect,
    EffectPanel,
    choose_window,
    compare_single,
    find_effect,
    panel_of,
)
from cardiogram.track.history import CardHistory, read_events, read_history, write_events
from cardiogram.track.ledger import ModelLedger, Snapshot, add_models, take_snapshot
from cardiogram.track.series import ModelSeries, read_series
from sixty_days import DAYS, GAIN, HOLE, MadeModel, day, made_models, morning
from support import SHARED, needs_shared

pytestmark = needs_shared

TOKEN = "hf_test_token"
KILLED = 20
FAULTS = (
    {"every": 31, "status": 429, "retry_after": 0},
    {"every": 37, "status": 502},
    {"every": 41, "truncate": 20},
)


@dataclass
class SixtyDays:
    """What a ledger holds after sixty days, and what there truly was."""

    ledger: ModelLedger
    session: HubSession
    models: dict[str, MadeModel]
    hub_ids: dict[str, str]
    taken: dict[int, Snapshot]
    series: dict[str, ModelSeries]
    requests: list[dict[str, Any]]
    histories: dict[str, CardHistory] = field(default_factory=dict)

    def of(self, id: str) -> ModelSeries:
        return self.series[self.hub_ids[id]]


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SixtyDays]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SHARED))
        patch.setenv("HF_TOKEN", TOKEN)
        patch.setattr("cardiogram.hub.waiting.FIRST_PAUSE", 0.001)
        hubserver = __import__("hubserver")
        ids = _ids_that_stay(patch)
        models = made_models()
        rules = [hubserver.FaultRule.from_json(rule) for rule in FAULTS]
        with hubserver.running(data=[], now=morning(0).isoformat(), rules=rules) as server:
            for model in models.values():
                server.hub.add_row(model.row())
            session = HubSession(server.url, patience=20, tries=8)
            ledger = _begin(tmp_path_factory.mktemp("sixty"), models, session)
            taken = {}
            for number in range(DAYS):
                with server.lock:
                    assert server.hub.set_clock(morning(number)) == []
                if number == KILLED:
                    _killed(ledger, session, number)
                if number not in HOLE:
                    taken[number] = take_snapshot(ledger, session=session, now=morning(number))
            series = {one.key: one for one in read_series(ledger.root)}
            hub_ids = {id: ids("model", id) for id in models}
            days = SixtyDays(ledger, session, models, hub_ids, taken, series, server.log)
            edited = [made.id for made in models.values() if made.edit is not None]
            days.histories.update((id, read_history(id, session)) for id in edited)
            yield days


def _ids_that_stay(patch: pytest.MonkeyPatch) -> Any:
    """The stand-in makes the id of a repository from its name; on the Hub it outlives that."""
    views = sys.modules["hubserver.views"]
    make = views.object_id  # type: ignore[attr-defined]
    before = {"tester/grey-heron": "tester/heron"}

    def stay(*parts: str) -> str:
        return make(*(before.get(part, part) for part in parts))

    patch.setattr(views, "object_id", stay)
    return stay


def _begin(root: Path, models: dict[str, MadeModel], session: HubSession) -> ModelLedger:
    """The models of one user are watched, one of another's, and all others are donors."""
    study = Study(root / "study")
    study.write_manifest({"source": {"kind": "hub"}, "query": {}})
    others = [id for id in models if not id.startswith(("tester/", "someone/"))]
    study.models.write("00000", [{"id": id, "problems": []} for id in others])
    ledger = ModelLedger(root / "ledger")
    added = add_models(ledger, ["someone/finch"], ["tester"], study, session=session)
    assert (len(added.models), added.donors, added.watched) == (7, 80, 87)
    return ledger


def _killed(ledger: ModelLedger, session: HubSession, number: int) -> None:
    """A run of its own that is killed when it has written some."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # there are threads: the server's
        child = os.fork()
    if not child:

        def die(step: str, done: int, total: int) -> None:
            if ledger.snapshots.has(str(day(number))):
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            take_snapshot(
                ledger, session=session, now=morning(number), pause=0, workers=1, on_progress=die
            )
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert 0 < len(ledger.read_day(day(number))) < 87


def test_every_day_that_was_read_off_is_known_and_no_other(sixty: SixtyDays) -> None:
    assert len(sixty.taken) == DAYS - len(HOLE)
    assert {number: s.holes for number, s in sixty.taken.items() if s.holes} == {HOLE.stop: 5}
    for id, made in sixty.models.items():
        if id.startswith(("tester/", "someone/")):
            continue
        series = sixty.of(id)
        known = [n for n in range(1, DAYS) if n not in (*HOLE, HOLE.stop)]
        assert [series.new[n] for n in known] == [made.new(n) for n in known], id
        assert np.isnan(series.new[[0, *HOLE, HOLE.stop]]).all()
        (hole,) = series.summed
        assert (hole.first, hole.last) == (day(HOLE.start - 1), day(HOLE.stop))
        assert hole.new == sum(made.new(n) for n in (*HOLE, HOLE.stop))
        assert hole.why == "no snapshot"


def test_the_hub_failed_often_and_a_killed_run_lost_nothing(sixty: SixtyDays) -> None:
    failed = [call for call in sixty.requests if call["fault"]]
    assert len(failed) > 30
    assert {429, 502, 200} <= {call["status"] for call in failed}
    assert all(s.is_complete for s in sixty.taken.values())
    assert sixty.taken[KILLED].models == 87
    assert sixty.ledger.damaged() == ()


def test_no_login_is_in_the_ledger(sixty: SixtyDays) -> None:
    files = [path for path in sixty.ledger.root.rglob("*") if path.is_file()]
    assert len(files) > 55
    assert not any(TOKEN.encode() in path.read_bytes() for path in files)


def test_a_renamed_model_is_one_series_under_two_names(sixty: SixtyDays) -> None:
    series, made = sixty.of("tester/heron"), sixty.models["tester/heron"]
    assert [(s.name, s.first, s.last) for s in series.spans] == [
        ("tester/heron", day(0), day(33)),
        ("tester/grey-heron", day(34), None),
    ]
    assert sixty.taken[34].renamed == {"tester/heron": "tester/grey-heron"}
    assert [series.new[n] for n in (33, 34, 35)] == [made.new(n) for n in (33, 34, 35)]
    assert series.flags == ()
    names = sixty.ledger.manifest()["models"]
    assert names["tester/grey-heron"] == sixty.hub_ids["tester/heron"]
    assert "tester/heron" not in names


def test_a_deleted_model_ends_and_has_no_zeros(sixty: SixtyDays) -> None:
    series = sixty.of("tester/dodo")
    assert [(flag.day, flag.kind) for flag in series.flags] == [(day(41), "gone")]
    assert np.isnan(series.new[41:]).all()
    assert np.isnan(series.all_time[41:]).all()
    assert sixty.taken[59].problems == {"not_found": ("tester/dodo",)}


def test_a_private_model_is_seen_by_its_owner_and_a_hole_for_others(sixty: SixtyDays) -> None:
    own, made = sixty.of("tester/wren"), sixty.models["tester/wren"]
    assert [own.new[n] for n in range(30, 45)] == [made.new(n) for n in range(30, 45)]
    row = next(r for r in sixty.ledger.read_day(day(37)) if r["id"] == "tester/wren")
    assert row["problems"] == ["private"]
    others, made = sixty.of("someone/finch"), sixty.models["someone/finch"]
    assert sixty.taken[40].problems == {"not_found": ("someone/finch",)}
    assert [(s.first, s.last, s.new) for s in others.summed] == [
        (day(38), day(47), sum(made.new(n) for n in range(39, 48))),
        (day(50), day(56), sum(made.new(n) for n in range(51, 57))),
    ]
    assert others.flags == ()
    assert others.new[48] == made.new(48)


def test_a_recount_and_a_fall_belong_to_no_day(sixty: SixtyDays) -> None:
    series, made = sixty.of("tester/rail"), sixty.models["tester/rail"]
    (flag,) = series.flags
    assert (flag.day, flag.kind, flag.before, flag.after) == (
        day(29),
        "recount",
        None,
        "transformers",
    )
    assert flag.step == made.new(29) + 60_000
    assert np.isnan(series.new[29])
    assert [series.new[n] for n in (28, 30)] == [made.new(28), made.new(30)]
    series, made = sixty.of("tester/swan"), sixty.models["tester/swan"]
    (flag,) = series.flags
    assert (flag.day, flag.kind, flag.step) == (day(44), "fall", made.new(44) - 4000)
    assert np.isnan(series.new[44])
    assert [series.new[n] for n in (43, 45)] == [made.new(43), made.new(45)]


def test_each_edit_is_an_event_that_can_be_studied(sixty: SixtyDays) -> None:
    assert len(sixty.histories) == 41
    for id, history in sixty.histories.items():
        (event,) = [event for event in history.events if event.kind == "edited"]
        assert event.at.date() == day(sixty.models[id].edit or 0)
        assert event.usable, event.reasons
        assert event.rise > 0.4


def test_events_of_watched_cards_are_what_they_are(sixty: SixtyDays) -> None:
    rail, heron, wren = (
        read_history(f"tester/{name}", sixty.session) for name in ("rail", "heron", "wren")
    )
    assert [(event.kind, event.reasons[:1]) for event in rail.events] == [
        ("created", ()),
        ("metadata", ("library_name appears: downloads are recounted",)),
    ]
    assert (heron.repo, len(heron.events)) == ("tester/grey-heron", 1)  # asked by its old name
    assert len(wren.events) == 1  # private, and ours
    with pytest.raises(CardNotFound):
        read_history("tester/dodo", sixty.session)
    for history in (rail, heron, wren):
        write_events(sixty.ledger.root, history)
    kept = {history.repo: history for history in read_events(sixty.ledger.root)}
    assert [kept[each.repo] for each in (rail, heron, wren)] == [rail, heron, wren]


def test_the_planted_effect_is_seen_and_no_other(sixty: SixtyDays) -> None:
    better, same = (effect_of(sixty, name) for name in ("better", "same"))
    assert (better.models, better.authors, better.verdict.kind) == (20, 10, "effect")
    assert better.share_interval is not None
    assert better.share_interval.low < GAIN - 1 < better.share_interval.high
    assert better.share_interval.low > 0.1
    assert better.p_value is not None
    assert better.p_value < 0.001
    assert (same.models, same.verdict.kind) == (20, "none seen")
    assert same.share_interval is not None
    assert same.share_interval.low < 0 < same.share_interval.high
    assert same.detectable is not None
    assert same.detectable < 0.15


def test_one_model_has_a_plot_and_no_p_value(sixty: SixtyDays) -> None:
    panel = panel_without(sixty, ("better", "same"))
    single = compare_single(panel, "tester/owl", choose_window(panel.only_donors))
    assert single.reason is None
    assert single.before is not None
    assert single.chance_low is not None
    assert single.chance_high is not None
    assert single.after is not None
    assert single.chance_low < single.after < single.chance_high


def effect_of(sixty: SixtyDays, name: str) -> Effect:
    """The effect of one group's edits beside the models that were never edited."""
    other = {"better": "same", "same": "better"}[name]
    panel = panel_without(sixty, (other, "tester/owl"))
    return find_effect(panel, choose_window(panel.only_donors))


def panel_without(sixty: SixtyDays, names: tuple[str, ...]) -> EffectPanel:
    series = [one for one in sixty.series.values() if not one.name.startswith(names)]
    return panel_of(series, [e for history in sixty.histories.values() for e in history.events])


def test_the_command_reads_what_the_others_kept(sixty: SixtyDays) -> None:
    root = sixty.ledger.root
    for history in sixty.histories.values():
        write_events(root, history)
    done = CliRunner().invoke(
        main, ["track", "effect", "tester/owl", "--ledger", str(root), "--json"]
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    downloads, likes = told["effects"]
    assert downloads["models"] == 41
    assert downloads["verdict"]["kind"] == "effect"  # of half of them: about +15 % on average
    assert 0.08 < np.expm1(downloads["estimate"]) < 0.2
    assert likes["verdict"]["kind"] == "none seen"
    assert told["model"] is not None
    assert "p_value" not in json.dumps(told["model"])
    assert (root / "design.toml").exists()
