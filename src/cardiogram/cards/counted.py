"""What is counted in the cards of a study, kept in `features/` so that no card is read twice.

A shard of `features/` belongs to the shard of `models/` of its name. Its rows are keyed by all that
a card is parsed from; one whose key has changed, or that is missing, is counted anew.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from cardiogram.cards.features import CardTerms, Facets
from cardiogram.text import sha256

if TYPE_CHECKING:
    from cardiogram.store import Row, Study

FEATURE_VERSION = 3
"""To be raised where anything that `features/` holds is counted in another way."""


def read_problems(study: Study) -> dict[str, list[str]]:
    """Problems of the texts of a study by card hash; those that the last `rate` or `map` read."""
    problems = {row["card_sha256"]: row["problems"] for row in study.cards.rows(_PROBLEMS)}
    problems |= {row["card_sha256"]: row["problems"] for row in study.features.rows(_PROBLEMS)}
    return problems


_PROBLEMS = ("card_sha256", "problems")


def terms_of_row(row: Row) -> CardTerms:
    """What a row of `features/` keeps of a card's words."""
    return CardTerms.of_row(row["pieces"], row["fields"])


def facets_of_row(row: Row) -> Facets:
    """What a row of `features/` keeps of what rules know of a model."""
    return Facets(**{name: tuple(values) for name, values in row["facets"].items()})


@contextmanager
def collector_paused() -> Iterator[None]:
    """Put the search for garbage off until the block ends.

    Parsing and rating make many small objects and no cycles of them. The search for cycles, which
    starts after so many new objects, would walk through all cards at hand again and again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def counting_key(row: Row) -> str:
    """Hash of all that a row of `features/` depends on."""
    columns = ("card_sha256", "id", "tags", "pipeline_tag", "library_name")
    return sha256(json.dumps([counting_version(), *(row[name] for name in columns)]))


@cache
def counting_version() -> str:
    """Version of the code that counts, as far as `features/` depends on it."""
    return f"{version('cardiogram')}/{FEATURE_VERSION}"
