"""When Python looks for garbage: not in the midst of a batch of cards.

Parsing and rating make many small objects and no cycles of them. The search for cycles, which
starts after so many new objects, would walk through all cards at hand again and again.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Put the collector of cycles off until the block ends."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
