"""Words of a card, as a map sees them."""

import pytest
from hypothesis import example, given, settings, strategies as st

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.term_batch import list_pieces
from cardiogram.cards.features.terms import MAX_WORDS, split_words, terms_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Llama-2 snake_case 2024 v1.5", ["llama", "snake", "case", "v1"]),
        ("modèle 12 d'été", ["modèle", "d", "été"]),
        ("โมเดล ๑๒ 12", ["โม", "มเ", "เด", "ดล", "๑๒"]),
        ("x" * 31 + " " + "y" * 30, ["y" * 30]),
        ("ΟΔΟΣ\nΣΑΣ", ["οδος", "σας"]),
    ],
)
def test_words_of_a_text(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize("line", ["word 12 of_a line ", "mot été ", "слово и 数据 ดล "])
def test_a_long_block_has_the_first_words_that_it_has_as_a_whole(line: str) -> None:
    text = "\n".join(f"{line}{number}x" for number in range(2000))
    piece = terms_of(parse_card(f"```\n{text}\n```")).pieces[0]
    assert list(piece.words) == split_words(text)[:MAX_WORDS]


WORDS = (
    "Loss achieves a_b 12 v1.5 0.25! été Straße ΟΔΟΣ 10² “quote” 🤗 モデル・学習 โมเดล слово it's "
)
WORDS += "\x1f \x85 \u2028 \0 \ud800 ﬁne K"
TEXTS = st.lists(
    st.sampled_from([*WORDS.split(" "), "x" * 30, "é" * 30, "é" * 31, "y" * 31]), max_size=30
)


@settings(max_examples=60)
@given(st.lists(TEXTS.map(" ".join), max_size=6))
@example(["word " * 1500, "a few more"])
@example(["12 " * 50_000 + "word", "one"])
@example(["word " + " ".join(map(chr, range(0x10FF00, 0x10FFFE)))])
@example([])
def test_words_of_many_cards_are_those_of_each(texts: list[str]) -> None:
    cards = [parse_card("\n\n".join(texts[first:])) for first in range(len(texts) + 1)]
    assert list_pieces(cards) == [terms_of(card).pieces_as_text() for card in cards]
