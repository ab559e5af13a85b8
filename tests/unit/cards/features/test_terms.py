"""Words of a card, as a map sees them."""

import pytest

from cardiogram.cards.card import parse_card
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
