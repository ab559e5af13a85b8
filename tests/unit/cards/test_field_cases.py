"""Cards that the Hub and a linter may read differently: see cases/field/EXPECTED.md."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cardiogram.cards import parse_card
from cardiogram.cards.features import count_features, find_makers, kinds_of
from cardiogram.cards.front_matter import parse_metadata
from cardiogram.cards.lint.rules_metadata import _LICENSES, plain
from cardiogram.cards.vocabulary import load_vocabulary
from cardiogram.check import Checked, check, fix
from support import SHARED, needs_shared

pytestmark = needs_shared
CASES = SHARED / "cases" / "field"


def case(number: str) -> Path:
    return next(CASES.glob(f"{number}-*"))


def checked(number: str) -> Checked:
    of = "dataset" if number == "16" else "model"
    return check(str(case(number)), id="heron/marsh-small", of=of)


@pytest.mark.parametrize(
    ("number", "rule", "line", "words"),
    [
        ("01", "CG101", 1, "a blank stands behind the dashes"),
        ("02", "CG105", 9, "results"),
        ("03", "CG103", 6, "unknown tag"),
        ("06", "CG118", 3, "'zh-CN'"),
        ("06", "CG118", 3, "'pt-BR'"),
        ("07", "CG106", 3, "`language:` without a value"),
        ("11", "CG124", 6, "not a list"),
        ("12", "CG123", 6, "`config` that is no text"),
        ("13", "CG121", 6, "a map"),
        ("25", "CG103", 7, "the alias 'rivers' is not defined"),
        ("26", "CG122", 6, "'/data/rivers'"),
        ("26", "CG122", 6, "'river sounds 960h'"),
        ("27", "CG101", 3, "stands on line 3"),
    ],
)
def test_what_the_hub_refuses_is_said(number: str, rule: str, line: int, words: str) -> None:
    found = [finding for finding in checked(number).findings if finding.rule == rule]
    assert any(words in finding.message and finding.line == line for finding in found), found
    assert all(f.severity == "error" for f in found if rule != "CG101")
    assert all(not f.edits for f in found)


@pytest.mark.parametrize(
    ("number", "rules"),
    [
        ("04", ("CG103",)),
        ("05", ("CG123",)),
        ("10", ("CG202",)),
        ("14", ("CG121", "CG122")),
        ("15", ("CG113", "CG115")),
        ("16", ("CG135",)),
        ("18", ("CG201",)),
    ],
)
def test_what_the_hub_takes_is_never_an_error(number: str, rules: tuple[str, ...]) -> None:
    assert {finding.rule for finding in checked(number).findings}.isdisjoint(rules)


@pytest.mark.parametrize("number", ["08", "09", "10"])
def test_a_fix_never_changes_what_is_meant(number: str, tmp_path: Path) -> None:
    copy = tmp_path / "README.md"
    shutil.copy(case(number), copy)
    assert fix(str(copy)) == ()
    assert copy.read_bytes() == case(number).read_bytes()


@pytest.mark.parametrize(
    ("number", "makers", "kind"), [("20", (), "hand-written"), ("21", ("autotrain",), "trainer")]
)
def test_who_made_a_card(number: str, makers: tuple[str, ...], kind: str) -> None:
    card = parse_card(case(number).read_bytes())
    assert find_makers(card) == makers
    assert kinds_of(card, count_features(card)) == (kind,)


def test_a_tab_behind_a_dash_is_read_as_a_blank() -> None:
    card = parse_card(case("04").read_bytes())
    assert card.metadata.texts("tags") == ["rivers", "audio"]


def test_a_merge_key_is_merged() -> None:
    values = parse_metadata("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n").values
    assert values["b"] == {"x": 1, "y": 3}


def test_two_paragraphs_of_markdown_are_not_only_html() -> None:
    assert parse_card(case("19").read_bytes()).problems == ()


def test_every_spelling_that_a_fix_writes_stands_for_one_licence_or_language() -> None:
    known = load_vocabulary()
    for names in (known.licenses, known.languages):
        meant: dict[str, set[str]] = {}
        for id, name in names.items():
            for text in (id, name):
                meant.setdefault(plain(text), set()).add(id)
        aliases = _LICENSES if names is known.licenses else {}
        for text, id in aliases.items():
            meant.setdefault(text, set()).add(id)
        assert {text: ids for text, ids in meant.items() if len(ids) > 1} == {}
