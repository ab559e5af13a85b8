"""What the judge says of cards that a person has read: nothing false, and the real gaps."""

from pathlib import Path

import pytest

from cardiogram.cards.card import Card, parse_card
from cardiogram.cards.features.vector import FEATURE_NAMES, CardFeatures, count_features
from cardiogram.check import check
from cardiogram.errors import DataError
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.expectations.expectations import EXPECTATIONS, Expectation, read_entries
from cardiogram.judge.expectations.gaps import find_gaps
from cardiogram.judge.expectations.hints import HINTED, is_english, read_hints
from cardiogram.judge.expectations.predicates import PREDICATES
from cardiogram.judge.expectations.verdicts import decide_expectations
from cardiogram.names import CRITERIA
from cardiogram.report.terminal import render_checked

SAMPLE = Path(__file__).parents[4] / "examples" / "sample"

THERE = {
    # en
    "tidepool-vision/segformer-kelp-canopy": "purpose architecture author code dataset splits "
    "hyperparameters hardware software numbers comparison measured limits language filled",
    "kettle-code/sqlfinch-1b": "purpose architecture author code intended dataset splits "
    "hyperparameters hardware software numbers comparison measured limits risks license task",
    "kestrel-speech/vits-cymraeg": "purpose architecture author code intended dataset splits "
    "hyperparameters hardware numbers comparison measured limits",
    "fjordlight-ai/skald-embed-small": "purpose architecture author code intended dataset splits "
    "hyperparameters hardware software numbers comparison measured limits risks",
    "fjordlight-ai/skald-1.3b": "purpose architecture intended numbers risks base_model filled",
    "QuantHarbor/skald-1.3b-chat-GGUF": "purpose architecture author code prompt conversion "
    "numbers limits",
    "rl-sandpiper/sac-BipedalWalker-v3": "purpose architecture code dataset splits numbers "
    "hyperparameters measured",
    "cedar-clinic-ml/derm-triage-vit": "purpose architecture author intended numbers risks",
    "mergewright/Ember-Stew-8B": "purpose architecture conversion limits headings prompt",
    # ja, zh, ko
    "hoshizora-lab/whisper-small-ja-kansai": "purpose architecture author code intended dataset "
    "splits hyperparameters hardware software numbers comparison measured limits risks",
    "Shenlan-NLP/shenlan-reranker-base": "purpose architecture author intended splits "
    "hyperparameters hardware software numbers comparison measured limits",
    "Shenlan-NLP/qwen2.5-7b-kefu": "purpose intended dataset hyperparameters hardware",
    "daldal-ai/koelectra-news-ner": "purpose code hyperparameters numbers measured limits",
    # fr, de, es, pt, ru, ar
    "atelier-mots/camembert-juridique": "purpose architecture author intended dataset splits "
    "hyperparameters hardware software numbers comparison limits",
    "lexwerk/vertragsklausel-deberta": "purpose architecture author intended dataset splits "
    "hyperparameters hardware software numbers comparison measured limits risks",
    "cartografia-ml/segformer-b2-parcelas": "purpose architecture dataset splits hyperparameters "
    "hardware numbers limits",
    "vinhedo-ai/bertimbau-bulas-ner": "purpose architecture author intended dataset splits "
    "hyperparameters hardware software numbers comparison measured limits risks",
    "severny-les/rubert-toksichnost": "purpose architecture dataset hyperparameters numbers "
    "measured limits",
    "al-warraq/arat5-mulakhkhis": "purpose author code dataset hyperparameters numbers limits",
}
"""Expectations that must not be called missing."""

MISSING = {
    "tidepool-vision/segformer-kelp-canopy": "demo",
    "rl-sandpiper/ppo-LunarLander-v2": "code limits license",
    "rl-sandpiper/sac-BipedalWalker-v3": "license hardware",
    "QuantHarbor/skald-1.3b-chat-GGUF": "demo",
    "Shenlan-NLP/qwen2.5-7b-kefu": "datasets",
    "daldal-ai/koelectra-news-ner": "datasets",
    "severny-les/rubert-toksichnost": "software",
    "al-warraq/arat5-mulakhkhis": "datasets",
    "cartografia-ml/segformer-b2-parcelas": "code",
    "mergewright/Ember-Stew-8B": "numbers language",
    "mossy-bit/distilbert-emotions-v3": "purpose code dataset numbers limits license task headings",
    "freerank-labs/super-chat-7b": "purpose code dataset limits headings",
    "grainstore/test-upload-2": "purpose code numbers license",
    "bluepixel77/llama-3.2-3b-support-bot": "purpose code dataset numbers limits license filled",
    "mossy-bit/vit-tomato-leaf": "code limits filled",
}
"""Expectations that must be called missing."""


def card_of(id: str) -> Card:
    return parse_card((SAMPLE / id / "README.md").read_bytes(), id=id)


def missing(card: Card) -> set[str]:
    return {
        expectation.key
        for expectation, is_met in decide_expectations(CardFeatures.of(card))
        if not is_met
    }


@pytest.mark.parametrize("id", THERE)
def test_what_is_there_is_not_called_missing(id: str) -> None:
    assert not missing(card_of(id)) & set(THERE[id].split())


@pytest.mark.parametrize("id", MISSING)
def test_what_is_missing_is_said(id: str) -> None:
    assert set(MISSING[id].split()) <= missing(card_of(id))


