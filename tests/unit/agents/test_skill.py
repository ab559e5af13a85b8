"""The skill: its form, and that who follows it to the letter ends with a better, verified card."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from cardiogram.agents import SKILL, read_skill
from cardiogram.cards import parse_card
from cardiogram.check import rate_alone
from cardiogram.cli import main
from cardiogram.improve.interview import wanted

STEPS = re.split(r"^## \d+\. .*\n", read_skill(), flags=re.MULTILINE)[1:]
CONFIG = {
    "architectures": ["BertForSequenceClassification"],
    "model_type": "bert",
    "num_hidden_layers": 12,
    "max_position_embeddings": 512,
    "id2label": {"0": "refund", "1": "delivery"},
    "transformers_version": "4.57.0",
}


def run(line: str) -> Result:
    words = shlex.split(line)
    assert words[0] == "cardiogram"
    return CliRunner().invoke(main, words[1:], prog_name="cardiogram")


def commands(step: str) -> list[str]:
    """Lines of a step that are to be run."""
    return re.findall(r"^    ((?:mkdir|cat|cardiogram) .*)$", step, flags=re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model without a card, fresh from training."""
    place = tmp_path / "router"
    place.mkdir()
    (place / "config.json").write_text(json.dumps(CONFIG))
    (place / "tokenizer_config.json").write_text("{}")
    monkeypatch.chdir(place)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return place


def follow(step: str, scratch: Path) -> list[Result]:
    """Run what a step says; what it writes beside the model goes to a folder of the test."""
    results = []
    step = step.replace("/tmp/NAME", str(scratch / "router.work"))
    for line in commands(step.replace("OWNER/NAME", "me/router")):
        if not line.startswith("cardiogram "):
            subprocess.run(line, shell=True, check=False, stderr=subprocess.DEVNULL)
        else:
            results.append(run(line))
    return results


def test_the_skill_has_the_form_that_agents_read() -> None:
    head, body = read_skill().removeprefix("---\n").split("\n---\n", 1)
    fields = yaml.safe_load(head)
    assert set(fields) <= {"name", "description", "license", "compatibility", "metadata"}
    assert fields["name"] == SKILL.parent.name == "cardiogram"
    assert SKILL.parents[1].relative_to(SKILL.parents[3]) == Path(".agents/skills")
    assert len(fields["description"]) <= 1024
    assert len(fields["compatibility"]) <= 500
    assert len(body.encode()) < 6000


def test_the_command_prints_the_file() -> None:
    assert run("cardiogram skill").stdout == SKILL.read_text("utf-8")
    assert json.loads(run("cardiogram skill --json").stdout)["text"] == read_skill()


def test_every_command_that_it_names_is_there() -> None:
    named = re.findall(r"`(cardiogram [^`]+)`", read_skill())
    named += [line for step in STEPS for line in commands(step) if line.startswith("cardiogram")]
    assert len(named) >= 7
    for line in named:
        words = shlex.split(line)
        page = run(f"cardiogram {words[1]} --help").stdout
        for option in (word for word in words if word.startswith("-")):
            assert re.search(rf"(^|[\s,]){option}\b", page, flags=re.MULTILINE), line
    for option in re.findall(r"`(--[a-z]+)", read_skill()):
        assert f"{option} " in run("cardiogram improve --help").stdout


def test_it_names_every_question() -> None:
    named = read_skill().partition("asked or not: ")[2].partition(". ")[0]
    assert {*re.split(r",\s+", named)} == {*wanted()}


def test_who_follows_it_ends_with_a_better_verified_card(folder: Path, tmp_path: Path) -> None:
    (shown,) = follow(STEPS[0], tmp_path)
    assert "`limitations`" in shown.stdout
    answers = tmp_path / "router.work" / "answers.yaml"
    answers.write_text("")
    (written,) = follow(STEPS[2], tmp_path)
    assert written.exit_code == 0
    answers.write_text("\n".join(re.findall(r"^    ([a-z-]+: .*)$", STEPS[1], flags=re.MULTILINE)))
    (answered,) = follow(STEPS[2], tmp_path)
    assert answered.exit_code == 0
    card = (folder / "README.md").read_text("utf-8")
    assert "It fails on handwriting" in card
    assert "12 layers" in card or "BertForSequenceClassification" in card
    (folder / "README.md").write_text(f"{card}\n## Contact\n\nWrite to our help desk.\n")
    follow(STEPS[2], tmp_path)
    proof = json.loads((folder / "README.proof.json").read_text("utf-8"))
    digest = hashlib.sha256((folder / "README.md").read_bytes()).hexdigest()
    assert proof["subject"][0]["digest"]["sha256"] == digest  # it is renewed after edits by hand
    verified, checked, again = follow(STEPS[4], tmp_path)
    assert (verified.exit_code, checked.exit_code, again.stdout) == (0, 0, "")
    before, after = (rate_alone(parse_card(text)) for text in ("", card))
    assert after.scores["overall"].expected > before.scores["overall"].expected + 1


def test_who_invents_does_not_pass(folder: Path, tmp_path: Path) -> None:
    follow(STEPS[0], tmp_path)
    (tmp_path / "router.work" / "answers.yaml").write_text("")
    follow(STEPS[2], tmp_path)
    with (folder / "README.md").open("a") as card:
        card.write("\n## Results\n\nIt gets an accuracy of 97.3 % on SQuAD.\n")
    verified, *_ = follow(STEPS[4], tmp_path)
    assert verified.exit_code == 1
    assert "New, and not proven" in verified.stdout
    assert "97.3" in verified.stdout


def test_a_size_and_a_contact_have_an_id(folder: Path, tmp_path: Path) -> None:
    follow(STEPS[0], tmp_path)
    size, contact = "It has 244 million parameters.", "Ask us at models@router.example."
    answers = json.dumps({"purpose": size, "author": contact})
    (tmp_path / "router.work" / "answers.yaml").write_text(answers)
    follow(STEPS[2], tmp_path)
    card = (folder / "README.md").read_text("utf-8")
    assert size in card
    assert contact in card
    verified, *_ = follow(STEPS[4], tmp_path)
    assert verified.exit_code == 0
    assert "`purpose`" in STEPS[1]
    assert "`author`" in STEPS[1]
