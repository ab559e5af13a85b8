"""What a map sees of the cards of a study: terms, facets and traits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from sys import intern

import pyarrow as pa

from cardiogram.cards import Card, facets_of_row, terms_of_row
from cardiogram.cards.features import (
    CardTerms,
    Facets,
    count_features,
    facets_of,
    is_boilerplate,
    terms_of,
    traits_of,
)
from cardiogram.maps.shards.map_shard import MapShard

TEXT_CHARACTERS = 4_000
"""What an embedder that reads sentences sees of a card."""

_COLUMNS = ("pieces", "fields", "facets", "traits")


@dataclass(frozen=True, slots=True)
class MappedCard:
    """What a map sees of a model.

    Attributes
    ----------
    traits
        In the order of :data:`cardiogram.cards.features.traits.TRAITS`; None where not asked for.
    """

    id: str
    sha: str
    terms: CardTerms
    facets: Facets
    traits: tuple[bool, ...] | None = None


def read_cards(shard: MapShard, models: pa.Table) -> list[MappedCard]:
    """What a map sees of some models of a shard.

    Parameters
    ----------
    models
        Rows of :meth:`.MapShard.models`.
    """
    return [
        MappedCard(
            counted["id"],
            counted["card_sha256"],
            _interned(terms_of_row(counted)),
            facets_of_row(counted),
            tuple(counted["traits"]),
        )
        for counted in shard.features(models, _COLUMNS).to_pylist()
    ]


def _interned(terms: CardTerms) -> CardTerms:
    """The same words as one object each, as the cards that a map is fitted on are all kept."""
    pieces = (piece._replace(words=tuple(map(intern, piece.words))) for piece in terms.pieces)
    return terms._replace(pieces=tuple(pieces))


def read_card(card: Card, tags: tuple[str, ...] = (), wanted: Sequence[str] = ()) -> MappedCard:
    """What a map sees of one card."""
    traits = tuple(traits_of(card, count_features(card), tags)) if "traits" in wanted else None
    return MappedCard(card.id, card.sha256, terms_of(card, tags), facets_of(card, tags), traits)


def text_of(card: Card, characters: int = TEXT_CHARACTERS) -> str:
    """A card's text for an embedder that reads sentences: without code and what tools print.

    Parameters
    ----------
    characters
        Where the text is cut.
    """
    known = [
        f"{key}: {', '.join(values)}"
        for key in ("pipeline_tag", "library_name", "language", "tags")
        if (values := card.metadata.texts(key)[:12])
    ]
    written = [
        block.text
        for block in card.document.blocks
        if block.kind != "code" and not is_boilerplate(block.text)
    ]
    return "\n".join([card.id.rpartition("/")[2], *known, *written])[:characters]
