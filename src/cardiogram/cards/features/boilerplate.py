"""Text that nobody wrote: unfilled templates, and what tools print on every card they make.

A block counts as boilerplate when many authors' cards contain it word for word, names and
numbers apart. The shapes of such blocks are learned once and shipped as hashes
(data/boilerplate.json).

Who made a card, :func:`find_makers` tells by today's phrases (data/makers.json), in the whole card.
The judge has a list of its own, `generators` of data/phrases.json: its weights were learned with
it, so it changes only when a judge is trained, and answers nothing but the judge's features.
"""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from functools import cache
from typing import TypeAlias
from zlib import crc32

from cardiogram.cards.card import Card
from cardiogram.cards.features.mentions import MAKERS, PHRASES
from cardiogram.cards.features.phrase_index import PhraseIndex, SharedSearch
from cardiogram.names import DATA
from cardiogram.records import NamedTuple

MIN_WORDS = 3
SHAPE_CHARACTERS = 500
_OPENING_CHARACTERS = 8
PUNCTUATION = b".,:;!?()[]*`'\""

GENERATORS = tuple(PHRASES["generators"])
"""Tools that the judge's features know; their phrases are data (data/phrases.json)."""

TRAINERS = frozenset(
    """
    trainer keras autotrain trl setfit sentence_transformers span_marker pylate
    """.split()  # noqa: SIM905
)
"""Makers of a fine-tune's card: they train, and write the card in the end."""

MERGERS = frozenset({"mergekit", "lazymergekit"})


_Phrase: TypeAlias = tuple[str, frozenset[str]]
"""A maker, and the parts of a phrase that tells it."""


class Shapes(NamedTuple):
    """What is known of boilerplate: hashes of whole blocks and of how these begin, and words.

    Attributes
    ----------
    words
        Everyday words of cards, lower case: by themselves they tell nothing of a model.
    """

    shapes: frozenset[int]
    openings: frozenset[int]
    words: frozenset[bytes] = frozenset()


def hash_shape(text: str) -> int:
    """Hash of a block's plain words: names, numbers and punctuation do not count.

    Returns
    -------
    int
        CRC-32 of the alphabetic words; 0 where there are fewer than three.

    Examples
    --------
    >>> hash_shape("It achieves a loss of 0.25!") == hash_shape("It achieves a loss of 1.7")
    True
    """
    start = text[:SHAPE_CHARACTERS].lower().encode("utf-8", "replace")
    words = list(filter(bytes.isalpha, start.translate(None, PUNCTUATION).split()))
    return crc32(b" ".join(words)) if len(words) >= MIN_WORDS else 0


def opening(text: str) -> int:
    """Hash of a block's first characters, by which most blocks are told from boilerplate."""
    return crc32(text[:_OPENING_CHARACTERS].lower().encode("utf-8", "replace"))


def is_boilerplate(text: str, lower: bytes | None = None) -> bool:
    """Whether many authors' cards contain this block.

    Parameters
    ----------
    lower
        Its text from :func:`.lower_bytes`, where it is known.
    """
    known = load_shapes()
    if lower is not None and text.isascii():
        begins = crc32(lower[:_OPENING_CHARACTERS])
    else:
        begins = opening(text)
    return begins in known.openings and hash_shape(text) in known.shapes


@cache
def load_shapes() -> Shapes:
    """Shapes of the blocks that many authors' cards share, and everyday words."""
    file = DATA / "boilerplate.json"
    data = json.loads(file.read_text("utf-8"))
    words = frozenset(word.encode() for word in data["words"])
    return Shapes(frozenset(data["shapes"]), frozenset(data["openings"]), words)


class Tools(NamedTuple):
    """Names of the tools that left their words in a card.

    Attributes
    ----------
    generators
        Of :data:`GENERATORS`, for the judge's features.
    makers
        As of :func:`find_makers`.
    """

    generators: tuple[str, ...]
    makers: tuple[str, ...]


def find_makers(card: Card) -> tuple[str, ...]:
    """Names of the tools that wrote a card or a part of it; none where nothing says so.

    Headings, code, comments and the metadata's tags and library count like paragraphs.

    Examples
    --------
    >>> from cardiogram.cards.card import parse_card
    >>> find_makers(parse_card("# Model Trained Using AutoTrain"))
    ('autotrain',)
    >>> find_makers(parse_card("# Model Card for Otter"))
    ()
    """
    return find_tools(card, frozenset()).makers


def find_tools(card: Card, words: AbstractSet[bytes]) -> Tools:
    """What tools left in a card, looked for once.

    Parameters
    ----------
    words
        Those of the card's words that :data:`MAKERS` knows, or more of them.
    """
    index, search, makers, uses = _load_makers()
    lower = card.text.encode("utf-8", "replace").lower()
    named = [f"tag:{tag}" for tag in card.metadata.texts("tags")]
    named += [f"library:{name}" for name in card.metadata.texts("library_name")]
    text = b"%b\n%b\n" % (lower, "\n".join(named).encode("utf-8", "replace").lower())
    by_judge, by_makers = search.search(text)
    said = index.names_in(text, by_makers)
    known = {name for part in said for name, phrase in uses[part] if phrase <= said}
    return Tools(
        tuple(sorted(MAKERS.names(lower, words, by_judge))),
        tuple([name for name in makers if name in known]) if known else (),
    )


@cache
def _load_makers() -> tuple[PhraseIndex, SharedSearch, list[str], dict[str, list[_Phrase]]]:
    """Parts of phrases, makers, and what each part is of: a card must hold all of a phrase.

    The search is for the phrases of :data:`MAKERS` too.
    """
    data: dict[str, list[str]] = json.loads((DATA / "makers.json").read_text("utf-8"))
    uses: dict[str, list[_Phrase]] = {}
    for name, phrases in data.items():
        for phrase in phrases:
            parts = frozenset(map(_whole_tag, phrase.split(" + ")))
            for part in parts:
                uses.setdefault(part, []).append((name, parts))
    index = PhraseIndex({part: [part] for part in sorted(uses)})
    return index, SharedSearch(MAKERS, index), list(data), uses


def _whole_tag(part: str) -> str:
    """A part, with the blank behind it that ends the name of a tag or library."""
    return f"{part} " if part.startswith(("tag:", "library:")) else part
