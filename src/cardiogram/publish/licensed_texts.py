"""Which card texts may be passed on, and who carries each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.cards import StoredTexts
from cardiogram.names import DATA
from cardiogram.store import Row, Study

_COLUMNS = ["id", "card_sha256", "license", "gated"]
_DIGITS = "S32"
"""What a text is known by here: half of its hash, in 32 bytes."""


@cache
def permissive_licenses() -> Mapping[str, str]:
    """Ids of licences that allow passing a text on, and what they ask for; the file says why."""
    file = DATA / "licenses.json"
    licenses: dict[str, str] = json.loads(file.read_text("utf-8"))["permissive"]
    return licenses


class LicensedTexts:
    """The card texts of a study that may be passed on.

    A text goes only where every model that carries it states a permissive licence and none is
    gated: of a text that several models share, nobody can tell whose it was first. Of a study of
    millions 100 bytes a model are kept.
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        self._starts: dict[str, int] = {}
        ids, hashes, allowed, rows = [], [], [], 0
        for path in study.models.shards():
            models = _with_text(study.models.load(path.stem, _COLUMNS))
            self._starts[path.stem] = rows
            rows += models.num_rows
            ids.append(models["id"])
            hashes.append(_digits(models["card_sha256"]))
            allowed.append(_allow(models))
        self._ids = pa.chunked_array(ids, pa.string()).combine_chunks()
        known, first, text, counts = np.unique(
            np.concatenate([np.empty(0, _DIGITS), *hashes]),
            return_index=True,
            return_inverse=True,
            return_counts=True,
        )
        refused = text[~np.concatenate([np.empty(0, bool), *allowed])]
        self._known, self._first, self._text = known, first, text
        self._allowed = np.bincount(refused, minlength=len(known)) == 0
        self._rows, self._ends = np.argsort(text, kind="stable"), np.cumsum(counts)

    def allow(self, hashes: pa.ChunkedArray | Sequence[str | None]) -> NDArray[np.bool_]:
        """Which of some texts may be passed on; null is none."""
        wanted = _digits(hashes)
        places = np.searchsorted(self._known, wanted)
        places[places == len(self._known)] = 0
        if not len(self._known):
            return np.zeros(len(wanted), bool)
        allowed: NDArray[np.bool_] = (self._known[places] == wanted) & self._allowed[places]
        return allowed

    def first_in(self, shard: str) -> list[Row]:
        """Models of a shard that are the first to carry a text that may be passed on.

        Each has the ids of all that carry it (`ids`), and its row of `cards/` (`text`).
        """
        models = self._study.models.load(shard, [*_COLUMNS, "sha"])
        rows = _with_text(models).to_pylist()
        texts = self._text[self._starts[shard] :][: len(rows)]
        is_first = self._first[texts] == self._starts[shard] + np.arange(len(rows))
        chosen = [
            {**rows[place], "ids": self._carriers(int(texts[place]))}
            for place in np.flatnonzero(is_first & self._allowed[texts])
        ]
        stored = StoredTexts(self._study, first=shard)
        by_hash = dict(stored.find(row["card_sha256"] for row in chosen))
        return [
            {**row, "text": by_hash[row["card_sha256"]]}
            for row in chosen
            if row["card_sha256"] in by_hash
        ]

    def _carriers(self, text: int) -> list[str]:
        start = self._ends[text - 1] if text else 0
        return [self._ids[row].as_py() for row in self._rows[start : self._ends[text]].tolist()]


def _with_text(models: pa.Table) -> pa.Table:
    named = pc.fill_null(pc.greater(pc.utf8_length(models["id"]), 0), False)
    return models.filter(pc.and_(named, pc.is_valid(models["card_sha256"])))


def _digits(hashes: pa.ChunkedArray | Sequence[str | None]) -> NDArray[np.bytes_]:
    plain = hashes.to_pylist() if isinstance(hashes, pa.ChunkedArray) else hashes
    return np.array([(text or "").encode() for text in plain], _DIGITS)


def _allow(models: pa.Table) -> NDArray[np.bool_]:
    permissive = pc.is_in(models["license"], pa.array(permissive_licenses(), pa.string()))
    gated = pc.fill_null(models["gated"], "false")
    is_open = pc.or_(pc.equal(gated, ""), pc.equal(pc.utf8_lower(gated), "false"))
    allowed: NDArray[np.bool_] = pc.and_(permissive, is_open).to_numpy()
    return allowed


@lru_cache(maxsize=1)
def licensed_texts(study: Study, changed: int) -> LicensedTexts:
    """The same, found once a process as long as the study's models do not change.

    Parameters
    ----------
    changed
        Time of the last change.
    """
    return LicensedTexts(study)
