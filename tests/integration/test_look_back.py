"""The example of a look back, from invented series to the page, through the real command."""

from __future__ import annotations

import csv
import json
import runpy
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cardiogram.cli import main
from cardiogram.errors import DataError
from cardiogram.track import look_back
from cardiogram.track.ledger import ModelLedger
from made_tracks import EVENTS, make_series

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "look_back" / "make_series.py"
GUIDE = ROOT / "docs" / "how-to" / "look-back.md"


def run(*arguments: object) -> Result:
    words = ["track", "study", *map(str, arguments)]
    return CliRunner().invoke(main, words, prog_name="cardiogram")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], Result]:
    """The example's ledger, its own names, and what the command said of it."""
    folder = tmp_path_factory.mktemp("look-back")
    names = runpy.run_path(str(EXAMPLE))
    names["main"](folder / "series")
    return folder, names, run(folder / "series", "--out", folder / "out")


def test_what_was_put_in_is_read(made: tuple[Path, dict[str, Any], Result]) -> None:
    folder, names, said = made
    assert said.exit_code == 0, said.output
    results = json.loads((folder / "out" / "results.json").read_text("utf-8"))
    downloads = results["effects"][0]
    assert downloads["verdict"]["kind"] == "effect"
    rows = list(csv.DictReader((folder / "out" / "changed.csv").read_text("utf-8").splitlines()))
    assert len(rows) == downloads["models"] == names["CHANGED"]
    true = sum(float(row["rise"]) for row in rows) / len(rows) * 0.1823  # log of 1 + GAIN
    assert downloads["interval"]["low"] <= true <= downloads["interval"]["high"]
    assert results["effects"][1]["verdict"]["kind"] != "effect"
    assert (results["events"], results["usable"]) == (names["CHANGED"], names["CHANGED"])
    assert results["reasons"] == {}  # a card's creation is no change of it


def test_the_screen_is_one_and_names_the_page(made: tuple[Path, dict[str, Any], Result]) -> None:
    folder, _, said = made
    lines = said.stdout.splitlines()
    assert len(lines) <= 25
    assert lines[0].endswith("new downloads after the card was changed.")
    assert any(str(folder / "out" / "report.html") in line for line in lines)
    told = (
        GUIDE.read_text("utf-8")
        .split("    cardiogram track study", 1)[1]
        .split("(The series", 1)[0]
    )
    shown = [line.strip() for line in told.splitlines()[1:] if line.strip()]
    assert shown == [line.strip() for line in lines if line.strip()][: len(shown)]
    page = (folder / "out" / "report.html").read_text("utf-8")
    assert page.count('class="chart chart-model"') == 6
    assert "60 of 60 changes of cards can be studied" in page
    assert "whether the card helped is not known" in page


def test_changes_of_other_models_and_no_series_are_said(
    made: tuple[Path, dict[str, Any], Result], tmp_path: Path
) -> None:
    folder, _, _ = made
    with pytest.raises(DataError, match="no series"):
        look_back([], EVENTS)
    with pytest.raises(DataError, match="none of the 4 changes"):
        look_back([make_series("other/model")], EVENTS)
    (tmp_path / "events").mkdir()
    said = run(folder / "series", "--events", tmp_path, "--out", tmp_path / "out")
    assert said.exit_code == 2
    assert "none of the 0 changes" in said.output
    assert not (tmp_path / "out").exists()


def track(*arguments: object) -> Result:
    words = ["track", *map(str, arguments)]
    return CliRunner().invoke(main, words, prog_name="cardiogram")


