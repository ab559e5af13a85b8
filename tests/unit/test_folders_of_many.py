"""Many cards in one repository: what are cards, what they are called, what a gate takes."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cardiogram.check import find_missing
from cardiogram.check.targets import find_cards
from cardiogram.cli import main

CARD = "---\nlicense: mit\n---\n# Parrot\n\nIt repeats.\n"
FALSE = CARD.replace("repeats", "has 12 layers")
CONFIG = '{"model_type": "bert", "num_hidden_layers": 24}'
LIST = "# Our models\n\nA folder each.\n"
PROJECT = "# left-pad\n\n## Installation\n\n    npm install left-pad\n"
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models below a README that lists them; what the card of `b` says is false."""
    for name in list(os.environ):
        if name.startswith(("GIT_", "CARDIOGRAM_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    write("README.md", LIST)
    write("models/a/README.md", CARD)
    write("models/a/config.json", CONFIG)
    write("models/b/README.md", FALSE)
    write("models/b/config.json", CONFIG)
    return tmp_path


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, list(words), input=given, prog_name="cardiogram")


def checked(*words: str) -> dict[str, str]:
    """The ids of what `check` rates, by target."""
    result = run("check", "--json", *words)
    assert result.exit_code == 0, result.stderr
    return {card["target"]: card["id"] for card in json.loads(result.stdout)}


def git(*words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], check=True, capture_output=True)


def commit() -> None:
    if not Path(".git").exists():
        git("init", "--quiet", "--initial-branch", "main")
    git("add", ".")
    git("commit", "--quiet", "-m", "cards")


# The README above ------------------------------------------------------------------------------


def test_a_list_of_models_is_no_card_and_hides_none(models: Path) -> None:
    assert list(checked(".")) == ["models/a", "models/b"]
    result = run("verify", "--if-card", ".")
    assert result.exit_code == 1
    assert "1 of 2 cards says what files contradict" in result.stdout
    result = run("check", "README.md")
    assert result.exit_code == 2
    assert "no metadata, and cards lie in folders below it" in result.stderr
    assert run("check", "--if-card", "README.md").exit_code == 0
    write("models/README.md", LIST)
    assert list(checked(".")) == ["models/a", "models/b"]


def test_cards_without_metadata_are_below_it_too(models: Path) -> None:
    for name in "ab":
        write(f"models/{name}/README.md", "# Parrot\n\nIt repeats.\n")
    assert list(checked(".")) == ["models/a", "models/b"]


def test_a_card_above_others_is_one(models: Path) -> None:
    assert checked("README.md", "--id", "me/all") == {"README.md": "me/all"}
    write("config.json", CONFIG)
    assert list(checked(".")) == ["."]
    Path("config.json").unlink()
    write("config.json", '{"port": 80}')
    assert list(checked(".")) == ["models/a", "models/b"]
    write("README.md", CARD)
    assert list(checked(".")) == ["."]
    shutil.rmtree("models")
    write("README.md", LIST)
    write("docs/README.md", LIST)
    assert list(checked(".")) == ["."]


# Ids -------------------------------------------------------------------------------------------


def test_each_card_is_named_by_its_folder(models: Path) -> None:
    assert checked(".", "--id", "me/*") == {"models/a": "me/a", "models/b": "me/b"}
    assert checked("models/a/README.md", "models/b", "--id", "me/*") == {
        "models/a/README.md": "me/a",
        "models/b": "me/b",
    }
    write("cardiogram.toml", '[check]\nid = "me/*"\n')
    assert checked(".") == {"models/a": "me/a", "models/b": "me/b"}
    os.chdir("models/a")
    assert checked(".", "--id", "me/*") == {".": "me/a"}
    result = run("check", "-", "--json", "--id", "me/*", given=CARD)
    assert json.loads(result.stdout)[0]["id"] == "me/a"


def test_a_folder_whose_name_is_none_on_the_hub_names_nothing(models: Path) -> None:
    write("models/a b/README.md", CARD)
    assert checked("models", "--id", "me/*")["models/a b"] == ""


