import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardiogram.cards.facts import CONTENT, LEXICON, MAKERS, PROSE
from cardiogram.cards.phrases import Lexicon, PhraseIndex, list_words, lower_bytes

GROUPS = {
    "trained": ["trained on", "training data", "pre-trained", "~fine-tun"],
    "size": ["1b", "parameters", " gb", "by:"],
    "steps": ["~steps", "~classif", "learning rate"],
    "other": ["数据", ">>>", "rate of", "steps"],
}
INDEX = PhraseIndex(GROUPS)
PIECES = st.sampled_from(
    ["trained", "on", "pretrained", "pre", "-", " ", "training", "data", "datasets", "steps", "by",
     "num_steps", "stepwise", "learning", "rate", "rates", "relearning", ":", "1b", "parameters",
     "gb", "数据", ">>>", "of", "fine", "tuned", "classy", "reclassify", "é", "\n"]
)  # fmt: skip
BLOCKS = st.lists(st.lists(PIECES, max_size=8).map("".join), max_size=5)


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


@given(BLOCKS)
def test_block_by_block_or_all_at_once_is_the_same(blocks: list[str]) -> None:
    lexicon = Lexicon((), [INDEX])
    lower = [lower_bytes(block) for block in blocks]
    known = [lexicon.choose(list_words(block)) for block in lower]
    found = [INDEX.search(block, words) for block, words in zip(lower, known, strict=True)]
    joined = INDEX.count_in(
        b"\n".join(lower), frozenset().union(*known), [n for numbers in found for n in numbers]
    )
    assert joined == in_text("\n".join(blocks))


def test_a_lexicon_keeps_the_words_that_matter_and_forgets_beyond_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lexicon = Lexicon([b"seed"], [INDEX])
    words = [b"seed", b"trained", b"pretrained", b"stepwise", b"house", b"of"]
    assert lexicon.choose(words) == {b"seed", b"trained", b"pretrained", b"stepwise"}
    monkeypatch.setattr("cardiogram.cards.phrases._REMEMBERED", len(lexicon) + 3)
    for number in range(50):
        lexicon.choose([b"new%d" % number])
        assert len(lexicon) <= len(lexicon._listed) + 3 + 6
    assert lexicon.choose(words) == {b"seed", b"trained", b"pretrained", b"stepwise"}


def test_every_word_of_the_shipped_indexes_matters() -> None:
    for words in (PROSE.words, MAKERS.words, CONTENT.words):
        assert LEXICON.choose(words) == words
