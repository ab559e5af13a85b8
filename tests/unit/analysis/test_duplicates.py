import re
from zlib import crc32

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st

from cardiogram.analysis.columns import sign_texts
from cardiogram.analysis.columns.sign_texts import sign
from cardiogram.analysis.duplicates import (
    MINIMA,
    SIMILAR,
    Signatures,
    find_duplicates,
    largest_clusters,
    similarity,
)
from cardiogram.cards.card import parse_card
from cardiogram.cards.features.traits import TRAITS, is_machine_made, traits_of
from cardiogram.cards.features.vector import count_features
from cardiogram.stats.outliers import find_outliers
from cardiogram.stats.power import measure_power
from cardiogram.stats.prevalence import (
    Deciles,
    Odds,
    Popular,
    bound_odds,
    decile_places,
    find_popular,
    odds_ratios,
)
from cardiogram.stats.ranks.partial import build_covariates
from cardiogram.stats.resampling import Resampling

WORDS = (
    "model",
    "card",
    "trained",
    "data",
    "words",
    "layers",
    "tokens",
    "loss",
    "speech",
    "image",
    "license",
    "usage",
    "python",
    "limits",
    "bias",
    "score",
    "task",
    "author",
    "paper",
    "code",
)

RESAMPLING = Resampling(0.95, 500, 0)


def text(seed: int, words: int = 200) -> str:
    return " ".join(np.random.default_rng(seed).choice(WORDS, words))


def sign_all(*texts: str | None, ids: tuple[str, ...] = ()) -> Signatures:
    return sign(pa.array(texts, pa.large_string()), pa.array(ids or [""] * len(texts)))


def test_templates_are_found_whatever_the_name_and_the_numbers() -> None:
    signed = sign_all(
        f"# alpha-7b\n{text(0)} loss 0.25",
        text(1),
        f"# beta-13b\n{text(0)} LOSS: 1.75",
        None,
        ids=("org/alpha-7b", "org/gamma", "org/beta-13b", "org/delta"),
    )
    one, other, two, _ = signed.minima
    assert signed.signed.tolist() == [True, True, True, False]
    assert similarity(one, two) == 1
    assert similarity(one, other) < 0.3
    made = np.array([2.0, 0.0, 1.0, 0.0])
    found = find_duplicates(signed, np.arange(4), made)
    assert found.cluster.tolist() == [0, -1, 0, -1]
    assert found.kept.tolist() == [False, True, True, True]
    assert (found.clusters, found.cards, found.largest) == (1, 2, 2)
    assert (found.same_author, found.shared) == (0, 1)


@pytest.mark.parametrize("changed", [0, 10, 25, 50, 100])
def test_estimate_is_near_the_exact_share(changed: int) -> None:
    words = text(2, 600).split()
    other = words[: 600 - changed] + text(3, changed).split() if changed else words
    one, two = sign_all(" ".join(words), " ".join(other)).minima
    first, second = (set(zip(w, w[1:], w[2:], strict=False)) for w in (words, other))
    exact = len(first & second) / len(first | second)
    assert similarity(one, two) == pytest.approx(exact, abs=0.18)


def test_texts_without_words_are_nobodys_duplicates() -> None:
    signed = sign_all("", "1 2 3 !!", "two words", "org's model card", ids=("", "", "", "org/s"))
    assert not signed.signed.any()
    assert find_duplicates(signed, np.zeros(4, int), np.zeros(4)).cards == 0
    assert find_duplicates(sign_all(), np.zeros(0, int), np.zeros(0)).kept.size == 0


SIGNS = "aZé ÉßñÖ ΛΒςк 中文 ٣²Ⅷ½ _-.1 \u00a0\u2014\u0301🙂\n"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(SIGNS, max_size=90) | st.text("aé", min_size=60, max_size=99), max_size=4))
def test_words_are_hashed_as_if_one_by_one(texts: list[str]) -> None:
    words = sign_texts._hash_words(pa.array(texts, pa.string()))
    lower = [re.findall(r"[^\W\d_]+", text.lower()) for text in texts]
    assert words.codes.tolist() == [crc32(word.encode()) for own in lower for word in own]
    assert words.row.tolist() == [row for row, own in enumerate(lower) for _ in own]