def test_proofs_drafts_and_badges_have_the_names(models: Path) -> None:
    assert run("verify", "--write", "models", "--id", "me/*").exit_code == 1
    proof = json.loads(Path("models/a/README.proof.json").read_text())
    assert proof["predicate"]["repository"]["id"] == "me/a"
    for target in ("models/b", "models/b/README.md"):
        drafted = json.loads(run("improve", target, "--json", "--id", "him/*").stdout)
        assert drafted[0]["id"] == "him/b"
    line = run("badge", "models/b", "--out", "b.json", "--id", "him/*").stdout
    assert "him%2Fb" in line


@pytest.mark.parametrize("command", ["check", "verify", "improve"])
def test_one_id_for_several_cards_is_refused(models: Path, command: str) -> None:
    targets = [("models/a", "models/b")] + [("models",)] * (command != "improve")
    for given in targets:
        result = run(command, *given, "--id", "me/a")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("cardiogram: --id 'me/a' names one model, and ")
        assert "--id 'OWNER/*'" in result.stderr
    for wrong in ("*", "me/*/x", "me/a*", "/*", "a/b/*"):
        result = run(command, "models/a", "--id", wrong)
        assert result.exit_code == 2
        assert "is no id" in result.stderr


# What is committed -----------------------------------------------------------------------------


def test_a_file_stands_for_the_cards_that_it_is_a_file_of(models: Path) -> None:
    write("models/a/onnx/config.json", CONFIG)
    write("tools/x.json", "{}")
    assert list(find_cards(["models/a/config.json", "models/a/README.md", "models"])) == [
        "models/a/README.md",
        "models",
    ]
    assert list(find_cards(["models/a/onnx/config.json"])) == ["models/a/README.md"]
    write("models/a/onnx/README.md", CARD)
    assert list(find_cards(["models/a/onnx/config.json"])) == [
        "models/a/onnx/README.md",
        "models/a/README.md",
    ]
    result = run("verify", "--if-card", "models/a/config.json", "tools/x.json", "README.md")
    assert (result.exit_code, result.stderr.count("left out")) == (0, 1)
    assert run("verify", "--if-card", "models/b/config.json").exit_code == 1
    assert run("verify", "--if-card", "tools/x.json").exit_code == 0
    result = run("verify", "tools/x.json")
    assert result.exit_code == 2
    assert "file of no model card" in result.stderr
    os.chdir("models")
    write("README.md", CARD)
    assert list(find_cards(["a/config.json"])) == ["a/README.md", "README.md"]
    assert run("verify", "--if-card", "../tools/x.json").stdout == ""


@needs_git
def test_no_card_of_another_repository_is_looked_at(models: Path) -> None:
    write("README.md", CARD)
    os.chdir("models")
    commit()
    assert list(find_cards([str(Path("a/config.json").resolve())])) == [
        str(Path("a/README.md").resolve())
    ]


@needs_git
def test_a_bar_is_for_what_is_new_or_changed(models: Path) -> None:
    commit()
    gate = ("check", "models", "--against", "HEAD", "--min", "5", "--select", "CG5")
    result = run(*gate)
    assert result.exit_code == 0
    assert "under" not in result.stdout
    write("models/a/README.md", f"{CARD}Loudly.\n")
    write("models/c/README.md", CARD)
    result = run(*gate)
    assert result.exit_code == 1
    assert "2 of 2 new or changed cards are under 5.0:\n  " in result.stdout
    assert "b by" not in result.stdout
    assert run(*gate[:4], "--select", "CG5").exit_code == 0  # b says what is false, as before
    write("models/b/README.md", f"{FALSE}Loudly.\n")
    assert run(*gate[:4], "--select", "CG5").exit_code == 1
    assert run("check", "models", "--min", "1").exit_code == 0


# Models without a card -------------------------------------------------------------------------


