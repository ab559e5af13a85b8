"""What a ledger holds of the models that it watches, a line each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cardiogram.errors import DataError
from cardiogram.track import find_series, read_own_events, view_ledger
from cardiogram.track.history import write_events
from cardiogram.track.ledger import ModelLedger, Watched
from made_tracks import HISTORY, NAME, POOR, make_event, make_ledger

FIRST = date(2026, 3, 1)
HERON = "wildspire/heron"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_ledger(tmp_path_factory.mktemp("watched"))


def test_a_line_holds_counts_rating_and_changes(ledger: Path) -> None:
    view = view_ledger(ledger)
    assert (view.models, view.donors) == (2, 1)
    heron, otter = view.cards
    assert (heron.id, heron.new, heron.rating, heron.changes) == (HERON, (), None, None)
    assert (otter.id, otter.first_day, otter.likes) == (NAME, FIRST, 3)
    assert otter.new == (7.0, 7.0, 7.0, None, None, 7.0, 7.0, 7.0, 7.0)
    assert (otter.first_rating, otter.rating, otter.changes) == (2.1, 4.0, 3)
    assert otter.last_change == date(2026, 4, 10)
    assert (view.first_day, view.last_day) == (FIRST, FIRST + timedelta(8))


def test_a_card_that_is_gone_has_no_rating_now(ledger: Path) -> None:
    gone = make_event(5, 1, "deleted", POOR, None, repo=HERON)
    write_events(ledger, replace(HISTORY, repo=HERON, events=(*HISTORY.events[:1], gone)))
    heron = view_ledger(ledger).cards[0]
    assert (heron.first_rating, heron.rating, heron.changes) == (2.1, None, 1)
    (ledger / "events" / "wildspire--heron.parquet").unlink()


def test_one_model_is_looked_up_and_others_are_not(ledger: Path) -> None:
    series = find_series(ledger, NAME)
    assert series is not None
    assert series.known_days()[0] == FIRST
    assert find_series(ledger, "wildspire/nobody") is None
    assert [event.kind for event in read_own_events(ledger, [NAME])] == [
        *("created", "edited", "wiped", "restored")
    ]
    assert read_own_events(ledger, ["../../etc/passwd"]) == ()
    assert view_ledger(ledger, 1).cards[0].id == HERON


def test_a_folder_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no ledger"):
        view_ledger(tmp_path)
    ModelLedger(tmp_path).watch([Watched(NAME)])
    assert view_ledger(tmp_path).last_day is None
    assert find_series(tmp_path, NAME) is None
