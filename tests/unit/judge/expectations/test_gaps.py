from array import array
from collections.abc import Sequence
from math import expm1, log1p

import pytest
from hypothesis import given, strategies as st

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.vector import FEATURE_NAMES, CardFeatures, Vector
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.expectations.expectations import EXPECTATIONS
from cardiogram.judge.expectations.gaps import Gap, explain, find_gaps
from cardiogram.judge.expectations.lifts import lift_features
from cardiogram.names import CRITERIA

TEXT = (
    "---\nlicense: mit\n---\n# Parrot\n\nIt repeats what it hears.\n\n## Limitations\n\n"
    "[More Information Needed]\n\n```python\nprint(1)\n"
)


def gaps(text: str, id: str = "me/parrot") -> tuple[Gap, ...]:
    return find_gaps(CardFeatures.of(parse_card(text, id=id)), embedded_judge().expect)


def test_every_expectation_names_a_criterion_and_features_that_exist() -> None:
    assert {expectation.criterion for expectation in EXPECTATIONS} == set(CRITERIA)
    keys = [(expectation.criterion, expectation.key) for expectation in EXPECTATIONS]
    assert len(set(keys)) == len(keys)
    for expectation in EXPECTATIONS:
        assert set(expectation.lift) <= set(FEATURE_NAMES)
        assert expectation.present
        assert expectation.missing
        assert expectation.advice.endswith(".")


def test_a_mended_card_has_features_as_a_card_has_them() -> None:
    """Logarithms of whole counts to the last bit, which differ by machines if they are added up."""
    now = CardFeatures.of(parse_card("# Parrot\n\n" + "it repeats 12 words " * 997)).vector
    names = ("whole_words", "whole_numbers", "own_words", "headings", "sections_filled")
    places = [FEATURE_NAMES.index(name) for name in names]
    moved = 0
    for expectation in EXPECTATIONS:
        after = lift_features(now, expectation)
        for place in places:
            moved += after[place] != now[place]
            assert array("f", [log1p(round(expm1(after[place])))])[0] == after[place]
    assert moved > 10


def test_evidence_has_places_in_the_card() -> None:
    card = parse_card(TEXT, id="me/parrot")
    last = TEXT.count("\n")
    evidence = explain(CardFeatures.of(card))
    assert {item.criterion for item in evidence} == set(CRITERIA)
    for item in evidence:
        assert item.fact
        assert 0 <= item.first_line <= item.last_line <= last


def test_gaps_are_sorted_by_what_they_cost_and_say_where() -> None:
    found = gaps(TEXT)
    by_key = {gap.key: gap for gap in found}
    assert by_key["limits"].line == 8
    assert by_key["filled"].line == 10
    assert "license" not in by_key
    assert by_key["language"].line == 1
    gains = [(round(gap.gain, 1), round(gap.criterion_gain, 1)) for gap in found]
    assert gains[:3] == sorted(gains[:3], reverse=True)
    assert gains[3:] == sorted(gains[3:], reverse=True)


def test_what_is_mended_is_no_gap_any_more() -> None:
    mended = TEXT.replace(
        "[More Information Needed]",
        "It repeats insults as readily as songs; it fails on long sentences, on whispers and on "
        "languages that it has not heard. Do not leave it alone with children: risk and bias.",
    )
    before, after = ({gap.key for gap in gaps(text)} for text in (TEXT, mended + "```\n"))
    assert {"limits", "filled"} <= before
    assert not {"limits", "filled"} & after


@pytest.mark.parametrize("text", ["", "---\nlicense: mit\n---\n", "\n\n\n", "# T"])
def test_a_card_of_nearly_nothing_has_gaps_with_lines(text: str) -> None:
    found = gaps(text)
    assert len(found) > 7
    assert all(1 <= gap.line <= max(1, text.count("\n") + 1) for gap in found)


@given(st.text("#*-[]{}<>`: \nabM", max_size=200))
def test_lines_of_gaps_are_lines_of_the_card(text: str) -> None:
    card = parse_card(text)
    last = card.text.count("\n") + 1
    for gap in find_gaps(CardFeatures.of(card), embedded_judge().expect):
        assert 1 <= gap.line <= last
    for item in explain(CardFeatures.of(card)):
        assert 0 <= item.first_line <= item.last_line <= last


def test_a_gain_is_what_the_judge_says_of_the_change() -> None:
    asked: list[Sequence[Vector]] = []

    def expect(rows: Sequence[Vector]) -> list[list[float]]:
        asked.append(rows)
        return [[2.0] * 9, *[[2.5, *[3.0] * 8] for _ in rows[1:]]]

    found = find_gaps(CardFeatures.of(parse_card(TEXT, id="me/parrot")), expect)
    assert {(gap.gain, gap.criterion_gain) for gap in found} == {(0.5, 1.0)}
    (x,) = asked
    assert [len(row) for row in x] == [len(FEATURE_NAMES)] * (len(found) + 1)
