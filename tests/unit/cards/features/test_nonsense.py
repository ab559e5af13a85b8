"""What a visitor sees and learns nothing from counts as nothing, and all else counts."""

from random import Random

import pytest

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.blocks import read_blocks
from cardiogram.cards.features.nonsense.word_order import load_order, split_phrases
from cardiogram.cards.features.phrase_index import list_words, lower_bytes
from cardiogram.cards.features.vector import count_features, to_vector
from visible_games import ALONE, RUBRIC

WRITTEN = (
    "The model was trained on 120,000 sentences from field notes and 10,000 were kept for "
    "validation. It often errs on texts in dialects that the notes do not have, and it should not "
    "be used for medical advice. We fine-tuned it for three epochs with a batch size of 32."
)
KEPT = {
    "by somebody who learns English": (
        "Model is train with the datas of our university in year 2021. For use it you must install "
        "library and after make the import. Result is good on the text of news but in the text of "
        "law is not so good, we will do more better in next version."
    ),
    "a list of what there is": (
        "Context length: 4096 tokens, vocabulary: 32,000, layers: 24, heads: 16, hidden size: 2048"
    ),
    "names": "Maria Silva, Johannes Weber, Anna Kowalska, Li Wei, Priya Sharma, John Smith",
    "French": (
        "Le modèle a été entraîné sur les phrases de la presse et il ne convient pas pour les "
        "textes de loi, car les données ne contiennent pas de telles phrases."
    ),
    "Chinese": "该模型在新闻文本上训练，适用于情感分类任务，不适用于法律文本。" * 4,
    "Russian": "Модель обучена на новостных текстах и не подходит для юридических документов. " * 3,
    "results": "| Task | F1 |\n|---|---|\n| SST-2 | 0.91 |\n| MNLI | 0.84 |\n| QNLI | 0.88 |",
    "folds": "| Fold | Accuracy |\n|---|---|\n"
    + "\n".join(f"| Fold {n} | 0.9{n} |" for n in range(9)),
    "a training log": "| Training Loss | Epoch | Step | Validation Loss |\n|:-:|:-:|:-:|:-:|\n"
    + "\n".join(f"| 0.{n}1 | {n}.0 | {n}00 | 0.{n}4 |" for n in range(1, 9)),
    "a hash": "sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
VOID = {
    "a table of no metric": "| Metric | Value |\n|---|---|\n"
    + "\n".join(f"| Metric {n} | 0.{n}1 |" for n in range(9)),
    "one metric without end": " ".join(f"accuracy 0.{n}" for n in range(10, 40)),
    "the rubric's words": RUBRIC.split("## Overall")[1].split("|")[0],
}


def _void(text: str) -> bool:
    read = read_blocks([text])
    return read.blocks[0].is_void


@pytest.mark.parametrize("kind", KEPT)
def test_what_is_written_says_something(kind: str) -> None:
    features = count_features(parse_card(f"# Heron\n\n## Evaluation\n\n{KEPT[kind]}\n"))
    assert not features.void


@pytest.mark.parametrize("kind", VOID)
def test_numbers_of_nothing_and_the_rubric_say_nothing(kind: str) -> None:
    assert _void(VOID[kind])


@pytest.mark.parametrize("kind", ALONE)
def test_characters_at_random_are_no_words(kind: str) -> None:
    features = count_features(parse_card(ALONE[kind](Random(5))))
    assert features.whole.words < 20


def test_shuffled_words_are_told_from_written_ones() -> None:
    order = load_order()
    words = WRITTEN.split()
    assert not order.is_shuffled([(WRITTEN, list_words(lower_bytes(WRITTEN)))])
    for seed in range(20):
        Random(seed).shuffle(words)
        text = " ".join(words)
        assert order.is_shuffled([(text, list_words(lower_bytes(text)))])


def test_a_shuffled_section_counts_as_if_it_were_not_there() -> None:
    card = f"# Heron\n\n{WRITTEN}\n"
    words = WRITTEN.split()
    Random(1).shuffle(words)
    added = (
        f"\n## Limitations\n\n{' '.join(words)}\n\n## Training data\n\n{' '.join(words[::-1])}\n"
    )
    plain, gamed = (count_features(parse_card(text)) for text in (card, card + added))
    assert {block.text for block in gamed.void} >= {"Limitations", "Training data"}
    assert len(gamed.sections) == len(plain.sections)
    assert to_vector(gamed) == to_vector(plain)


def test_pairs_do_not_cross_punctuation_and_a_letter_may_stand_for_something() -> None:
    assert list(split_phrases("Let X be a set, and A the other.")) == [
        [b"let", b"_", b"be", b"a", b"set"],
        [b"and", b"a", b"the", b"other"],
    ]
