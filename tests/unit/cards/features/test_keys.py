"""Numbers of the metadata of made-up cards."""

from math import expm1

import pytest

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.vector import count_features


def numbers(front: str, body: str = "") -> dict[str, float]:
    card = parse_card(f"---\n{front}\n---\n{body}", id="me/parrot")
    return count_features(card).numbers


def count(front: str, name: str, body: str = "") -> int:
    return round(expm1(numbers(front, body)[name]))


RESULTS = """model-index:
- name: parrot
  results:
  - task: {type: text-generation}
    metrics:
    - {type: wer, value: 3.1}
    - {type: cer, value: 0.0}
    - {type: bleu, value: }"""


@pytest.mark.parametrize(
    ("front", "name", "value"),
    [
        ("license: mit", "meta_license_good", 1),
        ("license: other", "meta_license_good", 0),
        ("license: other\nlicense_name: gemma", "meta_license_good", 1),
        ("license: beer", "meta_license_good", 0),
        ("pipeline_tag: translation", "meta_task_any", 1),
        ("tags: [translation]", "meta_task_any", 1),
        ("tags: [birds]", "meta_task_any", 0),
        ("tags: [stable-baselines3]", "meta_library_any", 1),
        ("tags: [birds]", "meta_library_any", 0),
        ("datasets: [generator]", "meta_datasets_nameless", 1),
        ("datasets: [me/songs]", "meta_datasets_nameless", 0),
        ("model-index:\n- name: parrot\n  results: []", "meta_results_empty", 1),
        (RESULTS, "meta_results_empty", 0),
    ],
)
def test_what_a_key_holds(front: str, name: str, value: int) -> None:
    assert numbers(front)[name] == value


@pytest.mark.parametrize(
    ("front", "name", "value"),
    [
        (RESULTS, "meta_result_count", 2),
        (RESULTS, "indexed_metrics", 2),
        ("model-index: [1, {results: [2, {metrics: 3}]}]", "meta_result_count", 0),
        ("tags: [biology, medical, birds]", "meta_offered_tags", 2),
        ("tags: [biology, birds, pytorch, translation, ab]", "meta_tag_words", 1),
        ("metrics: [wer, cer]", "meta_metric_count", 2),
        ("datasets: []\nlanguage: \nlicense: mit", "meta_empty", 2),
    ],
)
def test_how_many_a_key_holds(front: str, name: str, value: int) -> None:
    assert count(front, name) == value


FULL = f"""license: mit
language: en
tags: [translation, birds]
library_name: transformers
datasets: [me/songs]
base_model: you/bird
metrics: [wer]
{RESULTS}"""


def test_facts_are_counted_wherever_they_stand() -> None:
    assert numbers(FULL)["meta_facts"] == 9
    for line in ("license: mit", "language: en", "metrics: [wer]", "base_model: you/bird"):
        assert numbers(FULL.replace(f"{line}\n", ""))["meta_facts"] == 8
    assert numbers("license: other\ndatasets: [generator]\ntags: [biology]")["meta_facts"] == 0


def test_what_the_keys_name_is_looked_for_in_the_text() -> None:
    front = "datasets: [me/songs, me/calls, generator]\nbase_model: you/bird-large"
    body = "Bird-Large learned it from songs."
    assert count(front, "meta_datasets_said", body) == 1
    assert count(front, "meta_datasets_unsaid", body) == 1
    assert numbers(front, body)["meta_base_said"] == 1
    assert numbers(front, "<!-- bird-large -->")["meta_base_said"] == 0, "nobody sees it"
