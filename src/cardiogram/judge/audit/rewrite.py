"""A card with another body, other metadata or another name, as if it had come so."""

from __future__ import annotations

from dataclasses import replace

from cardiogram.cards import Card, parse_card, parse_document
from cardiogram.judge.audit.perturb import Change
from cardiogram.text import sha256


def with_body(card: Card, body: str, *, id: str | None = None) -> Card:
    """The card with another body, and with another id where one is given.

    Metadata that came from tags stay as they are.
    """
    head = card.text[: len(card.text) - len(card.body)]
    text = head + body
    name = card.id if id is None else id
    return replace(
        card,
        id=name,
        text=text,
        body=body,
        document=parse_document(body, card.body_line),
        sha256=sha256(text),
        input_sha256=sha256("\n".join([card.input_sha256, name, text])),
    )


def with_front_matter(card: Card, front_matter: str) -> Card | None:
    """The card with other metadata in its front matter; None where it has none."""
    if card.front_matter is None:
        return None
    return parse_card(f"---\n{front_matter}---\n{card.body}", id=card.id)


def change_body(card: Card, change: Change) -> Card | None:
    """The card changed below its front matter; None where the change does not apply."""
    body = change(card.body)
    return None if body is None or body == card.body else with_body(card, body)
