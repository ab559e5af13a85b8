"""Popularity that must not count: owner, model id, badges and counts, masked or made famous."""

from __future__ import annotations

import re

from cardiogram.cards import Card
from cardiogram.judge.audit.probe_texts import probe_texts
from cardiogram.judge.audit.rewrite import with_body

FAMOUS = ("google", "meta-llama", "openai", "mistralai")
UNKNOWN = "user-48213"
MASKED = "some-owner/some-model"

_PICTURE = re.compile(r"\[?!\[[^\]]*\]\(([^)]*)\)(?:\]\([^)]*\))?")
_BADGES = ("shields.io", "badge", "hits.", "star-history")
_COUNT = re.compile(r"\b\d[\d.,]*\s?[kKmM]?\+?\s+(?:downloads|likes|stars|users)\b", re.IGNORECASE)


def famous_owner(card: Card) -> Card | None:
    """The model of a famous organisation: in the id, and wherever the card names owner/model."""
    owner = FAMOUS[int(card.sha256[:4], 16) % len(FAMOUS)]
    return _with_owner(card, owner)


def unknown_owner(card: Card) -> Card | None:
    """The model of somebody whom nobody knows."""
    return _with_owner(card, UNKNOWN)


def masked_name(card: Card) -> Card | None:
    """Owner and model without a name, in the id and wherever the card gives it whole."""
    if "/" not in card.id:
        return None
    return with_body(card, card.body.replace(card.id, MASKED), id=MASKED)


def boast(card: Card) -> Card:
    """A line of badges and counts below the title."""
    counts = probe_texts().counts
    title, _, below = card.body.lstrip("\n").partition("\n")
    if title.startswith("#"):
        return with_body(card, f"{title}\n\n{counts}\n{below}")
    return with_body(card, f"{counts}\n\n{card.body}")


def without_counts(card: Card) -> Card | None:
    """No badges, and no words on downloads, likes or stars."""
    body = _COUNT.sub("many users", _PICTURE.sub(_unless_badge, card.body))
    return with_body(card, body) if body != card.body else None


def _unless_badge(picture: re.Match[str]) -> str:
    """A picture as it is; nothing where its address is that of a badge."""
    address = picture[1].lower()
    return "" if any(word in address for word in _BADGES) else picture[0]


def _with_owner(card: Card, owner: str) -> Card | None:
    own, slash, model = card.id.partition("/")
    if not slash or own == owner:
        return None
    return with_body(
        card, card.body.replace(f"{own}/{model}", f"{owner}/{model}"), id=f"{owner}/{model}"
    )
