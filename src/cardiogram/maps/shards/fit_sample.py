"""Which models a map is fitted on, where there are too many for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cardiogram.maps.shards.map_shard import MapShard

_STRATUM = ["pipeline_tag", "library_name", "downloads"]


def choose_sample(
    shards: Sequence[MapShard], size: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw models by task and downloads, so that small tasks and widely used models are there.

    A stratum is a task, or a library where there is none, and the number of digits of the
    downloads. It is drawn from by the square root of its models.

    Returns
    -------
    numpy.ndarray
        Places of the chosen models among those of all shards, in order.

    References
    ----------
    Bankier (1988), Power allocations: determining sample sizes for subnational areas, The
    American Statistician 42(3), 174-177.
    """
    numbers: defaultdict[tuple[str, int], int] = defaultdict(lambda: len(numbers))
    strata = []
    for shard in shards:
        task, library, downloads = (column.to_pylist() for column in shard.models(_STRATUM).columns)
        strata += [
            numbers[kind or other or "", len(str(count or 0))]
            for kind, other, count in zip(task, library, downloads, strict=True)
        ]
    stratum = np.array(strata, dtype=np.int64)
    wanted = allocate(np.bincount(stratum), size)
    chosen = [
        rng.choice(np.flatnonzero(stratum == number), count, replace=False)
        for number, count in enumerate(wanted.tolist())
        if count
    ]
    return np.sort(np.concatenate(chosen))


def allocate(sizes: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Share a sample between strata by the square roots of their sizes, none above its own.

    Examples
    --------
    >>> allocate(np.array([10_000, 100, 1]), 112).tolist()
    [101, 10, 1]
    """
    low, high = 0.0, float(np.sqrt(sizes.max()))
    for _ in range(60):
        factor = (low + high) / 2
        short = np.minimum(sizes, factor * np.sqrt(sizes)).sum() < size
        low, high = (factor, high) if short else (low, factor)
    shares = np.minimum(sizes, high * np.sqrt(sizes))
    wanted = np.floor(shares).astype(np.int64)
    missing = np.argsort(wanted - shares, kind="stable")[: size - int(wanted.sum())]
    wanted[missing] += 1
    return wanted
