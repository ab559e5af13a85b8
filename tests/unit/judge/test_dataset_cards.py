"""The checklist for dataset cards: order, evidence, gaps, and that nothing makes it fail."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.dataset import count_dataset_features
from cardiogram.cards.lint.linter import lint
from cardiogram.cards.metadata import configs_fault
from cardiogram.cards.sections import topics_of
from cardiogram.check import check
from cardiogram.judge.dataset_cards.checklist import CHECKLIST
from cardiogram.judge.dataset_cards.judge import DatasetJudge
from cardiogram.judge.rating import Rating
from cardiogram.judge.rubric import load_rubric
from cardiogram.names import CRITERIA, SCORES_OF
from dataset_cards import BARE, FULL, GENERATED, GERMAN, SHORT, TEMPLATE

JUDGE = DatasetJudge()


def rated(text: str, id: str = "me/garden-birds") -> Rating:
    return JUDGE.rate([parse_card(text, id=id)])[0]


def overall(text: str) -> float:
    return rated(text).scores["overall"].expected


def test_the_rubric_names_the_nine_numbers() -> None:
    rubric = load_rubric("dataset-card-v1")
    assert ("overall", *(item.key for item in rubric.criteria)) == SCORES_OF["dataset"]
    assert len(rubric.levels) == len(rubric.overall) == 5
    assert len(SCORES_OF["dataset"]) == len(CRITERIA) + 1


def test_every_item_is_of_a_criterion_and_has_words() -> None:
    assert {item.criterion for item in CHECKLIST} == set(SCORES_OF["dataset"][1:])
    assert len({(item.criterion, item.key) for item in CHECKLIST}) == len(CHECKLIST)
    for item in CHECKLIST:
        assert item.points > 0
        assert item.advice.endswith(".")
        assert not item.missing.endswith(".")
        assert item.present != item.missing


def test_better_cards_rate_higher() -> None:
    values = [overall(text) for text in (BARE, GENERATED, SHORT, FULL)]
    assert values == sorted(values)
    whole = [rated(text).scores["overall"].value for text in (BARE, TEMPLATE, SHORT, FULL)]
    assert whole == [1, 1, 4, 5]


def test_the_language_of_a_card_does_not_make_it_poor() -> None:
    assert not count_dataset_features(parse_card(GERMAN)).legible
    assert count_dataset_features(parse_card(FULL)).legible
    scores = rated(GERMAN).scores
    for name in ("identity", "composition", "collection", "limitations"):
        assert scores[name].value >= 4, name
    without = GERMAN[: GERMAN.index("## Einschränkungen")]
    assert rated(without).scores["limitations"].value == 1


def test_a_template_earns_no_more_than_its_headings() -> None:
    scores = rated(TEMPLATE).scores
    assert all(scores[name].value == 1 for name in SCORES_OF["dataset"] if name != "structure")


def test_two_missing_criteria_hold_the_overall_rating_at_adequate() -> None:
    start, end = FULL.index("## Limitations"), FULL.index("## Citation")
    text = FULL[:start] + FULL[end:]
    start, end = text.index("## Collection"), text.index("## Loading")
    assert rated(text[:start] + text[end:]).scores["overall"].value == 3


def test_its_numbers_have_no_interval_since_its_errors_were_never_measured() -> None:
    for score in rated(FULL).scores.values():
        assert (score.low, score.high) == (None, None)
        assert 1 <= score.expected <= 5
        assert score.value == min(5, int(score.expected + 0.5))


def test_evidence_names_lines_that_exist() -> None:
    lines = FULL.count("\n")
    for item in rated(FULL).evidence:
        assert 1 <= item.first_line <= item.last_line <= lines, item
    fields = next(item for item in rated(FULL).evidence if item.fact == "lists the fields")
    assert FULL.splitlines()[fields.first_line - 1] == "## Structure"


def test_a_gap_promises_what_mending_it_brings() -> None:
    before = rated(SHORT)
    gap = next(item for item in JUDGE.find_gaps(parse_card(SHORT)) if item.key == "risk")
    after = rated(SHORT + "There is a risk of leaks between the splits.\n")
    rise = after.scores["limitations"].expected - before.scores["limitations"].expected
    assert rise == pytest.approx(gap.criterion_gain, abs=0.001)
    assert not JUDGE.find_gaps(parse_card(FULL, id="me/garden-birds"))


def test_headings_of_datasets_mean_something_else_than_those_of_models() -> None:
    assert topics_of("Source data", "dataset") == {"collection"}
    assert topics_of("Data fields", "dataset") == {"composition"}
    assert topics_of("数据来源", "dataset") == {"collection"}
    assert topics_of("Data fields") == {"data"}


def test_the_linter_knows_whose_card_it_is() -> None:
    card = parse_card("---\nlicense: mit\nsize_categories: 5000\n---\n# Birds\n\nA picture.\n")
    rules = {item.rule for item in lint(card, of="dataset")}
    assert "CG132" in rules
    assert not rules & {"CG113", "CG115", "CG117"}
    assert "CG113" in {item.rule for item in lint(card)}
    assert "CG132" not in {item.rule for item in lint(card)}


def test_configs_fault_says_what_is_wrong() -> None:
    assert "list of maps" in configs_fault({"a": 1})
    assert "config_name" in configs_fault([{"data_files": "x"}])
    assert "data_files" in configs_fault([{"config_name": "x"}])


def test_check_takes_the_judge_of_the_type() -> None:
    found = check("-", data=FULL.encode(), id="me/garden-birds", of="dataset")
    assert found.rating.judge == "dataset-rules"
    assert found.rating.scores["overall"].value == 5
    assert tuple(found.rating.scores) == SCORES_OF["dataset"]


@settings(max_examples=60)
@given(st.text(max_size=300), st.sampled_from([BARE, SHORT, FULL]))
def test_nothing_makes_it_fail(text: str, base: str) -> None:
    for card in (text, base + text, base[: len(text)] + text):
        (rating,) = JUDGE.rate([parse_card(card)])
        assert all(1 <= score.value <= 5 for score in rating.scores.values())
    assert count_dataset_features(parse_card(text)).whole.words >= 0
