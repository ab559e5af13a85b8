"""Limits on time that a shared machine cannot break by chance."""

from __future__ import annotations

import time
from collections.abc import Callable


def takes_under(seconds: float, call: Callable[[], object]) -> bool:
    """Whether a call needs less processor time than this, at its best of three."""
    return any(_processor_seconds(call) < seconds for _ in range(3))


def grows_with_size(call: Callable[[str], object], text: str) -> bool:
    """Whether a text takes no more than twelve times the time of its first quarter."""

    def whole_against_quarter() -> bool:
        quarter = _processor_seconds(lambda: call(text[: len(text) // 4]))
        return _processor_seconds(lambda: call(text)) < 12 * max(quarter, 0.05)

    call(text[: len(text) // 4])
    return any(whole_against_quarter() for _ in range(5))


def _processor_seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start
