"""What a worker does with a shard of texts; it needs little memory beside the texts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cardiogram.analysis.duplicates import MINIMA, sign
from cardiogram.store import Study


@dataclass(frozen=True, slots=True)
class SignedShard:
    """Rows of a shard with a signature, and those whose texts are in another shard of `cards/`."""

    rows: NDArray[np.int64]
    minima: NDArray[np.uint32]
    elsewhere: NDArray[np.int64]


def sign_shard(root: Path, shard: str) -> SignedShard:
    """Sign the texts of a shard."""
    study = Study(root)
    models = study.models.read(["id", "card_sha256"], f"{shard}.parquet").combine_chunks()
    cards = study.cards.read(["card_sha256", "body"], f"{shard}.parquet").combine_chunks()
    sha = models["card_sha256"].combine_chunks()
    place = pc.index_in(sha, value_set=cards["card_sha256"].combine_chunks())
    place = place.fill_null(-1).to_numpy(zero_copy_only=False)
    has_card = pc.is_valid(sha).to_numpy(zero_copy_only=False)
    rows, minima = list[int](), list[NDArray[np.uint32]]()
    ids, bodies = models["id"], cards["body"]
    for row in np.flatnonzero(place >= 0).tolist():
        signature = sign(bodies[int(place[row])].as_py() or "", ids[row].as_py() or "")
        if signature is not None:
            rows.append(row)
            minima.append(signature)
    del cards, bodies
    pa.default_memory_pool().release_unused()
    return SignedShard(
        np.array(rows, np.int64),
        np.array(minima, np.uint32).reshape(-1, MINIMA),
        np.flatnonzero(has_card & (place < 0)),
    )
