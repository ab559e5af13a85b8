"""A process that works on shards and leaves memory to those beside it."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Of the GNU C library: how much free memory at the end of the heap is kept, from which size on a
piece is given back as soon as it is free, and from how many heaps threads have smaller ones."""


@cache
def use_little() -> None:
    """Use one core, and give back memory that is not in use."""
    import pyarrow as pa

    pa.set_cpu_count(1)
    pa.set_memory_pool(pa.system_memory_pool())
    leave_pandas_out()
    with suppress(AttributeError, TypeError, OSError):  # where the C library is not GNU's
        allocator = ctypes.CDLL(None)
        allocator.mallopt(_ARENA_MAX, 1)
        allocator.mallopt(_MMAP_THRESHOLD, 1 << 24)
        allocator.mallopt(_TRIM_THRESHOLD, 1 << 25)  # pages given back are asked for again at once
    gc.freeze()  # pages that are shared with other workers stay so


def leave_pandas_out() -> None:
    """Have Arrow not import pandas, as it does when it makes its first array: 0.2 s and 30 MB.

    It asks once whether pandas is there. Where a data frame is asked for, it imports it still.
    """
    if "pandas" in sys.modules:
        return
    import pyarrow as pa

    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([])
    finally:
        sys.meta_path.remove(finder)


class _NoPandas:
    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Say of pandas that it is not installed."""
        if name == "pandas":
            raise ModuleNotFoundError(name=name)
