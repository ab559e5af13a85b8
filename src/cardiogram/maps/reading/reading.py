"""Read a study's cards for its map: terms, facets and traits, with few texts in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cardiogram.cards import Card, problem_code
from cardiogram.cards.features import count_features, traits_of
from cardiogram.judge import Texts
from cardiogram.maps.reading.rules import Facets, facets_of
from cardiogram.maps.reading.terms import Terms, terms_of, text_of
from cardiogram.store import Study

TEXT_CHARACTERS = 4_000
"""What an embedder that reads sentences sees of a card."""


@dataclass(frozen=True, slots=True)
class Read:
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
    terms: Terms
    facets: Facets
    traits: tuple[bool, ...] | None = None
    text: str = ""


def models_on_map(study: Study) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Models with a card by shard, each model once: where it comes last."""
    last: dict[str, str] = {}
    for path in study.models.shards():
        for row in study.models.read_shard(path.stem, ["id", "card_sha256", "problems"]):
            if has_card(row):
                last[row["id"]] = path.stem
    for path in study.models.shards():
        rows = study.models.read_shard(path.stem)
        unique = {row["id"]: row for row in rows if has_card(row) and last[row["id"]] == path.stem}
        yield path.stem, list(unique.values())


def has_card(row: Mapping[str, Any]) -> bool:
    """Whether there is a text to place; a renamed model is placed under its new name."""
    renamed = any(problem_code(problem) == "renamed" for problem in row["problems"] or ())
    return bool(row["id"] and row["card_sha256"]) and not renamed


class Reader:
    """Reads the cards of rows of `models/`."""

    def __init__(self, study: Study) -> None:
        self.texts = Texts(study)

    def read(self, row: Mapping[str, Any], wanted: Sequence[str] = ()) -> Read:
        """Read one card.

        Parameters
        ----------
        wanted
            `traits` and `text`, where they are needed.
        """
        card = self.texts.card(row)
        return read_card(card, tuple(row["tags"] or ()), wanted)


def read_card(card: Card, tags: tuple[str, ...] = (), wanted: Sequence[str] = ()) -> Read:
    """What a map sees of one card."""
    traits = tuple(traits_of(card, count_features(card), tags)) if "traits" in wanted else None
    return Read(
        card.id,
        card.sha256,
        terms_of(card, tags),
        facets_of(card, tags),
        traits,
        text_of(card, TEXT_CHARACTERS) if "text" in wanted else "",
    )
