"""The pre-commit hooks run commands that there are, and gates need no extra."""

import re
import shlex
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
    program, name, option = shlex.split(hook["entry"])
    assert program == "cardiogram"
    assert "pass_filenames" not in hook  # a file stands for its card
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert option in [one for parameter in command.params for one in parameter.opts]
    for path in ("README.md", "README.proof.json", "a/config.json", "model.safetensors", "x.gguf"):
        assert re.search(hook["files"], path)
    for path in ("train.py", "docs/index.md", "model.safetensors.tmp"):
        assert not re.search(hook["files"], path)


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
