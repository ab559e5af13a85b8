"""The documentation is what the code says: pages do not drift, links and commands hold."""

from __future__ import annotations

import importlib
import io
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path

import pytest

from cardiogram.text import parse_toml

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
    for name in (".github", "deploy", "docs", "examples", "frontend/src/page", "src", "training"):
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
        [sys.executable, str(ROOT / "tools" / "requirements.py")],
        capture_output=True,
        text=True,
        check=True,
    )
    names = {re.split(r"[<>=!~;\[]", word)[0] for word in done.stdout.split()}
    assert names == {
        "bpe-openai",
        "check-jsonschema",
        "cyclonedx-python-lib",
        "datasets",
        "diff-diff",
        "furo",
        "hatch-vcs",
        "hypothesis",
        "import-linter",
        "ipykernel",
        "jsonschema",
        "mypy",
        "nbclient",
        "pip-audit",
        "myst-parser",
        "playwright",
        "pytest",
        "pytest-xdist",
        "ruff",
        "schemathesis",
        "sphinx",
        "types-PyYAML",
        "uv",
        "zizmor",
    }


def test_every_dependency_has_a_lower_and_an_upper_bound() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "requirements.py"))
    bounds = tool["read_bounds"]()
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = parse_toml(file.read().decode())
    lists = [
        project["build-system"]["requires"],
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    names = {re.split(r"[<>=!~;\[]", word)[0] for words in lists for word in words}
    assert names - {"cardiogram"} == bounds.keys()
    for lowest, upper in bounds.values():
        assert _numbers(lowest) < _numbers(upper)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def test_locks_hold_every_dependency_and_name_no_place() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "requirements.py"))
    for path in (ROOT / "tools").glob("lock-*.txt"):
        lines = path.read_text("utf-8").splitlines()
        assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+]+", line)] == []
        locked = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
        needed = {name.lower().replace("_", "-") for name in tool["read_bounds"]()}
        assert needed - locked <= {
            *("tomli", "hatchling", "setuptools-scm"),  # of another Python, and of the build
            *("sentence-transformers", "ray"),  # of no extra in `all`
        }


@pytest.mark.parametrize(
    ("done", "code", "words"),
    [
        ((0, "No known vulnerabilities found"), 0, "No known"),
        ((1, "Found 1 known vulnerability"), 1, "Found 1"),
        ((1, "requests.exceptions.ConnectionError: Max retries exceeded"), 0, "skipped: its"),
        (None, 0, "did not answer"),
    ],
)
def test_an_audit_fails_by_what_it_finds_and_not_by_a_service_that_is_away(
    done: tuple[int, str] | None, code: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        if done is None:
            raise subprocess.TimeoutExpired("pip_audit", 1)
        return subprocess.CompletedProcess("pip_audit", done[0], done[1], "")

    monkeypatch.setattr(subprocess, "run", run)
    found, said = runpy.run_path(str(ROOT / "tools" / "audit.py"))["audit"]()
    assert found == code
    assert words in said


def test_an_unknown_group_is_refused() -> None:
    command = [sys.executable, str(ROOT / "tools" / "requirements.py"), "nonsense"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no dependency group 'nonsense'" in done.stderr
