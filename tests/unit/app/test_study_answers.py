"""What the app answers of studies: a list, a look at some models, a comparison, a card's place."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from cardiogram.app import App, Workspace
from cardiogram.app.api import answer_question, read_question, studies
from cardiogram.app.study_pages import StudyPages
from cardiogram.errors import CardiogramError
from cardiogram.judge.embedded import embedded_judge
from cardiogram.maps.place import REFERENCE_FILE
from cardiogram.store import Study, write_atomically
from studies import HOSTILE_ROWS, Row, make_study

ROWS = tuple(
    Row(f"org{i % 9}/m{i}", 1 + i % 5, 10 * (i % 7), i % 4, f"# Card {i}\n\nWords.\n")
    for i in range(40)
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    """Serve two studies with results, one of which has a map, and one without."""
    root = tmp_path_factory.mktemp("w")
    mapped = make_study(root / "mapped", ROWS)
    write_atomically(mapped.map.folder / "fitted.npy", REFERENCE_FILE.read_bytes())
    make_study(root / "hostile", HOSTILE_ROWS)
    make_study(root / "begun", ROWS[:3]).results_path.unlink()
    return App(Workspace.at(root), embedded_judge())


def ask(app: App, path: str, question: dict[str, Any]) -> dict[str, Any]:
    """Ask as a browser would."""
    (endpoint,) = (each for each in studies.ENDPOINTS if each.path == path)
    answer = answer_question(
        endpoint, app, read_question(endpoint, json.dumps(question).encode(), {})
    )
    read: dict[str, Any] = json.loads(answer)
    return read


def test_every_study_is_listed_with_what_it_found_or_why_not(app: App) -> None:
    listed = {study["name"]: study for study in ask(app, "/api/studies", {})["studies"]}
    assert list(listed) == ["begun", "hostile", "mapped"]
    assert listed["mapped"]["address"] == "/studies/mapped/"
    assert listed["mapped"]["models"] == 40
    assert sum(listed["mapped"]["histogram"]) == 40
    assert [name for name, study in listed.items() if study["has_map"]] == ["mapped"]
    assert listed["begun"]["problem"]
    assert listed["begun"]["hint"] == "Analyze it first: cardiogram analyze begun"
    public = App(app.workspace, app.judge, is_public=True)
    shown = ask(public, "/api/studies", {})["studies"]
    assert [study["name"] for study in shown] == ["hostile", "mapped"]
    assert str(app.workspace.root) not in json.dumps(listed)


def test_some_models_are_related(app: App) -> None:
    some = [row.id for row in ROWS[:30]]
    answer = ask(app, "/api/studies/explore", {"study": "mapped", "models": some})
    assert (answer["models"], answer["authors"]) == (30, 9)
    assert {look["outcome"] for look in answer["adjusted"]} == {"downloads", "likes"}
    assert all(look["low"] < look["high"] for look in answer["plain"])


def test_a_study_that_changed_is_read_again(app: App, tmp_path: Path) -> None:
    shutil.copytree(app.workspace.root / "mapped", tmp_path / "s")
    own = App(Workspace.at(tmp_path), app.judge)
    question = {"study": "s", "models": [row.id for row in ROWS]}
    before = ask(own, "/api/studies/explore", question)
    study = Study(tmp_path / "s")
    rows = study.models.read_shard("0")
    study.models.write("0", [{**row, "downloads": 40 - i} for i, row in enumerate(rows)])
    assert ask(own, "/api/studies/explore", question) != before


def test_two_studies_are_compared_and_nothing_of_them_is_markup(app: App) -> None:
    answer = ask(app, "/api/studies/compare", {"study": "hostile", "earlier": "mapped"})
    assert "The two studies have no model in common." in answer["markup"]
    assert "<script" not in answer["markup"]
    assert " style=" not in answer["markup"]


def test_a_card_is_placed_on_the_map_of_a_study(app: App) -> None:
    words = "# A text classifier\n\nFine-tuned from bert for sentiment with transformers.\n"
    answer = ask(app, "/api/studies/place", {"study": "mapped", "text": words})
    assert 1 <= answer["rating"] <= 5
    assert answer["among"] > 400
    assert 0 <= answer["above"] <= answer["among"]
    nowhere = ask(app, "/api/studies/place", {"study": "mapped", "text": "# Xyzzy\n"})
    assert (nowhere["x"], nowhere["y"]) == (None, None)
    assert nowhere["reason"]


@pytest.mark.parametrize(
    ("path", "question"),
    [
        ("place", {"study": "hostile", "text": "# A"}),
        ("place", {"study": "mapped", "text": "x" * 200_001}),
        ("place", {"study": "../mapped", "text": "# A"}),
        ("explore", {"study": "nothing", "models": []}),
        ("explore", {"study": "begun", "models": []}),
        ("explore", {"study": "mapped", "models": [1]}),
        ("compare", {"study": "mapped", "earlier": "/etc"}),
        ("compare", {"study": "begun", "earlier": "mapped"}),
    ],
)
def test_what_cannot_be_answered_is_refused(app: App, path: str, question: dict[str, Any]) -> None:
    with pytest.raises(CardiogramError):
        ask(app, f"/api/studies/{path}", question)


def test_strangers_see_no_text_that_its_licence_keeps_back(app: App) -> None:
    study = app.workspace.studies()["mapped"]
    own = StudyPages().of(study)
    assert own.find(f"{own.place}texts-0")
    assert own.find("texts-0") is own.find(f"{own.place}texts-1000") is None
    public = StudyPages(is_public=True).of(study)
    assert public.find(f"{public.place}table")
    assert public.find(f"{public.place}texts-0") is None


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    for name in ("100%25#?", os.fsdecode(b"caf\xe9")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "study.toml").write_text("", "utf-8")
    app = App(Workspace.at(tmp_path), embedded_judge())
    listed = ask(app, "/api/studies", {})["studies"]
    assert [study["name"] for study in listed] == ["100%25#?", "caf?"]
    assert listed[0]["address"] == "/studies/100%2525%23%3F/"
