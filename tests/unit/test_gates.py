"""The pre-commit hook and the GitHub Action run commands that there are."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from cardiogram.cli import main

ROOT = Path(__file__).parents[2]
GOOD = "---\nlicense: mit\n---\n# Parrot\n\nIt repeats.\n"
PROJECT = "# left-pad\n\n## Installation\n\n    npm install left-pad\n"
BAD = "---\nlicense: [mit\n---\n# Parrot\n\nIt repeats.\n"


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def test_the_hook_checks_cards() -> None:
    hook, _ = read(".pre-commit-hooks.yaml")
    assert hook["id"] == "cardiogram-check"
    assert hook["language"] == "python"
    program, name, option = shlex.split(hook["entry"])
    assert program == "cardiogram"
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert option in [one for parameter in command.params for one in parameter.opts]
    for path in ("README.md", "models/parrot/README.md"):
        assert re.search(hook["files"], path)
    for path in ("README.md.bak", "NOTREADME.md", "docs/index.md"):
        assert not re.search(hook["files"], path)


def test_the_hook_verifies_cards_when_files_change() -> None:
    _, hook = read(".pre-commit-hooks.yaml")
    assert hook["id"] == "cardiogram-verify"
    program, name, option, target = shlex.split(hook["entry"])
    assert (program, target, hook["pass_filenames"]) == ("cardiogram", ".", False)
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert option in [one for parameter in command.params for one in parameter.opts]
    for path in ("README.md", "README.proof.json", "a/config.json", "model.safetensors", "x.gguf"):
        assert re.search(hook["files"], path)
    for path in ("train.py", "docs/index.md", "model.safetensors.tmp"):
        assert not re.search(hook["files"], path)


def test_the_action_offers_what_the_command_does() -> None:
    action = read("action.yml")
    assert action["runs"]["using"] == "composite"
    assert set(action["inputs"]) == {"paths", "min", "select", "format"}
    check = main.get_command(click.Context(main), "check")
    assert check is not None
    (form,) = [option for option in check.params if option.name == "form"]
    assert isinstance(form.type, click.Choice)
    assert action["inputs"]["format"]["default"] in form.type.choices
    for step in action["runs"]["steps"]:
        assert "${{ inputs" not in step.get("run", "")  # else an input could be a command


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
@pytest.mark.parametrize(
    ("text", "inputs", "code", "words"),
    [
        (GOOD, {}, 0, "::warning file=README.md,line=1,title=CG113"),
        (GOOD, {"MINIMUM": "5"}, 1, "::notice"),
        (GOOD, {"MINIMUM": "1", "SELECT": "CG1"}, 0, "CG113"),
        (BAD, {"SELECT": "CG1"}, 1, "::error file=README.md,line=3,title=CG103"),
        (BAD, {"PATHS": "README.md\nREADME.md", "FORMAT": "text"}, 0, "CG103"),
        (BAD, {"PATHS": "$(touch gone) nothing.md"}, 2, ""),
        (PROJECT, {}, 2, ""),
    ],
)
def test_the_action_runs(
    tmp_path: Path, text: str, inputs: dict[str, str], code: int, words: str
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "README.md").write_text(text)
    done, summary = run_action(tmp_path, work, inputs)
    assert done.returncode == code, done.stderr
    assert words in done.stdout
    assert [file.name for file in work.iterdir()] == ["README.md"]
    if code != 2:
        start = "| card | rating |" if "\n" in inputs.get("PATHS", "") else "### `README.md`: "
        assert summary.startswith(start)
        assert ("is under" in summary or "Under" in summary) == (inputs.get("MINIMUM") == "5")
    if text == PROJECT:
        assert "no model card" in done.stderr


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
@pytest.mark.parametrize(("layers", "code"), [(12, 0), (24, 1)])
def test_the_action_fails_where_files_contradict(tmp_path: Path, layers: int, code: int) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "README.md").write_text(GOOD.replace("repeats", "has 12 layers"))
    (work / "config.json").write_text(f'{{"model_type": "bert", "num_hidden_layers": {layers}}}')
    done, summary = run_action(tmp_path, work, {})
    assert done.returncode == code, done.stderr
    assert done.stdout.count("title=CG511 Contradicted::") == code  # said once
    assert ("says what files contradict" in summary) == bool(code)
    assert summary.count("| card | line | | sentence | |") == code


def run_action(
    tmp_path: Path, work: Path, inputs: dict[str, str]
) -> tuple[subprocess.CompletedProcess[str], str]:
    """Run the action's last step in a folder; gives what it did, and the job's summary."""
    step = read("action.yml")["runs"]["steps"][-1]
    program = tmp_path / "bin" / "cardiogram"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cardiogram "$@"\n')
    program.chmod(0o755)
    summary = tmp_path / "summary.md"
    given = {"PATHS": "README.md", "MINIMUM": "", "SELECT": "", "FORMAT": "github", "BASE": ""}
    given |= inputs
    assert set(given) == set(step["env"])
    clean = {
        name: value
        for name, value in os.environ.items()
        if "CARDIOGRAM" not in name and not name.startswith("GIT_")
    }
    path = os.pathsep.join([str(program.parent), clean.get("PATH", "")])
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        cwd=work,
        env={
            **clean,
            **given,
            "PATH": path,
            "GITHUB_STEP_SUMMARY": str(summary),
            "HF_ENDPOINT": "http://127.0.0.1:1",
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done, summary.read_text("utf-8") if summary.exists() else ""


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
@pytest.mark.parametrize("depth", [[], ["--depth=1"]])
def test_a_pull_request_is_compared_with_its_base(tmp_path: Path, depth: list[str]) -> None:
    def git(folder: Path, *words: str) -> str:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
        command = ["git", "-c", "commit.gpgsign=false", *who, *words]
        return subprocess.run(
            command, cwd=folder, check=True, capture_output=True, text=True
        ).stdout.strip()

    origin, work = tmp_path / "origin", tmp_path / "work"
    for name in ("a", "b"):
        (origin / name).mkdir(parents=True)
        (origin / name / "README.md").write_text(GOOD)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main", str(origin))
    git(origin, "add", ".")
    git(origin, "commit", "--quiet", "-m", "cards")
    git(origin, "checkout", "--quiet", "-b", "better")
    (origin / "a" / "README.md").write_text(
        GOOD + "\n## Usage\n\n```python\nimport parrot\nparrot.load('me/parrot')('hi')\n```\n"
    )
    git(origin, "commit", "--quiet", "-am", "usage")
    git(tmp_path, "clone", "--quiet", *depth, "--branch", "better", origin.as_uri(), str(work))
    before = git(work, "rev-list", "--count", "HEAD")
    given = {"PATHS": ".", "BASE": "main", "MINIMUM": "5"}
    done, summary = run_action(tmp_path, work, given)
    assert done.returncode == 1, done.stderr
    assert "| card | rating | since `origin/main` |" in summary
    (row,) = [line for line in summary.splitlines() if line.startswith("| `a` |")]
    assert re.search(r"\| \+\d\.\d \|", row)
    assert "**2 of 2 are under 5.0:**" in summary
    assert done.stdout.count("title=rating under the bar::") == 2
    assert "origin/main" in done.stdout
    assert git(work, "rev-list", "--count", "HEAD") == before  # no clone was cut
    without, _ = run_action(tmp_path, work, given | {"BASE": "no-such-branch", "MINIMUM": ""})
    assert without.returncode == 0, without.stderr


_WITHOUT_EXTRAS = (
    "import sys\n"
    "for name in ('numpy', 'pandas', 'pyarrow', 'scipy', 'sklearn', 'statsmodels'):\n"
    "    sys.modules[name] = None\n"
    "from cardiogram.cli import main; main(prog_name='cardiogram')"
)


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("check README.md", 0, "overall"),
        ("check --fix --format sarif README.md", 0, "CG113"),
        ("check --type dataset README.md", 0, "overall"),
        ("facts .", 0, "config.json"),
        ("facts . --format cyclonedx", 0, "machine-learning-model"),
        ("verify README.md -v", 0, "layers: config.json /num_hidden_layers"),
        ("improve .", 0, "Only you know"),
        ("check -v README.md", 0, "criterion"),
        ("verify --write .", 0, "Its proof has 1 claim"),
        ("badge README.md", 0, "model card"),
        ("rubric", 0, "Rubric"),
        ("judges list", 0, "embedded"),
        ("study s --from .", 2, "pip install 'cardiogram[study]'"),
        ("rate . --out s", 2, "pip install 'cardiogram[study]'"),
    ],
)
def test_a_gate_needs_no_extra_and_a_study_names_its_own(
    tmp_path: Path, line: str, code: int, words: str
) -> None:
    (tmp_path / "README.md").write_text(GOOD.replace("repeats", "has 12 layers"))
    (tmp_path / "config.json").write_text('{"model_type": "bert", "num_hidden_layers": 12}')
    command = [sys.executable, "-c", _WITHOUT_EXTRAS, *line.split()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
