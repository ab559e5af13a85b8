import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cardiogram.check import Checked, Detail, check, check_all
from cardiogram.collect import read_card
from cardiogram.errors import AccessDenied, CardNotFound, ConfigError, HubError
from cardiogram.hub import Readme

DETAILS: tuple[Detail, ...] = ("short", "all")


@pytest.fixture
def readme(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_text("# Parrot\n\nRepeats.\n")
    return path


def test_a_file_a_folder_and_a_text_are_rated_alike(readme: Path) -> None:
    by_file = check(str(readme))
    by_folder = check(str(readme.parent))
    by_text = check("-", data=readme.read_bytes())
    assert by_file.rating == by_folder.rating == by_text.rating
    assert by_file.gaps == by_folder.gaps == by_text.gaps
    assert by_file.path == by_folder.path == str(readme)
    assert (by_text.path, by_text.target) == ("", "-")
    assert check(str(readme), id="me/parrot").card.id == "me/parrot"


def test_a_short_look_leaves_out_the_effects_of_evidence_only(readme: Path) -> None:
    (short,), (whole,) = (list(check_all(str(readme), detail=detail)) for detail in DETAILS)
    assert isinstance(short, Checked)
    assert isinstance(whole, Checked)
    assert any(fact.effect for fact in whole.rating.evidence)
    assert not any(fact.effect for fact in short.rating.evidence)
    assert replace(short, rating=whole.rating) == whole
    assert replace(short.rating, evidence=whole.rating.evidence) == whole.rating


@pytest.mark.parametrize(
    "target", ["nothing.md", "no/such/README.md", "a b", "", "../x", "-x", "x" * 5000 + "/", "a\0b"]
)
def test_a_target_that_is_nothing(target: str) -> None:
    with pytest.raises(ConfigError, match="no file") as caught:
        check(target)
    assert "README.md" in caught.value.hint


def test_a_folder_without_a_card(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no README\.md in .* or below it") as caught:
        check(str(tmp_path))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        ("not_found", CardNotFound),
        ("no_readme", CardNotFound),
        ("gated", AccessDenied),
        ("disabled", AccessDenied),
        ("unreachable: HTTP 500", HubError),
    ],
)
@pytest.mark.parametrize("where", ["model", "card"])
def test_a_model_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, problem: str, error: type[HubError], where: str
) -> None:
    row: dict[str, Any] = dict.fromkeys(("tags", "pipeline_tag", "library_name"))
    row |= {"id": "a/b", "problems": [problem] if where == "model" else []}
    answer = Readme("a/b", problem=problem)
    monkeypatch.setattr(sys.modules[read_card.__module__], "read_model", lambda *_: row)
    monkeypatch.setattr(sys.modules[read_card.__module__], "read_readme", lambda *_: answer)
    with pytest.raises(error, match="a/b: ") as caught:
        check("a/b")
    assert caught.value.hint


def test_results_of_a_folder_stand_for_those_of_the_metadata(tmp_path: Path) -> None:
    card = "# Heron\n\nHeron tells birds by their calls, a small convolutional network.\n\n"
    results = "## Evaluation\n\nAccuracy 0.91, F1 0.89 and 0.84 in the wind on 300 calls.\n"
    (tmp_path / "README.md").write_text(card + results)
    path = str(tmp_path)
    assert "results" in {gap.key for gap in check(path, id="me/heron").gaps}
    (tmp_path / ".eval_results").mkdir()
    file = tmp_path / ".eval_results" / "hle.yaml"
    file.write_text("- dataset: {id: cais/hle}\n  value: 20.9\n")
    checked = check(path, id="me/heron")
    assert "results" in {gap.key for gap in checked.gaps}
    assert "CG129" in {finding.rule for finding in checked.findings}
    file.write_text("- dataset: {id: cais/hle, task_id: default}\n  value: 20.9\n")
    checked = check(path, id="me/heron")
    assert "results" not in {gap.key for gap in checked.gaps}
    assert "CG129" not in {finding.rule for finding in checked.findings}
