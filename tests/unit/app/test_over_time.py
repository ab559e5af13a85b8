"""The app's ledgers over time: what is kept, what is read anew, and what is compared."""

from __future__ import annotations

import runpy
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cardiogram.app import App, Workspace
from cardiogram.app.api import over_time
from cardiogram.app.api.over_time import (
    LedgerQuestion,
    SeriesQuestion,
    compare_model,
    find_effects,
    list_ledgers,
    read_past,
    show_ledger,
    show_model,
)
from cardiogram.errors import CardiogramError
from cardiogram.judge.embedded import embedded_judge
from cardiogram.track.history import write_events
from made_tracks import HISTORY, NAME

EXAMPLE = Path(__file__).parents[3] / "examples" / "look_back" / "make_series.py"
MODEL = "sim-00/model-005"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    root = tmp_path_factory.mktemp("workspace")
    main = runpy.run_path(str(EXAMPLE))["main"]
    main.__globals__.update(CHANGED=24, DONORS=36)
    main(root / "ledger")
    write_events(root / "ledger", HISTORY)
    return App(Workspace.at(root), embedded_judge())


def test_a_ledger_is_shown_with_its_models(app: App) -> None:
    assert list_ledgers(app).ledgers == ("ledger",)
    view = show_ledger(app, LedgerQuestion("ledger"))
    assert (view.models, view.donors, len(view.cards)) == (24, 36, 24)
    card = next(card for card in view.cards if card.id == MODEL)
    assert (card.first_day, len(card.new), card.changes) == (date(2026, 1, 2), 109, 1)


def test_a_model_has_its_days_and_its_changes(app: App) -> None:
    shown = show_model(app, SeriesQuestion(MODEL, "ledger"))
    assert (shown.model, shown.known, shown.days, shown.unknown) == (MODEL, 109, 109, ())
    assert shown.chart is not None
    assert shown.history is not None
    assert shown.history.headline == "rated 2.0 at first, 3.4 now; 1 change since 1 September 2025"
    assert [change.what for change in shown.history.changes] == [
        *("edited", "created with model.safetensors")
    ]
    for chart in (shown.chart, shown.history.chart):
        assert chart is not None
        assert ElementTree.fromstring(chart.svg).tag == "svg"
        assert "style=" not in chart.svg


def test_a_history_without_counts_is_shown(app: App) -> None:
    shown = show_model(app, SeriesQuestion(NAME, "ledger"))
    assert (shown.days, shown.chart) == (0, None)
    assert shown.history is not None
    assert shown.history.lost[0].startswith("the card that a person wrote in 0311abc on 11 March")
    assert shown.history.restores is False
    nobody = show_model(app, SeriesQuestion("a/nobody", "ledger"))
    assert (nobody.history, nobody.chart) == (None, None)


def test_what_followed_is_said_with_its_checks_and_charts(app: App) -> None:
    compared = compare_model(app, SeriesQuestion(MODEL, "ledger"))
    assert compared.sentences[0].startswith("Whether the card helped is not known")
    assert "expected" in compared.chart.svg
    effects = find_effects(app, LedgerQuestion("ledger"))
    assert effects.verdict.endswith("is not identified: edited while falling.")
    assert [outcome.name for outcome in effects.outcomes] == ["new downloads", "new likes"]
    outcome = effects.outcomes[0]
    assert (outcome.change, outcome.verdict) == ("", "not identified: edited while falling")
    assert [check.name for check in effects.checks] == [
        *("placebo dates", "growth before", "rating", "cross-check")
    ]
    assert len(effects.charts) == 4


def test_only_ledgers_of_the_workspace_are_read(app: App, tmp_path: Path) -> None:
    for name in ("", "..", "../ledger", "/etc", str(app.workspace.root / "ledger"), "none"):
        for call in (show_ledger, find_effects):
            with pytest.raises(CardiogramError, match="no ledger"):
                call(app, LedgerQuestion(name))
        with pytest.raises(CardiogramError, match="no ledger"):
            show_model(app, SeriesQuestion(MODEL, name))
        with pytest.raises(CardiogramError, match="no ledger"):
            compare_model(app, SeriesQuestion(MODEL, name))
    with pytest.raises(CardiogramError, match="no ledger"):
        read_past(app, SeriesQuestion(MODEL, "none"))


def test_a_path_is_read_within_the_workspace_only(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def read(target: str, session: object, written: object) -> object:
        asked.append(target)
        return HISTORY

    monkeypatch.setattr(over_time, "read_history", read)
    (tmp_path / "owner" / "name").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)  # where an id is a folder, too
    read_past(app, SeriesQuestion("owner/name"))
    assert asked == ["https://huggingface.co/owner/name"]
    refused = ["/etc", "..", "./../x", "owner", "../owner/name", str(tmp_path), "datasets/a/b", ""]
    for model in refused:
        with pytest.raises(CardiogramError):
            read_past(app, SeriesQuestion(model))
    assert len(asked) == 1


def test_the_history_of_a_folder_in_git_is_read(app: App) -> None:
    folder = app.workspace.root / "mine"
    folder.mkdir()

    def git(*words: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b.example")
        subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)

    git("init", "-q")
    for text in ("# mine\n\nA model.\n", "# mine\n\nA model that sorts letters.\n"):
        (folder / "README.md").write_text(text)
        git("add", "README.md")
        git("commit", "-qm", "Update <b>README</b>")
    past = read_past(app, SeriesQuestion("./mine"))
    assert past.model == "mine"
    assert [change.what for change in past.changes] == ["edited", "created"]
    assert past.changes[0].title == "Update <b>README</b>"
    assert past.chart is not None
    assert not (app.workspace.root / "ledger" / "events" / "mine.parquet").exists()
    read_past(app, SeriesQuestion("./mine", "ledger"))
    assert (app.workspace.root / "ledger" / "events" / "mine.parquet").exists()
