"""Which card texts may be passed on, by their licence (data/licenses.json says why)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from cardiogram.names import DATA


@cache
def permissive_licenses() -> Mapping[str, str]:
    """Ids of licences that allow passing a text on, and what they ask for."""
    file = DATA / "licenses.json"
    licenses: dict[str, str] = json.loads(file.read_text("utf-8"))["permissive"]
    return licenses


def shareable(models: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Hashes of the card texts that may be passed on, with the models that carry each.

    A text goes only where every model that carries it states a permissive licence and none is
    gated: of a text that several models share, nobody can tell whose it was first.

    Parameters
    ----------
    models
        Rows of `models/`.
    """
    by_text: dict[str, list[Mapping[str, Any]]] = {}
    for row in models:
        if row["card_sha256"]:
            by_text.setdefault(row["card_sha256"], []).append(row)
    allowed = permissive_licenses()
    return {
        sha: rows
        for sha, rows in by_text.items()
        if all(
            row["license"] in allowed and str(row["gated"] or "false").lower() == "false"
            for row in rows
        )
    }
