"""From a card to terms: its words block by block, and terms of its metadata.

Words of scripts without spaces become pairs of characters, so that Chinese, Japanese and Thai
cards share terms with their like; a term for the script itself keeps the scripts apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from cardiogram.cards.card import Card
from cardiogram.cards.features.boilerplate import hash_shape
from cardiogram.lazy import regex
from cardiogram.records import NamedTuple
from cardiogram.text import is_latin

MAX_WORDS = 1000
"""Words of a card that are looked at; what follows is appendix: file tables, logs, chats."""

_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0dff\u200c"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_HANGUL = "\uac00-\ud7af"
_RUN = f"[\\w{_MARKS}{_UNSPACED}{_HANGUL}]+"
_PART = f"[{_UNSPACED}]+|[{_HANGUL}]+|[^{_UNSPACED}{_HANGUL}]+"
_PAIRED = f"[{_UNSPACED}{_HANGUL}]"
"""Compiled when a text first needs them, which one in Latin letters does not."""

_LATIN_RUN = regex(r"[^\W_]+")
LONGEST = 30
_SCRIPTS = {
    "han": "[\u3400-\u4dbf\u4e00-\u9fff]+",
    "kana": "[\u3040-\u30ff]+",
    "hangul": f"[{_HANGUL}]+",
    "arabic": "[\u0600-\u06ff\u0750-\u077f]+",
    "cyrillic": "[\u0400-\u04ff]+",
    "devanagari": "[\u0900-\u097f]+",
    "hebrew": "[\u0590-\u05ff]+",
    "greek": "[\u0370-\u03ff]+",
    "thai": "[\u0e00-\u0e7f]+",
    "indic": "[\u0980-\u0dff]+",
}
_ASCII, _LETTERS = regex("[\x00-\x7f]+"), regex("[^a-zA-Z]+")
_WORTH_A_LOOK = 0.02
_SCRIPT_SHARE = 0.08
"""Part of a card's letters from which a script counts: quotes and names are not a language."""

_NO_TOPIC = frozenset(
    [
        "endpoints_compatible",
        "autotrain_compatible",
        "has_space",
        "text-generation-inference",
        "region",
        "model-index",
        "transformers_custom_code",
        "custom_code",
        "safetensors",
        "pytorch",
        "tf",
        "jax",
        "tensorboard",
        "tensor-rt",
        "not-for-all-audiences",
        "eval-results",
    ]
)
_NO_TOPIC_KEYS = ("license:", "region:", "arxiv:", "doi:", "dataset:", "deploy:", "template:")


class Piece(NamedTuple):
    """A block of a card: the shape by which its like is found, and its words in order."""

    shape: int
    words: tuple[str, ...]


class CardTerms(NamedTuple):
    """What the embedder sees of a card.

    Attributes
    ----------
    pieces
        Blocks of its text with their words.
    fields
        CardTerms of its metadata and id: `task:translation`, `name:llama`, `tag:gguf` ...
    """

    pieces: tuple[Piece, ...]
    fields: tuple[str, ...] = ()

    @classmethod
    def of_row(cls, pieces: str, fields: Iterable[str]) -> CardTerms:
        """Read what :meth:`pieces_as_text` wrote."""
        lines = (line.split(" ") for line in pieces.split("\n") if line)
        made = (Piece(int(words[0]), tuple(words[1:])) for words in lines)
        return cls(tuple(made), tuple(fields))

    def pieces_as_text(self) -> str:
        """One line a piece: its shape, then its words, which have no spaces in them."""
        return "\n".join([" ".join([str(piece.shape), *piece.words]) for piece in self.pieces])


def split_words(text: str) -> list[str]:
    """Split a text into words in lower case; scripts without spaces give pairs of characters.

    Examples
    --------
    >>> split_words("Llama-2 speaks 中文模型")
    ['llama', 'speaks', '中文', '文模', '模型']
    """
    lower = text.lower()
    if lower.isascii():
        return _keep_words(lower.translate(_TO_WORDS).split())
    if is_latin(lower):
        return _keep_words(_LATIN_RUN.findall(lower))
    parts: list[str] = []
    for run in re.findall(_RUN, lower.replace("_", " ")):
        parts += [run] if run.isascii() else re.findall(_PART, run)
    return list(chain.from_iterable(map(_split_run, parts)))


def _keep_words(words: Iterable[str]) -> list[str]:
    return [word for word in words if len(word) <= LONGEST and not word.isdigit()]


def _split_run(run: str) -> list[str]:
    """A word, or the pairs of characters of a run in a script without spaces."""
    if not run.isascii() and re.match(_PAIRED, run):
        return [run[i : i + 2] for i in range(max(1, len(run) - 1))]
    return _keep_words([run])


_TO_WORDS = "".join([chr(code) if chr(code).isalnum() else " " for code in range(128)])


def scripts_of(text: str) -> list[str]:
    """Scripts other than Latin in which a good part of a text's letters are written."""
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    if not beyond or beyond < _WORTH_A_LOOK * len(text) or is_latin(text):
        return []
    foreign = _ASCII.sub("", text)
    letters = len(_LETTERS.sub("", text)) + len(foreign)
    different = "".join({*foreign})
    counts = (
        (name, sum(map(len, re.findall(script, foreign))))
        for name, script in _SCRIPTS.items()
        if re.search(script, different)
    )
    return [name for name, count in counts if count > max(2, _SCRIPT_SHARE * letters)]


def terms_of(card: Card, tags: tuple[str, ...] = ()) -> CardTerms:
    """Take a card apart.

    Parameters
    ----------
    tags
        The Hub's tags of the model; added to those of its metadata.
    """
    pieces, left = [], MAX_WORDS
    for block in card.document.blocks:
        words = first_words(block.text, left)
        if words:
            pieces.append(Piece(hash_shape(block.text), words))
            left -= len(words)
        if left <= 0:
            break
    if scripts := list_scripts([block.text for block in card.document.blocks]):
        pieces.append(Piece(0, scripts))
    return CardTerms(tuple(pieces), tuple(fields_of(card, tags)))


def list_scripts(texts: Sequence[str]) -> tuple[str, ...]:
    """Terms of the scripts in which the first of a card's texts are written."""
    return tuple([f"script:{name}" for name in scripts_of("\n".join(texts)[:20_000])])


def first_words(text: str, limit: int) -> tuple[str, ...]:
    """The first words of a text; a long one is read line by line, as far as that takes."""
    if len(text) < LONG:
        return tuple(split_words(text)[:limit])
    words: list[str] = []
    for line in text.split("\n"):
        words += split_words(line)
        if len(words) >= limit:
            break
    return tuple(words[:limit])


LONG = 5000
"""Characters from which a text is read line by line."""


def fields_of(card: Card, tags: Sequence[str] = ()) -> list[str]:
    """CardTerms of the metadata, the tags and the id; each once."""
    metadata = card.metadata
    fields: Counter[str] = Counter()
    for key, name in (
        ("pipeline_tag", "task"),
        ("library_name", "library"),
        ("language", "language"),
    ):
        fields.update(f"{name}:{value.lower()}" for value in metadata.texts(key)[:8])
    for tag in (*metadata.texts("tags"), *tags):
        tag = tag.lower()
        if tag not in _NO_TOPIC and not tag.startswith(_NO_TOPIC_KEYS) and len(tag) <= 40:
            fields[f"tag:{tag}"] += 1
    for base in metadata.texts("base_model")[:3]:
        fields.update(f"name:{word}" for word in split_words(base.rpartition("/")[2]))
    fields.update(f"name:{word}" for word in split_words(card.id.rpartition("/")[2]))
    return list(fields)
