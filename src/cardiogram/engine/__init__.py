"""One pure function over the shards of a table, on processes, threads or a cluster.

A shard is read, worked on and written by one worker, whole or not at all; who gives out the work
holds names alone::

    for name, summary in run_shards(shards, batch, out, Workers()):
        ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.engine.shards import (
        Batch,
        Out,
        Shard,
        join_batches,
        run_shards,
    )
    from cardiogram.engine.small_process import leave_pandas_out
    from cardiogram.engine.workers import Workers

attach(__name__)
