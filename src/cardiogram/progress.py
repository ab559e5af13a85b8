"""How long work tells what it has done, without knowing who listens."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]
"""Told of the step, how much of it is done, and how much there is (None while unknown)."""


def silent(step: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""
