"""Kinds of card: who wrote it, and what sort of model it speaks of."""

from __future__ import annotations

from typing import Literal, get_args

from cardiogram.cards.card import Card
from cardiogram.cards.features.boilerplate import MERGERS, TRAINERS
from cardiogram.cards.features.vector import Features
from cardiogram.lazy import regex

Kind = Literal[
    "trainer",
    "quantised",
    "merge",
    "adapter",
    "reinforcement",
    "hand-written",
    "non-English",
    "other",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

_AGENTS = frozenset(
    {"stable_baselines3", "deep_rl_course", "ml_agents", "rl_zoo", "sample_factory"}
)
_QUANTISED = (
    "gguf",
    "ggml",
    "gptq",
    "awq",
    "exl2",
    "-int4",
    "-int8",
    "4bit",
    "8bit",
    "bpw",
    "onnx",
)
_NON_ENGLISH_SHARE = 0.3


def kinds_of(card: Card, features: Features) -> tuple[Kind, ...]:
    """Name the kinds of a card; a card may be of several, and is "other" when of none.

    Hand-written is a card with a text in which no tool left its words; of an empty one, nothing
    says who made it.

    Examples
    --------
    >>> from cardiogram.cards.card import parse_card
    >>> from cardiogram.cards.features.vector import count_features
    >>> card = parse_card("# Llama in GGUF", id="me/llama-GGUF")
    >>> kinds_of(card, count_features(card))
    ('quantised', 'hand-written')
    """
    name = card.id.lower()
    tags = {tag.lower() for tag in card.metadata.texts("tags")}
    library = card.metadata.texts("library_name")
    makers = set(features.makers)
    kinds: list[Kind] = []
    if makers & TRAINERS:
        kinds.append("trainer")
    if any(word in name for word in _QUANTISED) or "gguf" in tags:
        kinds.append("quantised")
    if makers & MERGERS or "merge" in tags or "merge" in name:
        kinds.append("merge")
    if library == ["peft"] or "lora" in name or {"lora", "adapter"} & tags:
        kinds.append("adapter")
    if makers & _AGENTS:
        kinds.append("reinforcement")
    if not makers and card.body.strip():
        kinds.append("hand-written")
    if features.numbers["non_ascii"] > _NON_ENGLISH_SHARE:
        kinds.append("non-English")
    return tuple(kinds) or ("other",)


LENGTHS = ((0, 500), (500, 2000), (2000, 9000), (9000, 1 << 30))
"""Characters of a card, as strata: from, below."""


def length_of(card: Card) -> tuple[int, int]:
    """The stratum of :data:`LENGTHS` that a card's text falls in."""
    return next(span for span in LENGTHS if span[0] <= len(card.text) < span[1])


def length_name(span: tuple[int, int]) -> str:
    """Name a stratum of :data:`LENGTHS`.

    Examples
    --------
    >>> length_name((500, 2000))
    '500-2,000 characters'
    """
    low, high = span
    return f"{low:,}-{high:,} characters" if high < 1 << 30 else f"over {low:,} characters"


Language = Literal["English", "Latin script, not English", "other script", "little text"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_READ = 20_000  # characters of a card that tell its language
_MIN_WORDS = 20
_ENGLISH_SHARE = 0.03
_OTHER_SCRIPT_SHARE = 0.25
_WORD = regex(r"[^\W\d_]+")
_ENGLISH = frozenset(
    """
    the of and to in a is for this on with be are as by from that was it or an at we can has not
    you your our these which will were used using model
    """.split()  # noqa: SIM905
)
_OTHERS = (
    frozenset(
        """
    de la le les des du et est un une pour dans sur avec el los las y del es que por con para una
    der die das und ist von mit für ein eine zu den il di che per sono della o os as em um uma do
    da não ve bir için ile bu och att som det är van het een voor niet w i na się jest dla
    """.split()  # noqa: SIM905
    )
    - _ENGLISH
)


def language_of(card: Card) -> Language:
    r"""Name the language of a card's prose, as far as strata need it.

    Examples
    --------
    >>> from cardiogram.cards.card import parse_card
    >>> language_of(parse_card("Un modèle pour la classification des textes en français. " * 4))
    'Latin script, not English'
    """
    prose = " ".join(block.text for block in card.document.blocks if block.kind != "code")[:_READ]
    words = _WORD.findall(prose.lower())
    letters = sum(map(len, words))
    foreign = sum(character > "\u036f" for word in words for character in word)
    if foreign > _OTHER_SCRIPT_SHARE * max(1, letters):
        return "other script"
    if len(words) < _MIN_WORDS:
        return "little text"
    english = sum(word in _ENGLISH for word in words)
    others = [word for word in words if word in _OTHERS]
    foreign_tongue = len(set(others)) > 2 and len(others) > english  # "es" alone is a code
    if (len(others) if foreign_tongue else english) < _ENGLISH_SHARE * len(words):
        return "little text"
    return "Latin script, not English" if foreign_tongue else "English"
