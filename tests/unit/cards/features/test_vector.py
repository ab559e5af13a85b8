import numpy as np
import pytest
from hypothesis import given, strategies as st

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.blocks import count_numbers, count_words
from cardiogram.cards.features.vector import NAMES, Facts, count_facts, matrix, vector
from cardiogram.cards.sections import TOPICS

CARD = (
    "---\nlicense: mit\nlanguage: en\n---\n# Parrot\n\nIt repeats what it hears, word for word.\n\n"
    "## Usage\n\n```python\nfrom transformers import pipeline\npipe = pipeline(model='me/parrot')\n"
    "```\n\n## Limitations\n\nIt does not understand what it says; do not ask it for advice.\n"
)


def facts(text: str) -> Facts:
    return count_facts(parse_card(text, id="me/parrot"))


def test_the_names_are_unique_and_as_many_as_the_numbers() -> None:
    assert len(set(NAMES)) == len(NAMES)
    for text in ("", CARD):
        numbers = vector(facts(text))
        assert numbers.shape == (len(NAMES),)
        assert numbers.dtype == np.float32


@given(st.text() | st.text("# \n-*`|<>[]()ab1:", max_size=300))
def test_every_number_is_finite_whatever_the_card(text: str) -> None:
    assert np.isfinite(vector(facts(text))).all()


def test_a_matrix_is_the_vectors_of_its_cards() -> None:
    cards = [parse_card(text, id="me/parrot") for text in ("", CARD, "# T")]
    found = matrix(cards)
    for row, card in zip(found, cards, strict=True):
        assert (row == vector(count_facts(card))).all()
    assert matrix([]).shape == (0, len(NAMES))


def test_what_a_section_says_counts_for_its_topic() -> None:
    found = facts(CARD)
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
    plain, padded = facts(CARD), facts(f"{CARD}\n{hidden}\n")
    assert padded.whole.words == plain.whole.words
    assert padded.whole.numbers == plain.whole.numbers
    assert padded.found == plain.found
    for topic in TOPICS:
        assert padded.topics[topic].words == plain.topics[topic].words


def test_a_repeated_block_counts_once() -> None:
    body = CARD.split("---\n")[2]
    assert facts(CARD + body).whole.words == facts(CARD).whole.words
    assert facts(CARD + body).found == facts(CARD).found


def test_an_unfilled_template_is_no_text() -> None:
    found = facts("# M\n\n## Limitations\n\n[More Information Needed]\n")
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