def test_a_letter_that_is_longer_in_small_is_a_letter() -> None:
    words = sign_texts._hash_words(pa.array(["İyi günler, İSTANBUL", "ΛΟΓΟΣ"])).codes
    small = ("İyi", "günler", "İstanbul", "λογος")
    assert words.tolist() == [crc32(word.encode()) for word in small]


def test_of_a_flood_its_first_words_count() -> None:
    flood = "é" + "one two three " * 200_000
    signed = sign_all(flood, "one two three", flood[:500_000])
    assert sign_texts._hash_words(pa.array([flood])).codes.size == 20_000
    assert (signed.minima[0] == signed.minima[2]).all()
    assert signed.signed.all()


def test_clusters_are_what_a_walk_from_card_to_card_finds() -> None:
    rng = np.random.default_rng(0)
    of = rng.integers(120, size=400)
    minima = rng.integers(2**32, size=(120, MINIMA), dtype=np.uint32)[of]
    minima[rng.random(minima.shape) < 0.15] = 0
    signed, authors, made = rng.random(400) < 0.9, rng.integers(9, size=400), rng.random(400)
    made[rng.random(400) < 0.3] = np.nan
    parent = np.arange(400)
    first: dict[tuple[int, bytes], int] = {}
    for card in np.flatnonzero(signed).tolist():
        for band in range(16):
            other = first.setdefault((band, minima[card, 4 * band : 4 * band + 4].tobytes()), card)
            if np.mean(minima[card] == minima[other]) >= SIMILAR:
                parent[parent == parent[card]] = parent[other]
    members = [np.flatnonzero(parent == root) for root in dict.fromkeys(parent.tolist())]
    several = [cards for cards in members if cards.size > 1]
    found = find_duplicates(Signatures(minima, signed), authors, made)
    assert 20 < found.clusters == len(several)
    assert found.largest == max(map(len, several))
    assert found.same_author == sum(np.unique(authors[cards]).size == 1 for cards in several)
    for number, cards in enumerate(several):
        assert (found.cluster[cards] == number).all()
        oldest = min(cards.tolist(), key=lambda card: (np.nan_to_num(made[card], nan=9.0), card))
        assert cards[found.kept[cards]].tolist() == [oldest]
    assert found.kept.sum() == 400 - found.cards + found.clusters
    largest = max(several, key=len)
    np.testing.assert_array_equal(largest_clusters(found, 1, 3)[0], largest[:3])


def has(card_text: str, *tags: str, id: str = "org/model") -> set[str]:
    card = parse_card(card_text, id=id, tags=tags)
    found = traits_of(card, count_features(card), tags)
    return {trait.name for trait, value in zip(TRAITS, found, strict=True) if value}


def test_traits() -> None:
    assert len(TRAITS) >= 30
    assert len({trait.name for trait in TRAITS}) == len(TRAITS)
    found = has(
        "---\nlicense: mit\nlanguage: en\npipeline_tag: fill-mask\ndatasets: [glue]\n---\n"
        "# Parrot\n\n![logo](a.png) [try it](https://huggingface.co/spaces/org/parrot)\n\n"
        "```python\nfrom transformers import pipeline\npipe = pipeline('fill-mask')\n```\n\n"
        "| file | bits |\n|---|---|\n| q4_k_m.gguf | 4 |\n\n"
        "## Limitations\n\nIt repeats what it hears and it is wrong about most things it says.\n\n"
        "```bibtex\n@misc{parrot}\n```\n"
    )
    assert {
        "license",
        "language",
        "task",
        "datasets",
        "image",
        "demo",
        "snippet",
        "title",
        "loading_code",
        "quant_table",
        "table",
        "gguf",
        "limitations",
        "citation",
    } <= found
    assert not {"badge", "contact", "base_model", "non_english", "model_index"} & found
    assert has("") == set()
    assert "chat_template" in has("Prompt:\n\n```\n<|im_start|>user\n```\n")
    assert "demo" in has("# A\n\n[Try it](https://huggingface.co/spaces/me/a)")


