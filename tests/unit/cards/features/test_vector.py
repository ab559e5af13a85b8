import numpy as np
import pytest
from hypothesis import given, strategies as st

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.blocks import count_numbers, count_words
from cardiogram.cards.features.vector import (
    FEATURE_NAMES,
    Features,
    count_features,
    read_features,
    to_vector,
)
from cardiogram.cards.sections import TOPICS

CARD = (
    "---\nlicense: mit\nlanguage: en\n---\n# Parrot\n\nIt repeats what it hears, word for word.\n\n"
    "## Usage\n\n```python\nfrom transformers import pipeline\npipe = pipeline(model='me/parrot')\n"
    "```\n\n## Limitations\n\nThe parrot does not understand what it says; do not ask it for aid.\n"
)


def features(text: str) -> Features:
    return count_features(parse_card(text, id="me/parrot"))


def test_the_names_are_unique_and_as_many_as_the_numbers() -> None:
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES)
    for text in ("", CARD):
        numbers = to_vector(features(text))
        assert (len(numbers), numbers.typecode) == (len(FEATURE_NAMES), "f")


@given(st.text() | st.text("# \n-*`|<>[]()ab1:", max_size=300))
def test_every_number_is_finite_whatever_the_card(text: str) -> None:
    assert np.isfinite(to_vector(features(text))).all()


def test_a_batch_is_counted_as_its_cards_are_alone() -> None:
    cards = [parse_card(text, id="me/parrot") for text in ("", CARD, "# T")]
    for read, card in zip(read_features(cards), cards, strict=True):
        assert read.vector == to_vector(count_features(card))
    assert read_features([]) == []


def test_what_a_section_says_counts_for_its_topic() -> None:
    found = features(CARD)
    assert set(found.topics) == set(TOPICS)
    assert found.topics["usage"].code >= 2
    assert found.topics["limitations"].words >= 10
    assert found.topics["training"].words == 0
    assert found.topics["limitations"].first_line == CARD.split("## Limitations")[0].count("\n") + 1


HIDDEN = (
    "<!-- limitations bias risk dataset accuracy 97.3 training epochs -->",
    '<div style="display:none">\n<p>Trained on 500 hours of limitations.</p>\n</div>',
    "<p hidden>Trained on 500 hours of limitations, bias and risk.</p>",
)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_hidden_text_adds_no_words_and_no_facts(hidden: str) -> None:
    plain, padded = features(CARD), features(f"{CARD}\n{hidden}\n")
    assert padded.whole.words == plain.whole.words
    assert padded.whole.numbers == plain.whole.numbers
    assert padded.mentions == plain.mentions
    for topic in TOPICS:
        assert padded.topics[topic].words == plain.topics[topic].words


def test_a_repeated_block_counts_once() -> None:
    body = CARD.split("---\n")[2]
    assert features(CARD + body).whole.words == features(CARD).whole.words
    assert features(CARD + body).mentions == features(CARD).mentions


def test_an_unfilled_template_is_no_text() -> None:
    found = features("# M\n\n## Limitations\n\n[More Information Needed]\n")
    assert found.topics["limitations"].words == 0
    assert found.topics["limitations"].placeholders == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("one", 1), ("two  words\n", 2), ("日本語のモデル", 4), ("ein Wort für alle", 4)],
)
def test_count_words(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("text", "numbers"), [("", 0), ("loss 0.25", 1), ("1,000 and 2", 2), ("v1.2.3", 1)]
)
def test_count_numbers(text: str, numbers: int) -> None:
    assert count_numbers(text) == numbers