def test_track_history_shows_what_is_kept_where_the_hub_cannot_be_asked(
    made: tuple[Path, dict[str, Any], Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    ledger = made[0] / "series"
    said = track("history", "--ledger", ledger)
    assert said.exit_code == 1
    assert said.stderr.count("cardiogram: ") == 1
    assert "60 of 60 cards not read: " in said.stderr
    assert "and 56 more" in said.stderr
    assert max(map(len, said.stderr.splitlines())) <= 80
    assert said.stdout.count("not read anew") == 60
    assert said.stdout.count("next: cardiogram track effect sim-") == 60
    kept = sorted(path.read_bytes() for path in (ledger / "events").glob("*.parquet"))
    one = track("history", "sim-00/model-005", "--ledger", ledger)
    assert "sim-00/model-005: rated 2.0 at first" in one.stdout
    assert kept == sorted(path.read_bytes() for path in (ledger / "events").glob("*.parquet"))
    alone = track("history", "a/b", "--ledger", ledger)
    assert (alone.exit_code, alone.stdout) == (2, "")


def test_track_effect_says_of_a_ledger_what_the_study_says(
    made: tuple[Path, dict[str, Any], Result],
) -> None:
    folder, _, _ = made
    results = json.loads((folder / "out" / "results.json").read_text("utf-8"))
    changed = list(csv.DictReader((folder / "out" / "changed.csv").read_text("utf-8").splitlines()))
    model = changed[0]["model"]
    said = track("effect", model, "--ledger", folder / "series", "--json")
    assert said.exit_code == 0, said.output
    effect = json.loads(said.stdout)
    assert effect["effects"][0]["interval"] == results["effects"][0]["interval"]
    assert effect["model"]["detectable"] > 1
    assert "p_value" not in effect["model"]
    screen = track("effect", model, "--ledger", folder / "series").stdout
    assert screen.endswith(f"next: cardiogram track study {folder / 'series'}\n")
    assert screen.startswith(f"{model}: README")
    assert len(screen.splitlines()) <= 25
    assert track("effect", "no/model", "--ledger", folder / "series").exit_code == 2


def test_track_plan_draws_once_and_what_is_fixed_stays(
    made: tuple[Path, dict[str, Any], Result], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    shutil.copytree(made[0] / "series", ledger)
    before = track("plan", "--ledger", ledger)
    assert "A draw sets aside 60 models changed before it" in before.stdout
    watched = ModelLedger.open(ledger).watched()
    names = [model.id for model in watched if model.role == "own"][:12]
    unknown = track("plan", *names, "a/m0", "--ledger", ledger, "--seed", 5)
    assert "does not watch 'a/m0'" in unknown.output
    planned = track("plan", *names, "--ledger", ledger, "--effect", "0.25", "--seed", 5, "--json")
    assert planned.exit_code == 0, planned.output
    plan = json.loads(planned.stdout)
    assert plan["plan"]["needed"] >= 5
    assert [drawn["turn"] for drawn in plan["draw"]["models"]].count("first") == 6
    screen = track("plan", "--ledger", ledger).stdout
    assert "by lot (seed 5)" in screen
    assert "6 changed beside 6 show +" in screen
    assert ", not +20 %." in screen
    assert f"next: cardiogram track snapshot --ledger {ledger}" in screen
    for said in (screen, track("effect", "--ledger", ledger).stdout):
        assert "60 models changed before the draw of" in said
        assert len(said.splitlines()) <= 25
    assert f"next: cardiogram track plan --ledger {ledger}" in said
    assert "seed 5 is kept" in track("plan", *names, "--ledger", ledger, "--seed", 6).output
    design = ledger / "design.toml"
    design.write_text(design.read_text("utf-8").replace(names[3], "a/m99"))
    changed = track("effect", "--ledger", ledger)
    assert changed.exit_code == 2
    assert "the draw is not as it was fixed" in changed.output


def test_nothing_is_drawn_before_it_can_be_planned(
    made: tuple[Path, dict[str, Any], Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = tmp_path / "ledger"
    shutil.copytree(made[0] / "series", ledger, ignore=shutil.ignore_patterns("design.toml"))
    monkeypatch.setattr("cardiogram.track.series.read_series", lambda _: [make_series("a/b")])
    refused = track("plan", "--ledger", ledger, "--seed", 1)
    assert refused.exit_code == 2, refused.output
    assert "nothing is drawn" in refused.output
    assert not (ledger / "design.toml").exists()
