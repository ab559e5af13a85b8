"""Windows and macOS, as far as they can be had elsewhere; their CI runs this on both."""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

import cardiogram.__main__ as program
from cardiogram.report.terminal import writing
from windows_like import load_locks

ROOT = Path(__file__).parents[2]
CARD = "---\nlicense: mit\n---\n# Ticket router\n\nWe route our tickets with it: 振り分け.\n"
CONFIG = '{"architectures": ["BertForSequenceClassification"], "model_type": "bert"}\n'


# -- commands ------------------------------------------------------------------------------------


def test_commands_run_without_what_windows_lacks(tmp_path: Path) -> None:
    model = tmp_path / "仕分け"
    model.mkdir()
    (model / "README.md").write_bytes(CARD.replace("\n", "\r\n").encode())
    (model / "config.json").write_bytes(CONFIG.encode())
    command = [sys.executable, str(ROOT / "tests" / "windows_like.py"), model.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "config.json" in done.stdout
    written = (model / "README.md").read_bytes()
    assert written.count(b"\n") == written.count(b"\r\n") > CARD.count("\n")
    assert [*(tmp_path / "a-study" / "ratings").glob("*.parquet")]


def test_a_locked_file_is_not_free_on_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cardiogram.store.file_lock", None)
    locks = load_locks()
    path = tmp_path / ".lock"
    path.write_bytes(b"process 1")
    with path.open("a+b", buffering=0) as ours, path.open("rb") as theirs:
        assert locks.is_free(ours)
        assert locks.try_lock(ours)
        assert not locks.is_free(theirs)
        assert not locks.try_lock(theirs)
        theirs.seek(0)
        assert theirs.read() == b"process 1"


# -- consoles ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "environ", "written"),
    [
        ("nt", {}, "振り".encode()),
        ("nt", {"PYTHONIOENCODING": "cp1252"}, rb"\u632f\u308a"),
        ("posix", {}, rb"\u632f\u308a"),
    ],
)
def test_a_stream_without_a_letter_breaks_nothing(
    system: str, environ: dict[str, str], written: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "os", SimpleNamespace(name=system, environ=environ))
    data = io.BytesIO()
    stream = io.TextIOWrapper(data, encoding="cp1252")
    program._write_all_letters(stream)
    stream.write("振り")
    stream.flush()
    assert data.getvalue() == written


def test_addresses_of_files_have_slashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "os", SimpleNamespace(name="nt", fsencode=os.fsencode))
    assert "file=models/a/README.md," in writing.annotate(
        "note", r"models\a\README.md", 1, "title", "message"
    )
    result = writing.sarif_result(r"models\a b\README.md", "CG1", 0, "note", "message", 1)
    assert "'uri': 'models/a%20b/README.md'" in str(result)


# -- files ---------------------------------------------------------------------------------------


def test_text_has_one_encoding_and_one_line_end_everywhere() -> None:
    """Text is read and written with its encoding named, and written with `newline` named."""
    loose = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in (ROOT / "src").rglob("*.py")
        if _MAY_BE_LOOSE.search(text := path.read_text("utf-8"))
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and _is_loose(call)
    ]
    assert loose == []


def test_a_path_in_a_folder_has_slashes_everywhere() -> None:
    """Ids and names are made of such paths: `as_posix` writes them, `str` as the system does."""
    written = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in (ROOT / "src").rglob("*.py")
        if "relative_to(" in (text := path.read_text("utf-8"))
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call | ast.FormattedValue)
        and "relative_to" in map(_called, call.args if isinstance(call, ast.Call) else [call.value])
        and (isinstance(call, ast.FormattedValue) or _called(call) == "str")
    ]
    assert written == []


def _called(call: ast.expr) -> str:
    function = call.func if isinstance(call, ast.Call) else call
    return str(getattr(function, "attr", getattr(function, "id", "")))


_MAY_BE_LOOSE = re.compile(r"""\bopen\([^)]*['"][wax]|_text\(\)|write_text|text=True|universal_""")


def _is_loose(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    options = {option.arg for option in call.keywords}
    if name in ("run", "Popen"):
        return bool(options & {"text", "universal_newlines"}) and "encoding" not in options
    if name == "read_text" and isinstance(call.func, ast.Attribute):
        return not call.args and "encoding" not in options
    if name == "write_text" and isinstance(call.func, ast.Attribute):
        return not options >= {"encoding", "newline"}
    values = [value.value for value in call.args if isinstance(value, ast.Constant)]
    mode = next((str(value) for value in values if re.fullmatch(r"[rwaxbt+]+", str(value))), "b")
    return name == "open" and "b" not in mode and not options >= {"encoding", "newline"}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no clone: git lists its files")
def test_every_file_can_be_checked_out_on_windows() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    )
    paths = listed.stdout.split("\0")[:-1]
    reserved = re.compile(
        r'[<>:"\\|?*\x00-\x1f]|(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.|/|$)|[. ](/|$)', re.IGNORECASE
    )
    assert [path for path in paths if reserved.search(path)] == []
    assert [path for path in paths if len(path) > 120] == []
    alike = Counter(path.lower() for path in paths)
    assert [path for path, count in alike.items() if count > 1] == []