def test_the_lists_name_expectations_that_there_are() -> None:
    keys = {expectation.key for expectation in EXPECTATIONS}
    for words in (*THERE.values(), *MISSING.values()):
        assert set(words.split()) <= keys
    assert keys >= HINTED


@pytest.mark.parametrize("expectation", EXPECTATIONS, ids=lambda expectation: expectation.key)
def test_a_lift_names_features(expectation: Expectation) -> None:
    assert set(expectation.lift) <= set(FEATURE_NAMES)


def test_of_a_language_that_nobody_here_reads_little_is_said() -> None:
    text = (
        "# Malli\n\nTämä malli luokittelee suomenkielisiä uutisia kymmeneen luokkaan. Se on "
        "hienosäädetty viidelläkymmenellätuhannella artikkelilla, ja sitä käytetään toimituksissa "
        "päivittäin. Virheitä tehdään etenkin lyhyissä teksteissä.\n\nÄlä käytä lääketieteessä.\n"
    )
    card = parse_card(f"---\nlanguage: fi\n---\n{text}")
    assert not read_hints(card, count_features(card)).legible
    assert missing(card) & HINTED == {"code"}, "code is code in any language"
    english = parse_card("# Parrot\n\nIt is a parrot of the sea and it has to be fed by us.")
    assert read_hints(english, count_features(english)).legible
    assert {"limits", "numbers", "hyperparameters"} <= missing(english)


def test_braces_in_code_are_no_template() -> None:
    code = "---\nlicense: mit\n---\n# T\n\n```bibtex\nauthor = {{Me}}\n```\n"
    assert "filled" not in missing(parse_card(code))
    card = parse_card(code + "\nThis is {{ model_summary }} of it.\n")
    assert "filled" in missing(card)
    (gap,) = [
        g for g in find_gaps(CardFeatures.of(card), embedded_judge().expect) if g.key == "filled"
    ]
    assert gap.line == 10


def test_a_value_that_the_hub_does_not_know_is_no_absent_key() -> None:
    card = parse_card("---\nlicense: apache 2.0\nlanguage: english\nlibrary_name: x\n---\n# T\n")
    assert not missing(card) & {"license", "language", "library"}


def test_places_of_what_is_not_there() -> None:
    text = "---\nlicense: mit\n---\n\nHello.\n\nMore.\n"
    gaps = {
        gap.key: gap
        for gap in find_gaps(CardFeatures.of(parse_card(text)), embedded_judge().expect)
    }
    assert gaps["purpose"].line == gaps["architecture"].line == 5
    assert gaps["limits"].line == gaps["numbers"].line == 7
    assert gaps["task"].line == 1


@pytest.mark.parametrize("text", ["---\nlicense: [mit\n---\n# T\n", "---\nlicense: mit\n# T\n"])
def test_metadata_that_cannot_be_read_is_not_called_absent(text: str) -> None:
    metadata = {
        expectation.key for expectation in EXPECTATIONS if expectation.criterion == "metadata"
    }
    assert not missing(parse_card(text)) & metadata


def test_words_and_predicates_have_the_same_keys() -> None:
    with pytest.raises(DataError, match=r"'fences'.* and not both"):
        list(read_entries("expectations.json", CRITERIA, PREDICATES.keys() - {"fences"}))
    with pytest.raises(DataError, match="are not the rubric's"):
        list(read_entries("dataset-checklist.json", CRITERIA, PREDICATES))


GERMAN = (
    "# Mietrecht\n\nDas Modell beantwortet Fragen zum Mietrecht und ist für das Studium gedacht. "
    "Bei Fristen irrt es sich, und Urteile erfindet es von Zeit zu Zeit mit einer Quelle. Gelernt "
    "hat es aus 11.040 Fragen der Sprechstunde.\n"
)


@pytest.mark.parametrize(
    "text",
    [
        GERMAN,
        "# Mieten\n\n" + "店の人が使う。静かな部屋で話すとよく聞き取る。\n" * 3,
        "# Аренда\n\n" + "Она отвечает на вопросы жильцов и хозяев, вежливо и быстро.\n" * 3,
    ],
)
def test_nothing_is_denied_of_what_is_not_in_english(text: str) -> None:
    read = CardFeatures.of(parse_card(text, id="me/rent"))
    assert not is_english(read)
    denied = {v.expectation.key for v in decide_expectations(read) if not v.is_met}
    assert not denied & {"limits", "risks", "intended", "dataset", "numbers", "hyperparameters"}
    found = find_gaps(read, embedded_judge().expect)
    assert "more on limitations" in {gap.missing for gap in found}
    assert "Part of it is not in English" in render_checked([check("-", data=text.encode())])
    english = "# Rent\n\nThe model answers the questions of tenants for the bureau of a town.\n"
    read = CardFeatures.of(parse_card(english, id="me/rent"))
    assert is_english(read)
    assert "limits" in {v.expectation.key for v in decide_expectations(read) if not v.is_met}


def test_nothing_is_denied_of_a_card_that_was_cut() -> None:
    text = "# Parrot\n\nIt is a parrot of the sea and it has to be fed by us.\n"
    for long, is_denied in ((text, True), (text + "<!-- " + "x" * 1_100_000 + " -->\n", False)):
        told = {v.expectation.key for v in decide_expectations(CardFeatures.of(parse_card(long)))}
        assert ("limits" in told) == is_denied