def test_a_trait_counts_what_the_author_wrote_and_not_what_others_make_of_the_model() -> None:
    of_others = ("has_space", "autotrain_compatible", "endpoints_compatible", "region:us")
    assert has("# A", *of_others) == has("# A")


@pytest.mark.parametrize(
    ("id", "made"),
    [
        ("a/Llama-GGUF", True),
        ("a/x-AWQ", True),
        ("a/m-4bit", True),
        ("a/m.q4_k_m", True),
        ("google/bert-base", False),
        ("a/quantum-chem", False),
        ("a/m-8b", False),
    ],
)
def test_machine_made(id: str, made: bool) -> None:
    assert is_machine_made(id, []) is made
    assert is_machine_made(id, ["gguf"]) is True


def test_deciles_join_what_ties_join() -> None:
    outcome = np.array([0.0] * 50 + list(range(1, 51)))
    flag = (outcome > 25).astype(float)
    found = Deciles.of(outcome).measure(flag)
    assert found[0].n == 50
    assert (found[0].low, found[0].high) == (0, 0)
    assert [d.share for d in found] == sorted(d.share for d in found)
    assert sum(d.n for d in found) == 100
    assert np.unique(decile_places(np.ones(9))).size == 1


def test_adjusted_odds_and_their_refusals() -> None:
    rng = np.random.default_rng(0)
    task = rng.integers(0, 2, 600)
    trait = (rng.random(600) < 0.2 + 0.5 * task).astype(float)
    outcome = rng.poisson(np.exp(2 + 0.8 * task + 0.8 * rng.normal(size=600))).astype(float)
    codes = rng.integers(0, 150, 600)
    given = build_covariates({}, {"task": [str(t) for t in task]})
    nothing = build_covariates({"same": np.ones(600)}, {})
    plain, found = (_bounded(trait, find_popular(outcome, on, codes)) for on in (nothing, given))
    assert plain.interval is not None
    assert found.interval is not None
    assert plain.interval.low > 1  # the task alone makes it so
    assert found.interval.low < 1 < found.interval.high
    assert plain.p_value is not None
    assert found.p_value is not None
    assert plain.p_value < 0.05 < found.p_value
    assert (found.n, found.held) == (600, int(trait.sum()))
    rare = np.zeros(600)
    rare[:6] = 1
    among, flags = find_popular(outcome, given, codes), np.column_stack([rare, trait])
    refused, told = odds_ratios(flags, among, RESAMPLING)
    assert "one of the four groups" in (refused.reason or "")
    assert told == odds_ratios(trait[:, None], among, RESAMPLING)[0]
    flat = find_popular(np.ones(600), given, codes)
    assert odds_ratios(trait[:, None], flat, RESAMPLING)[0].reason == "all outcomes are equal"


def _bounded(trait: np.ndarray, among: Popular) -> Odds:
    (odds,) = odds_ratios(trait[:, None], among, RESAMPLING)
    return bound_odds(odds, trait, among, RESAMPLING)


def test_power() -> None:
    assert measure_power(5).reason == "only 5 models have both numbers; at least 8 are needed"
    found = measure_power(500, cluster_se=0.08)
    assert found.design_effect == pytest.approx(0.08**2 * 497)
    assert found.detectable_by_author == pytest.approx(np.tanh(2.8016 * 0.08), rel=1e-4)


def test_rules_for_outliers_refuse_and_repeat() -> None:
    counts = np.r_[np.random.default_rng(0).poisson(20, 200), 10**9].astype(float)
    for rule in ("iqr", "mad", "iforest"):
        found = find_outliers(counts, rule, 3)  # type: ignore[arg-type]
        again = find_outliers(counts, rule, 3)  # type: ignore[arg-type]
        assert found.dropped is not None
        assert found.dropped[-1]
        assert (found.dropped == again.dropped).all()  # type: ignore[union-attr]
        assert find_outliers(np.zeros(20), rule).reason == "all outcomes are equal"  # type: ignore[arg-type]
        assert find_outliers(counts[:5], rule).dropped is None  # type: ignore[arg-type]
    half = find_outliers(np.r_[np.zeros(80), np.arange(20.0)], "iqr")
    assert half.reason == "half of the outcomes are equal, so that the range is 0"