def test_a_model_without_a_card_is_under_every_bar(models: Path) -> None:
    write("models/c/config.json", CONFIG)
    write("models/d/weights/x.gguf", "GGUF")
    write("models/e/README.md", "")
    write("models/e/adapter_config.json", "{}")
    write("models/a/onnx/config.json", CONFIG)  # a has a card
    write("models/c/unet/config.json", CONFIG)  # of c
    write("site/config.json", '{"port": 80}')
    write("node_modules/x/config.json", CONFIG)
    names = ["models/c", "models/d/weights", "models/e"]
    paths = ["models/a/README.md", "models/b/README.md"]
    assert [each.name for each in find_missing(".", paths)] == names
    result = run("check", ".", "--min", "1")
    assert result.exit_code == 1
    assert "3 of 5 are under 1.0:\n  c without a card" in result.stdout
    rows = [line.split() for line in result.stdout.splitlines() if line.endswith("  no card")]
    assert [row[9] for row in rows] == ["c", "weights", "e"]
    assert run("check", ".").exit_code == 0
    for form, count, words in (
        ("github", 6, "::error file=models/c/README.md,line=1,title=no card::"),
        ("markdown", 3, "| `models/c` | no card | "),
        ("json", 0, "models/c: a model without a card"),
        ("sarif", 2, "models/c: a model without a card"),
    ):
        result = run("check", ".", "--min", "1", "--format", form)
        assert result.exit_code == 1
        assert result.stdout.count("no card") == count
        assert words in result.output
    assert "no card" not in run("check", "models/a").stdout
    assert run("check", ".", "--min", "1", "--type", "dataset").exit_code == 0


@needs_git
def test_a_model_that_had_no_card_before_does_not_count(models: Path) -> None:
    write("models/c/config.json", CONFIG)
    commit()
    gate = ("check", "models", "--against", "HEAD", "--min", "1")
    assert run(*gate).exit_code == 0
    write("models/c/config.json", CONFIG + "\n")
    assert run(*gate).exit_code == 0
    markdown = run(*gate, "--format", "markdown").stdout
    assert "<summary>3 cards are as they were</summary>" in markdown
    write("models/d/config.json", CONFIG)
    result = run(*gate)
    assert result.exit_code == 1
    assert "1 of 1 new or changed cards is under 1.0:\n  d without a card." in result.stdout
    shutil.rmtree("models/d")
    Path("models/b/README.md").unlink()
    assert run(*gate).exit_code == 1  # its model is still there
    shutil.rmtree("models/b")
    assert run(*gate).exit_code == 0


# What is written -------------------------------------------------------------------------------


def test_fix_mends_every_card_and_no_other_readme(models: Path) -> None:
    poor = "---\nlicense: Apache 2.0\n---\n# P\n"
    for name in ("models/a/README.md", "models/b/README.md"):
        write(name, poor)
    project = f"{PROJECT}\n```\nx\n"
    write("tools/README.md", project)
    result = run("check", ".", "--fix")
    assert result.exit_code == 0
    assert "models/a: 1 mended\nmodels/b: 1 mended\n" in result.stderr
    assert Path("models/b/README.md").read_text() == poor.replace("Apache 2.0", "apache-2.0")
    assert run("check", "tools/README.md", "--fix", "--if-card").exit_code == 0
    assert Path("tools/README.md").read_text() == project


def test_nothing_is_drafted_or_told_of_many_models_as_one(models: Path) -> None:
    for command in ("improve", "facts"):
        for target in (".", "models"):
            result = run(command, target)
            assert (result.exit_code, result.stdout) == (2, "")
            assert "is more than one card\n  cardiogram check " in result.stderr
    assert run("improve", "models/a", "models/b").exit_code == 0
    write("models/a/checkpoint-5/README.md", CARD)
    write("models/a/checkpoint-5/config.json", CONFIG)
    Path("models/a/README.md").unlink()
    for command in ("improve", "facts"):
        assert run(command, "models/a").exit_code == 0
