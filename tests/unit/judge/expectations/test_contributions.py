import gzip
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from cardiogram.cards.card import Card, parse_card
from cardiogram.cards.features.vector import CardFeatures
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.expectations import contributions as effects
from cardiogram.judge.expectations.contributions import measure_contributions
from cardiogram.judge.expectations.evidence import LineRange, find_lines
from cardiogram.judge.expectations.expectations import EXPECTATIONS
from cardiogram.judge.expectations.gaps import find_gaps
from cardiogram.judge.expectations.verdicts import decide_expectations
from cardiogram.judge.rating import Evidence
from support import SHARED, needs_shared

EXPECT = embedded_judge().expect
TEXT = (
    "---\nlicense: mit\ntags:\n- parrot\nlanguage: en\n---\n# Parrot\n\n"
    "Parrot is a small model that repeats what it hears, for people who miss their bird.\n\n"
    "## Usage\n\n```python\nfrom transformers import pipeline\n"
    "pipe = pipeline('text-generation', model='me/parrot')\nprint(pipe('Hello'))\n```\n\n"
    "## Limitations\n\nIt repeats insults as readily as songs, and fails on long sentences, on "
    "whispers and in languages that it has not heard.\n\n## Training\n\nLearning rate 0.001, batch "
    "size 16, 3 epochs on one A100 GPU, PyTorch 2.1.\n"
)


def measured(text: str, **more: Any) -> dict[str, Evidence]:
    card = parse_card(text, id="me/parrot", **more)
    read = CardFeatures.of(card)
    met = {each.present: each.key for each, is_met in decide_expectations(read) if is_met}
    gaps = {gap.missing: gap.key for gap in find_gaps(read, EXPECT)}
    lacking = {each.missing: each.key for each in EXPECTATIONS}
    keys = lacking | gaps | met
    return {keys[item.fact]: item for item in measure_contributions(read, EXPECT)}


def test_what_holds_has_the_effect_of_deleting_its_lines() -> None:
    found = measured(TEXT)
    lines = TEXT.split("\n")
    for key, first, last in (("code", 13, 17), ("limits", 19, 21), ("license", 2, 2)):
        item = found[key]
        assert (item.first_line, item.last_line) == (first, last)
        assert item.effect is not None
        assert item.effect > 0.1
        rest = "\n".join(lines[: first - 1] + lines[last:])
        before, after = embedded_judge().rate(
            [parse_card(text, id="me/parrot") for text in (TEXT, rest)]
        )
        moved = before.scores[item.criterion].expected - after.scores[item.criterion].expected
        assert moved == pytest.approx(item.effect, abs=0.001)


def test_what_is_missing_has_the_effect_of_mending_it_turned_round() -> None:
    card = parse_card(TEXT, id="me/parrot")
    gains = {gap.key: gap.criterion_gain for gap in find_gaps(CardFeatures.of(card), EXPECT)}
    found = measured(TEXT)
    assert "numbers" in gains.keys() & found.keys()
    for key in gains.keys() & found.keys():
        assert found[key].effect == -gains[key]
    assert "comparison" not in gains, "a part of the results, which are missing themselves"
    assert found["comparison"].effect is None


def test_the_absence_of_a_fault_has_no_lines_to_delete() -> None:
    found = measured(TEXT)
    assert found["filled"].effect is None
    assert found["fences"].effect is None


def test_tags_of_the_hub_are_taken_away_although_they_have_no_lines() -> None:
    text = TEXT.split("---\n", 2)[2]
    found = measured(text, tags=["license:mit", "en"], pipeline_tag="text-generation")
    for key in ("license", "task", "language"):
        item = found[key]
        assert (item.first_line, item.last_line) == (0, 0)
        assert item.effect is not None
        assert item.effect > 0.1
    assert found["code"].effect is not None
    assert found["code"].effect > 0.1


def test_a_very_long_card_is_not_rated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "_LONGEST", len(TEXT) - 1)
    assert {item.effect for item in measured(TEXT).values()} == {None}


def test_a_key_of_several_lines_is_taken_away_whole() -> None:
    text = "---\nmodel-index:\n- name: p\n  results:\n  - task:\n      type: a\nlicense: mit\n---\n"
    card = parse_card(text)
    expectation = next(
        expectation
        for expectation, _ in decide_expectations(CardFeatures.of(card))
        if expectation.key == "results"
    )
    assert find_lines(CardFeatures.of(card), expectation) == (LineRange(2, 6),)


@given(st.text("#*-[]{}<>`: \nabM", max_size=120))
@settings(max_examples=30)
def test_lines_are_lines_of_the_card_and_effects_are_numbers(text: str) -> None:
    last = parse_card(text).text.count("\n") + 1
    for item in measured(text).values():
        assert 0 <= item.first_line <= item.last_line <= last
        assert item.effect is None or np.isfinite(item.effect)


@needs_shared
def test_on_real_cards_code_and_results_and_limits_carry_their_criteria() -> None:
    with gzip.open(SHARED / "corpus" / "cards-dev.jsonl.gz") as file:
        rows = [json.loads(line) for line in file][::6]
    cards = [parse_card(row["text"], id=row["id"], tags=row["tags"] or ()) for row in rows]
    effects_of: dict[str, list[float]] = {"code": [], "numbers": [], "limits": [], "dataset": []}
    for card in cards:
        for key, effect in _held(card):
            if key in effects_of:
                effects_of[key].append(effect)
    for key, found in effects_of.items():
        assert len(found) >= 5, key
        assert np.mean(np.array(found) > 0) >= 0.9, key
        assert np.mean(found) > 0.3, key


def _held(card: Card) -> list[tuple[str, float]]:
    key_of = {expectation.present: expectation.key for expectation in EXPECTATIONS}
    return [
        (key_of[item.fact], item.effect)
        for item in measure_contributions(CardFeatures.of(card), EXPECT)
        if item.effect is not None and item.fact in key_of
    ]


def test_what_a_template_left_unfilled_is_no_evidence() -> None:
    line = "- **Developed by:** {}\n- **Hardware Type:** {}\n"
    text = "# Heron\n\nHeron tells birds by their calls in a marsh at dawn.\n\n" + line
    left = text.format(*["[More Information Needed]"] * 2)
    said = {evidence.fact for evidence in measured(left).values()}
    assert not {"says who made it", "hardware or time named"} & said
    filled = measured(text.format("the marsh lab", "one A100"))["author"]
    assert (filled.fact, filled.first_line) == ("says who made it", 5)
    made = measured(left + "\nIt was developed by the marsh lab.\n")["author"]
    assert (made.fact, made.first_line, made.last_line) == ("says who made it", 8, 8)


def test_fences_are_said_to_be_closed_where_there_are_any() -> None:
    text = "# Heron\n\nHeron tells birds by their calls.\n"
    assert "fences" not in measured(text)
    assert measured(text + "\n```\nls\n```\n")["fences"].fact == "code fences are closed"
