"""The app's work list: read in a thread, kept in the workspace, compared with the last time."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from cardiogram.app import App, Workspace
from cardiogram.app.api import owners
from cardiogram.app.api.owners import (
    OwnerQuestion,
    WorkAnswer,
    begin_list,
    list_kept,
    show_list,
)
from cardiogram.errors import CardiogramError, HubError, RateLimited
from cardiogram.improve import OwnerWork, kept_work, read_work
from cardiogram.judge.embedded import embedded_judge

POOR = "---\nlicense: mit\n---\n# A model\n\nIt is a model.\n"


@pytest.fixture
def app(tmp_path: Path) -> App:
    root = tmp_path / "workspace"
    for name in ("heron", "tern"):
        (root / "models" / name).mkdir(parents=True)
        (root / "models" / name / "README.md").write_text(POOR)
    return App(Workspace.at(root), embedded_judge())


def read(app: App, owner: str) -> WorkAnswer:
    """Begin a list, and wait until it is read."""
    begun = begin_list(app, OwnerQuestion(owner))
    for _ in range(3000):
        answer = show_list(app, OwnerQuestion(begun.owner))
        if answer.state != "reading":
            return answer
        time.sleep(0.01)
    raise AssertionError("it is never read")


def test_a_folder_is_read_and_kept(app: App) -> None:
    first = show_list(app, OwnerQuestion("./models"))
    assert (first.state, first.cards, first.total) == ("none", (), None)
    work = read(app, "./models/")
    assert (work.state, work.models, work.error, work.readers) == ("read", 2, "", "cards")
    assert {card.path for card in work.cards} == {"models/heron/README.md", "models/tern/README.md"}
    assert {card.id for card in work.cards} == {"heron", "tern"}
    assert work.mean is not None
    assert [each.owner for each in list_kept(app).lists] == ["./models"]
    assert [path.parent.name for path in app.workspace.root.rglob("*.json")] == ["work"]
    fresh = App(Workspace.at(app.workspace.root), app.judge)
    owners._READERS.running.clear()  # as after a restart
    assert show_list(fresh, OwnerQuestion("./models")).cards == work.cards


def test_what_has_changed_since_the_last_time_is_said(app: App) -> None:
    assert read(app, "./models").since is None
    card = app.workspace.root / "models" / "tern" / "README.md"
    card.write_text(POOR + "\n## Limitations\n\nIt fails on letters of two pages or more.\n")
    work = read(app, "./models")
    assert work.since is not None
    assert work.since.changed == ("tern",)
    tern = next(card for card in work.cards if card.id == "tern")
    assert tern.before is not None
    assert tern.rating is not None
    assert tern.before < tern.rating


@pytest.mark.parametrize(
    "name",
    ["", "..", "./..", "./../other", "./link", "./models/heron/README.md", "/etc", "a/b", "a b",
     "https://evil.example/x", "./\x00", "x" * 5000],
)  # fmt: skip
def test_what_is_no_owner_and_no_folder_here_is_refused(app: App, name: str) -> None:
    (app.workspace.root / "link").symlink_to("/tmp")
    for call in (begin_list, show_list):
        with pytest.raises(CardiogramError):
            call(app, OwnerQuestion(name))
    assert not (app.workspace.root / "work").exists()


def test_why_it_cannot_be_read_is_said(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise HubError("the Hub did not answer", hint="Try again in a minute.")

    monkeypatch.setattr(owners, "read_work", refuse)
    answer = read(app, "somebody")
    assert (answer.state, answer.error) == (
        "none",
        "the Hub did not answer. Try again in a minute.",
    )
    words = "the Hub did not answer. For the folder of this name here: ./models"
    assert read(app, "models").error == words
    monkeypatch.undo()
    assert read(app, "./models").error == ""


def test_a_list_that_is_kept_while_it_is_looked_at_is_still_being_read(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the page would show no list, and never look again."""
    begun, looked = threading.Event(), threading.Event()

    def read_once_looked(*args: object, **options: object) -> OwnerWork:
        begun.set()
        assert looked.wait(60)
        return read_work(*args, **options)  # type: ignore[arg-type]

    def look_slowly(folder: Path, target: str) -> OwnerWork | None:
        before = kept_work(folder, target)
        looked.set()
        progress = owners._READERS.running[(app.workspace.root, target)]
        while not progress.is_over:
            time.sleep(0.01)
        return before

    monkeypatch.setattr(owners, "read_work", read_once_looked)
    question = OwnerQuestion("./models")
    begin_list(app, question)
    assert begun.wait(60)
    monkeypatch.setattr(owners, "kept_work", look_slowly)
    assert show_list(app, question).state == "reading"
    monkeypatch.undo()
    assert show_list(app, question).state == "read"


def test_lists_that_are_read_at_a_time_are_bounded(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owners, "_MOST", 0)
    with pytest.raises(RateLimited):
        begin_list(app, OwnerQuestion("./models"))
