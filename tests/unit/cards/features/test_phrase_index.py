import pytest
from hypothesis import given, strategies as st

from cardiogram.cards.features.mentions import MAKERS, PHRASED, PROSE
from cardiogram.cards.features.phrase_index import (
    PhraseIndex,
    SharedSearch,
    list_words,
    lower_bytes,
)

GROUPS = {
    "trained": ["trained on", "training data", "pre-trained", "~fine-tun"],
    "size": ["1b", "parameters", " gb", "by:"],
    "steps": ["~steps", "~classif", "learning rate"],
    "other": ["数据", ">>>", "rate of", "steps"],
}
INDEX = PhraseIndex(GROUPS)
PIECES = st.sampled_from(
    [
        "trained",
        "on",
        "pretrained",
        "pre",
        "-",
        " ",
        "training",
        "data",
        "datasets",
        "steps",
        "by",
        "num_steps",
        "stepwise",
        "learning",
        "rate",
        "rates",
        "relearning",
        ":",
        "1b",
        "parameters",
        "gb",
        "数据",
        ">>>",
        "of",
        "fine",
        "tuned",
        "classy",
        "reclassify",
        "é",
        "\n",
    ]
)


def in_text(text: str) -> dict[str, int]:
    """The plain way: a phrase counts where it stands and a word of the text calls for it."""
    lower = lower_bytes(text)
    return INDEX.count(lower, frozenset(list_words(lower)))


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("", {}),
        ("Trained on 1B words.", {"trained": 1, "size": 1}),
        ("It was fine-tuned.", {"trained": 1}),
        ("Steps.", {"steps": 1, "other": 1}),
        ("stepwise, num_steps", {"steps": 1}),
        ("num_steps", {}),
        ("数据 >>>", {"other": 2}),
        ("Made by: me. 8 GB", {"size": 2}),
    ],
)
def test_phrases_are_found_by_their_words(text: str, facts: dict[str, int]) -> None:
    assert in_text(text) == facts


def plainly(text: str) -> dict[str, int]:
    """The same, looked for phrase by phrase."""
    lower = lower_bytes(text)
    words = list_words(lower)
    counts: dict[str, int] = {}
    for name, phrases in GROUPS.items():
        for phrase in phrases:
            plain = phrase.lstrip("~").encode()
            parts = list_words(plain)
            if phrase in ("~steps", "~classif"):
                called = any(word.startswith(plain[:4]) for word in words)
            elif not plain.isascii() or not parts:
                called = True
            else:
                parts = parts[:-1] if phrase.startswith("~") else parts
                called = max(sorted(parts), key=len) in words
            alone = plain.isascii() and phrase.encode() == b"".join(parts)
            if called and (alone or plain in lower):
                counts[name] = counts.get(name, 0) + 1
    return counts


@given(st.lists(PIECES, max_size=40).map("".join))
def test_one_pass_finds_what_a_search_for_each_phrase_finds(text: str) -> None:
    assert in_text(text) == plainly(text)
    lower = lower_bytes(text)
    assert INDEX.names(lower, frozenset(list_words(lower))) == set(plainly(text))


def test_a_phrase_of_two_facts_counts_for_both() -> None:
    index = PhraseIndex({"one": ["data set", "seed"], "other": ["data set", "seed"]})
    lower = b"a data set with a seed"
    assert index.count(lower, frozenset(list_words(lower))) == {"one": 2, "other": 2}


def test_every_word_of_the_shipped_indexes_is_looked_for() -> None:
    for words in (PROSE.words, MAKERS.words):
        assert words <= PHRASED


def test_the_hundredth_text_is_searched_as_the_first() -> None:
    index = PhraseIndex(GROUPS)
    text = " ".join(phrase.strip("~") for phrases in GROUPS.values() for phrase in phrases)
    lower = lower_bytes(text)
    counts = [index.count(lower, frozenset(list_words(lower))) for _ in range(100)]
    search = SharedSearch(index)
    names = [index.names_in(lower, search.search(lower)[0]) for _ in range(100)]
    assert all(counts)
    assert all(names)
    assert counts == [counts[0]] * 100
    assert names == [names[0]] * 100
