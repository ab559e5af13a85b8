"""What near-duplicates are told by, of each card's text: read by workers, shard by shard."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cardiogram.analysis.columns.each_shard import each_shard
from cardiogram.analysis.columns.model_columns import ModelColumns
from cardiogram.analysis.columns.sign_texts import sign, sign_shard
from cardiogram.analysis.duplicates import MINIMA, Signatures
from cardiogram.cards import StoredTexts
from cardiogram.engine import Workers
from cardiogram.store import Study


def read_signatures(study: Study, models: ModelColumns, workers: Workers) -> Signatures:
    """Sign the text of every model that has a card."""
    n = len(models.ids)
    read = Signatures(np.empty((n, MINIMA), np.uint32), np.zeros(n, dtype=bool))
    elsewhere: list[NDArray[np.int64]] = []
    studied = {shard: np.flatnonzero(row_of >= 0) for shard, row_of in models.row_of.items()}
    for shard, signed in each_shard(sign_shard, study, studied, workers):
        row_of = models.row_of[shard]
        read.minima[row_of[signed.rows]] = signed.minima
        read.signed[row_of[signed.rows]] = True
        elsewhere.append(row_of[signed.elsewhere])
    rows = np.concatenate(elsewhere) if elsewhere else np.empty(0, np.int64)
    _sign_elsewhere(study, models, rows, read)
    return read


def _sign_elsewhere(
    study: Study, models: ModelColumns, rows: NDArray[np.int64], read: Signatures
) -> None:
    """Sign texts that are in a shard of another name."""
    chosen = pa.array(rows)
    asked = [
        {"id": id, "card_sha256": sha, "problems": None, "row": row}
        for id, sha, row in zip(
            models.ids.take(chosen).to_pylist(),
            models.shas.take(chosen).to_pylist(),
            rows.tolist(),
            strict=True,
        )
    ]
    texts, ids, row = list[str](), list[str](), list[int]()
    for model, text in StoredTexts(study).texts(asked):
        texts.append(text["body"])
        ids.append(model["id"])
        row.append(model["row"])
    own = sign(pa.array(texts, pa.large_string()), pa.array(ids, pa.string()))
    signed = np.array(row, np.int64)[own.signed]
    read.minima[signed] = own.minima[own.signed]
    read.signed[signed] = True
