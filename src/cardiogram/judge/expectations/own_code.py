"""Code that may be the model's own: what it loads, where no id says whose card it is."""

from __future__ import annotations

import re

from cardiogram.cards import Card
from cardiogram.cards.features import CardFeatures
from cardiogram.judge.expectations.predicates import runs_model
from cardiogram.lazy import regex
from cardiogram.records import replace

UNNAMED = "not known whether the code loads this model"
"""What is said of code that counts once an id says that it loads this very model."""

_ID = r"""["']([A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})["']"""
_LOADED = regex(
    rf"""(?:from_pretrained|load_from_hub|SentenceTransformer|CrossEncoder|load_model"""
    rf"""|hf_hub_download|snapshot_download|pipeline)\(\s{{0,9}}(?:["'][\w-]{{1,60}}["'],\s{{0,9}})?"""
    rf"""(?:\w{{1,30}}\s?=\s?)?{_ID}"""
    rf"""|\b(?:model|checkpoint|repo)(?:_id|_name|_path)?\s?=\s?{_ID}""",
    re.I,
)
_MADE_UP = frozenset(("my", "org", "owner", "path", "user", "username", "your", "yourname"))
_WORD = regex("[a-z]+")
_TUNED = regex(r"fine-?tuned from model(?: \[optional\])?: *([\w.-]{1,96}(?:/[\w.-]{1,96})?)", re.I)


def read_as_loaded(read: CardFeatures) -> CardFeatures | None:
    """The card with the id that its code loads; None where it has an id.

    None as well where the code loads several models or its base, and where it counts for nothing
    even then.
    """
    card = read.card
    if card.id:
        return None
    code = [block.text for block in card.document.blocks if block.kind == "code"]
    loaded = {load[1] or load[2] for text in code for load in _LOADED.finditer(text)}
    if len(loaded) != 1:
        return None
    (id,) = loaded
    said = find_base(card)
    bases = {*card.metadata.texts("base_model"), *([said[0]] if said else [])}
    if _last_part(id) in map(_last_part, bases) or _MADE_UP.intersection(_WORD.findall(id.lower())):
        return None
    known = CardFeatures.of(replace(card, id=id))
    return known if runs_model(known.card, known.features) else None


def _last_part(id: str) -> str:
    return id.rpartition("/")[2].lower()


def find_base(card: Card) -> tuple[str, int] | None:
    """What the template's line names as the original, and on which line; None where none does."""
    for block in card.document.blocks:
        if block.kind in ("item", "paragraph") and (named := _TUNED.fullmatch(block.text.strip())):
            return named[1], block.line
    return None
