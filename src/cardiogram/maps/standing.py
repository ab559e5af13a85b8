"""Where the cards of a study stand beside those of the shipped map, overall and by kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from cardiogram.cards import terms_of_row
from cardiogram.maps.fitted import FittedMap
from cardiogram.maps.place import REFERENCE, REFERENCE_FILE, SURE, name_kind
from cardiogram.store import Study

MINIMUM_REFERENCE, MINIMUM_CARDS = 8, 2
"""A kind is named with so many cards of the reference, and so many of the study."""


@dataclass(frozen=True, slots=True)
class KindStanding:
    """The cards of one kind: a segment of the shipped map.

    Attributes
    ----------
    cards, reference
        Of the study, and of the shipped map.
    below
        Share of the latter that are rated below one of the former, 0-1, in the mean.
    """

    name: str
    cards: int
    reference: int
    below: float


@dataclass(frozen=True, slots=True)
class Standing:
    """The cards of a study beside the shipped ones of other authors.

    Attributes
    ----------
    whole
        All of them; its name says what the reference is.
    kinds
        By kind, those with most cards of the study first.
    """

    whole: KindStanding
    kinds: tuple[KindStanding, ...]


def find_standing(
    study: Study, ratings: Mapping[str, float], authors: Collection[str], version: str
) -> Standing | None:
    """Compare the ratings of a study with those of the shipped map.

    A card is placed on the map by its words, as `features/` keeps them; no card is read.

    Parameters
    ----------
    ratings
        Expected overall rating by id.
    authors
        Whose cards in the map are left out: those of the study.
    version
        Of the judge that rated; None is returned where another one rated the map.
    """
    fitted = _reference()
    if fitted is None:
        return None
    others = np.array([id.partition("/")[0] not in set(authors) for id in fitted.ids], dtype=bool)
    others &= np.isfinite(fitted.ratings)
    if fitted.about.get("judge") != version or fitted.terms is None or not others.any():
        return None
    columns = ["id", "pieces", "fields"]
    rows = {row["id"]: row for row in study.features.rows(columns) if row["id"] in ratings}
    if not rows:
        return None
    vectors = fitted.terms.embed([terms_of_row(row) for row in rows.values()])
    placed = fitted.place(vectors)
    clusters = np.where(placed.strength >= SURE, placed.cluster, -1).tolist()
    own, by_kind = np.array([ratings[id] for id in rows]), defaultdict[int, list[float]](list)
    for rating, cluster in zip(own.tolist(), clusters, strict=True):
        if cluster >= 0:
            by_kind[cluster].append(rating)
    kinds = []
    for cluster, rated in by_kind.items():
        beside = fitted.ratings[others & (fitted.cluster == cluster)]
        name = name_kind(fitted.name_of(cluster) or "")
        if name and len(rated) >= MINIMUM_CARDS and len(beside) >= MINIMUM_REFERENCE:
            kinds.append(_stand(name, np.array(rated), beside))
    kinds.sort(key=lambda kind: (-kind.cards, kind.name))
    return Standing(_stand(REFERENCE, own, fitted.ratings[others]), tuple(kinds))


@cache
def _reference() -> FittedMap | None:
    return FittedMap.load(REFERENCE_FILE)


def _stand(name: str, own: np.ndarray, beside: np.ndarray) -> KindStanding:
    below = (beside[None, :] < own[:, None]).mean()
    return KindStanding(name, len(own), len(beside), round(float(below), 4))
