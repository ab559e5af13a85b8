"""Damaged files of a study: named, set aside, and made again with the same content."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

import cardiogram
from cardiogram.cli import main
from cardiogram.collect import Source
from cardiogram.errors import DamagedFile, DataError
from cardiogram.judge.llm.ledger import Ledger
from cardiogram.store import Study, redo

SAMPLE = Path(__file__).parents[2] / "examples" / "sample"
CHANGING = ("steps.json", "study.toml")
"""Files with the time of day in them, or hashes of such files; and `models/`, with `fetched_at`."""


def _fold(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "something").touch()


def _flip(path: Path) -> None:
    data, draw = bytearray(path.read_bytes()), random.Random(1)
    for _ in range(20):
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    path.write_bytes(data)


def _halve(path: Path) -> None:
    """Cut a file, and TOML within a word: at the end of a line half of it is TOML, too."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2].rstrip(b'\n"]'))


DAMAGE: Mapping[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "half": _halve,
    "random": lambda path: path.write_bytes(random.Random(0).randbytes(path.stat().st_size)),
    "flipped bits": _flip,
    "a folder in its place": _fold,
}


def _files(root: Path) -> list[Path]:
    return [path for path in sorted(root.rglob("*")) if path.is_file() and path.name[0] != "."]


def _content(study: Study) -> dict[str, object]:
    rows = study.models.read().drop_columns(["fetched_at"]).to_pylist()
    return {"models": rows} | {
        str(path.relative_to(study.root)): path.read_bytes()
        for path in _files(study.root)
        if path.name not in CHANGING and path.parent.name != "models" and ".broken" not in str(path)
    }


def _changed(study: Study, whole: Study) -> list[str]:
    """Names of what differs; comparing the contents would be shown line by line, for minutes."""
    now, before = _content(study), _content(whole)
    return [name for name in sorted({*now, *before}) if now.get(name) != before.get(name)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("whole") / "study"
    return cardiogram.study(folder, Source(SAMPLE)).study


@pytest.fixture
def study(whole: Study, tmp_path: Path) -> Study:
    return Study(shutil.copytree(whole.root, tmp_path / "study"))


@pytest.mark.parametrize("kind", ["half", "flipped bits", "a folder in its place"])
def test_a_study_whose_every_file_is_damaged_is_as_it_was_after_one_run(
    kind: str, whole: Study, study: Study
) -> None:
    files = _files(study.root)
    assert len(files) == 12
    for path in files:
        DAMAGE[kind](path)
    assert cardiogram.study(study.root, Source(SAMPLE)).unmapped is None
    assert _changed(study, whole) == []


def test_one_damaged_file_is_set_aside_and_said_in_one_line(
    whole: Study, study: Study, caplog: pytest.LogCaptureFixture
) -> None:
    for path in _files(whole.root):
        if path.suffix not in (".parquet", ".npy"):
            continue
        damaged = study.root / path.relative_to(whole.root)
        DAMAGE["half"](damaged)
        half = damaged.read_bytes()
        caplog.clear()
        assert cardiogram.study(study.root).unmapped is None
        assert _changed(study, whole) == []
        assert [record.getMessage() for record in caplog.records] == [
            f"{damaged} was damaged: it is kept as {path.name}.broken"
        ]
        assert damaged.with_name(f"{path.name}.broken").read_bytes() == half


@pytest.mark.parametrize(
    ("file", "command", "mended_by"),
    [
        ("cards/00000.parquet", "rate", "collect"),
        ("models/00000.parquet", "rate", "collect"),
        ("models/00000.parquet", "report", "collect"),
        ("ratings/embedded-00000.parquet", "analyze", "rate"),
        ("ratings/embedded-00000.parquet", "report", "rate"),
        ("map/00000.parquet", "report", "map"),
        ("map/segments.json", "report", "map"),
        ("results.json", "report", "analyze"),
    ],
)
@pytest.mark.parametrize("kind", ["empty", "a folder in its place"])
def test_where_another_step_makes_it_the_advice_works(
    file: str, command: str, mended_by: str, kind: str, study: Study
) -> None:
    DAMAGE[kind](study.root / file)
    shutil.rmtree(study.root / "features")
    failed = CliRunner().invoke(main, [command, str(study.root)])
    assert isinstance(failed.exception, SystemExit)
    assert failed.exit_code == 2
    assert str(study.root / file) in failed.stderr
    assert f"cardiogram {mended_by} {study.root}" in failed.stderr
    for again in (mended_by, command):
        done = CliRunner().invoke(main, [again, str(study.root)])
        assert done.exit_code == 0, done.output


def test_a_text_that_was_deleted_is_read_again(whole: Study, study: Study) -> None:
    shutil.rmtree(study.root / "features")
    (study.cards.folder / "00000.parquet").unlink()
    for command in (["rate"], ["map", "--refit"]):
        failed = CliRunner().invoke(main, [*command, str(study.root)])
        assert "the texts of 48 cards are not in" in failed.stderr
        assert f"cardiogram collect {study.root}" in failed.stderr
    assert CliRunner().invoke(main, ["collect", str(study.root)]).exit_code == 0
    assert CliRunner().invoke(main, ["rate", str(study.root)]).exit_code == 0
    assert _changed(study, whole) == []


def test_a_question_that_cannot_be_read_is_asked_for(study: Study) -> None:
    study.manifest_path.write_text("query = [")
    failed = CliRunner().invoke(main, ["study", str(study.root)])
    assert failed.exit_code == 2
    assert "repeat the options" in failed.stderr
    assert (
        CliRunner().invoke(main, ["study", str(study.root), "--from", str(SAMPLE)]).exit_code == 0
    )
    assert (study.root / "study.toml.broken").read_text() == "query = ["


def test_a_file_that_may_not_be_read_is_not_taken_for_a_damaged_one(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pyarrow.parquet.ParquetFile", refuse)
    with pytest.raises(DataError, match="Permission denied"):
        redo(study.root, study.ratings.read)
    assert study.ratings.shards()[0].exists()


def test_what_is_damaged_again_and_again_is_an_error(study: Study) -> None:
    path = study.ratings.shards()[0]

    def work() -> None:
        path.write_bytes(b"")
        study.ratings.read()

    with pytest.raises(DamagedFile, match="cannot read"):
        redo(study.root, work)


def test_what_is_not_made_again_is_said(study: Study, caplog: pytest.LogCaptureFixture) -> None:
    path = study.ratings.folder / "another-00000.parquet"
    path.write_bytes(b"")
    redo(study.root, study.ratings.read)
    assert [record.getMessage() for record in caplog.records] == [
        f"{path} was damaged: it is kept as {path.name}.broken",
        f"{path} was not made again",
    ]


def test_answers_that_are_none_are_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "answers" / "a.jsonl"
    path.parent.mkdir()
    path.write_bytes(b"\x00\x01 nothing that was ever an answer")
    with Ledger(path) as ledger:
        assert len(ledger) == 0
    assert path.with_name("a.jsonl.broken").read_bytes().startswith(b"\x00\x01")
