"""`check` without click: what it prints and its exit code are those of the whole command line."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardiogram.cli import check_plainly, main

TEXTS = {
    "card.md": "---\nlicense: mit\n---\n# Parrot\n\nRepeats what it hears. Überall.\n",
    "other.md": "---\nlicense: [mit\n---\n# Other\n",
    "project.md": "# left-pad\n\n## Installation\n\n    npm install left-pad\n",
    "mend.md": "---\ntags: bert\n---\n# Parrot\n\nIt   repeats.\n",
}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of cards, with nobody's settings."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if "CARDIOGRAM_" in name]:
        monkeypatch.delenv(name)
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "line",
    [
        "card.md",
        "-v card.md",
        "--verbose --json card.md",
        "card.md other.md",
        "--if-card project.md card.md",
        "project.md",
        "nothing.md",
        "card.md nothing.md",
        "--fix mend.md",
    ],
)
def test_it_is_what_the_command_line_does(
    line: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = CliRunner().invoke(main, ["check", *line.split()], prog_name="cardiogram")
    mended = (place / "mend.md").read_bytes()
    (place / "mend.md").write_text(TEXTS["mend.md"], "utf-8")
    with pytest.raises(SystemExit) as ended:
        check_plainly(["check", *line.split()])
    assert (whole.stdout, whole.stderr) == capsys.readouterr()
    assert ended.value.code == whole.exit_code
    assert (place / "mend.md").read_bytes() == mended


@pytest.mark.parametrize(
    "line", ["", "check", "check -v", "facts .", "check --min 3 a", "check --help", "check -vv a"]
)
def test_the_rest_is_for_the_whole_command_line(line: str) -> None:
    assert not check_plainly(line.split())


def test_settings_are_for_the_whole_command_line(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "cardiogram.toml").write_text("[check]\nmin = 3\n")
    assert not check_plainly(["check", "card.md"])
    (place / "cardiogram.toml").unlink()
    for name in ("CARDIOGRAM_CHECK_MIN", "_CARDIOGRAM_COMPLETE"):
        monkeypatch.setenv(name, "3")
        assert not check_plainly(["check", "card.md"])
        monkeypatch.delenv(name)


def test_ctrl_c_ends_it_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib.import_module("cardiogram.check"), "check_all", stop)
    with pytest.raises(SystemExit) as ended:
        check_plainly(["check", "card.md"])
    assert ended.value.code == 130
    assert capsys.readouterr().err.startswith("stopped")


def test_nobody_reads_the_output() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "cardiogram", "check", "card.md"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")
