from pathlib import Path

import pytest

from cardiogram.app.workspace import Workspace
from cardiogram.errors import DataError
from studies import HOSTILE_ROWS, make_study


def test_a_workspace_is_a_study_or_holds_some(tmp_path: Path) -> None:
    study = make_study(tmp_path / "here", HOSTILE_ROWS)
    (tmp_path / "other").mkdir()
    assert list(Workspace.at(tmp_path).studies()) == ["here"]
    assert Workspace.at(study.root).studies()["here"].root == study.root.resolve()


def test_nothing_leads_out_of_it(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    (tmp_path / "secret").write_text("x", "utf-8")
    (room / "link").symlink_to(tmp_path / "secret")
    make_study(tmp_path / "outside", HOSTILE_ROWS)
    (room / "study").symlink_to(tmp_path / "outside")
    workspace = Workspace.at(room)
    assert workspace.inside("a/b") == room.resolve() / "a" / "b"
    for path in ("../secret", "link", str(tmp_path / "secret"), "a/../../secret", "\0", "x" * 300):
        with pytest.raises(DataError):
            workspace.inside(path)
    assert workspace.studies() == {}
