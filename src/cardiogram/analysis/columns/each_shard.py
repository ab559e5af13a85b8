"""Shards that are worked on by workers, what is made of each taken in the shards' order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cardiogram.engine import Workers
from cardiogram.store import Study

Made = TypeVar("Made")


def each_shard(
    work: Callable[[Path, str, NDArray[np.int64]], Made],
    study: Study,
    rows: Mapping[str, NDArray[np.int64]],
    workers: Workers,
) -> Iterator[tuple[str, Made]]:
    """Do the same with every shard, in this process where they hold few rows.

    Parameters
    ----------
    work
        A function of a module, from the study's folder, a shard's name and some of its rows.
    rows
        By the shard's name.
    """
    if workers.are_worth(len(rows), sum(map(len, rows.values()))):
        with workers.open([work.__module__]) as pool:
            asked = deque(
                (name, pool.submit(work, study.root, name, some)) for name, some in rows.items()
            )
            while asked:  # what was taken is held no longer
                name, future = asked.popleft()
                yield name, future.result()
    else:
        for name, some in rows.items():
            yield name, work(study.root, name, some)
