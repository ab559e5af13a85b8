"""What a map sees of the cards of a study: terms, facets, traits and, where asked for, a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cardiogram.cards import Card, CountedCards, check_texts, facets_of_row, has_card, terms_of_row
from cardiogram.cards.features import (
    CardTerms,
    Facets,
    count_features,
    facets_of,
    is_boilerplate,
    terms_of,
    traits_of,
)
from cardiogram.store import Row, Study

TEXT_CHARACTERS = 4_000
"""What an embedder that reads sentences sees of a card."""

_COLUMNS = ["id", "card_sha256", "pieces", "fields", "facets", "traits"]


@dataclass(frozen=True, slots=True)
class MappedCard:
    """What a map sees of a model.

    Attributes
    ----------
    traits
        In the order of :data:`cardiogram.cards.features.traits.TRAITS`; None where not asked for.
    text
        For embedders that read sentences; empty where not asked for.
    """

    id: str
    sha: str
    terms: CardTerms
    facets: Facets
    traits: tuple[bool, ...] | None = None
    text: str = ""


def models_on_map(study: Study) -> Iterator[tuple[str, list[Row]]]:
    """Models with a card by shard, each model once: where it comes last.

    Yields
    ------
    tuple
        Name of a shard, and its rows; `shard` in them is the name again.
    """
    last: dict[str, str] = {}
    for path in study.models.shards():
        for row in study.models.read_shard(path.stem, ["id", "card_sha256", "problems"]):
            if has_card(row):
                last[row["id"]] = path.stem
    for path in study.models.shards():
        rows = study.models.read_shard(path.stem)
        unique = {row["id"]: row for row in rows if has_card(row) and last[row["id"]] == path.stem}
        yield path.stem, [row | {"shard": path.stem} for row in unique.values()]


class MappedCardReader:
    """Reads what a map sees of rows of :func:`models_on_map`, one shard after another."""

    def __init__(self, study: Study) -> None:
        self._counted = CountedCards(study)
        self._shard = ""
        self._rows: dict[tuple[str, str], Row] = {}

    def read(self, row: Row, wanted: Sequence[str] = ()) -> MappedCard:
        """Read one card.

        Parameters
        ----------
        wanted
            `traits` and `text`, where they are needed.
        """
        if row["shard"] != self._shard:
            self._shard, study = row["shard"], self._counted.study
            rows = self._counted.rows(self._shard, _COLUMNS)
            models = study.models.read_shard(self._shard, ["id", "card_sha256", "problems"])
            check_texts(study, self._shard, models)
            self._rows = {(counted["id"], counted["card_sha256"]): counted for counted in rows}
        counted = self._rows[row["id"], row["card_sha256"]]
        text = ""
        if "text" in wanted:
            text = "".join(text_of(card) for _, card in self._counted.texts.cards([row]))
        return MappedCard(
            row["id"],
            row["card_sha256"],
            terms_of_row(counted),
            facets_of_row(counted),
            tuple(counted["traits"]) if "traits" in wanted else None,
            text,
        )


def read_card(card: Card, tags: tuple[str, ...] = (), wanted: Sequence[str] = ()) -> MappedCard:
    """What a map sees of one card."""
    traits = tuple(traits_of(card, count_features(card), tags)) if "traits" in wanted else None
    text = text_of(card) if "text" in wanted else ""
    return MappedCard(
        card.id, card.sha256, terms_of(card, tags), facets_of(card, tags), traits, text
    )


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
