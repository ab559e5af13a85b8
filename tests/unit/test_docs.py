"""The documentation is what the code says: pages do not drift, links and commands hold."""

from __future__ import annotations

import importlib
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKE_DOCS = ROOT / "tools" / "make_docs.py"


@dataclass(frozen=True)
class Checked:
    returncode: int
    stderr: str


def _check(root: Path) -> Checked:
    """`python tools/make_docs.py --check --root ROOT`, in this process."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(said):
        patch.syspath_prepend(str(MAKE_DOCS.parent))
        code = importlib.import_module("make_docs").main(["--check", "--root", str(root)])
    return Checked(code, said.getvalue())


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of all that the pages show or link to."""
    root = tmp_path_factory.mktemp("repository")
    for name in ("docs", "examples", "src", "training"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for page in ROOT.glob("*.md"):
        shutil.copy(page, root)
    shutil.copy(ROOT / "LICENSE", root)
    return root


def test_the_documentation_is_up_to_date() -> None:
    command = [sys.executable, str(MAKE_DOCS), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0


def test_a_healthy_copy_is_healthy(copy: Path) -> None:
    done = _check(copy)
    assert (done.returncode, done.stderr) == (0, "")


def _append(words: str) -> Callable[[str], str]:
    return lambda text: f"{text}\n{words}\n"


@pytest.mark.parametrize(
    ("page", "change", "found"),
    [
        ("docs/reference/cli.md", _append("By hand."), "docs/reference/cli.md would change"),
        ("docs/reference/problems.md", lambda _: "", "docs/reference/problems.md would change"),
        ("README.md", lambda text: text.replace("criterion  overall", "", 1), "README.md would"),
        ("docs/judges.md", lambda text: re.sub(r"0\.\d{3}", "0.999", text), "docs/judges.md would"),
        ("docs/tutorial.md", _append("[gone](nowhere.md)"), "no file 'nowhere.md'"),
        ("docs/tutorial.md", _append("[gone](design.md#moon)"), "no heading 'design.md#moon'"),
        ("CONTRIBUTING.md", _append("    cardiogram check --nonsense"), "No such option"),
        ("README.md", _append("    cardiogram check"), "Missing argument"),
        ("docs/tutorial.md", _append("    cardiogram measure x"), "no command 'measure'"),
        ("docs/tutorial.md", _append("    $ cardiogram study x --sort size"), "is not one of"),
    ],
)
def test_a_tampered_copy_is_named(
    copy: Path, page: str, change: Callable[[str], str], found: str
) -> None:
    path = copy / page
    before = path.read_text("utf-8")
    after = change(before)
    assert after != before
    try:
        path.write_text(after, "utf-8")
        done = _check(copy)
    finally:
        path.write_text(before, "utf-8")
    assert done.returncode == 1
    assert found in done.stderr
    assert page in done.stderr
    assert path.read_text("utf-8") == before


def test_a_command_that_no_page_names_is_found(copy: Path) -> None:
    changed = {}
    for page in [copy / "README.md", *(copy / "docs").rglob("*.md")]:
        text = page.read_text("utf-8")
        if "cardiogram rubric" in text and page.parent.name != "reference":
            changed[page] = text
    assert changed
    try:
        for page, text in changed.items():
            page.write_text(text.replace("cardiogram rubric", "cardiogram"), "utf-8")
        done = _check(copy)
    finally:
        for page, text in changed.items():
            page.write_text(text, "utf-8")
    assert done.returncode == 1
    assert "no page speaks of `cardiogram rubric`" in done.stderr


def test_dev_requirements_are_the_dev_group() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "dev_requirements.py")],
        capture_output=True,
        text=True,
        check=True,
    )
    names = {re.split(r"[<>=!~;\[]", word)[0] for word in done.stdout.split()}
    assert names == {
        "bpe-openai",
        "datasets",
        "hypothesis",
        "import-linter",
        "mypy",
        "playwright",
        "pytest",
        "pytest-xdist",
        "ruff",
        "types-PyYAML",
    }


def test_an_unknown_group_is_refused() -> None:
    command = [sys.executable, str(ROOT / "tools" / "dev_requirements.py"), "nonsense"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no dependency group 'nonsense'" in done.stderr
