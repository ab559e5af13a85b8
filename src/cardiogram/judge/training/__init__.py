"""A judge learned from labelled cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.training.train import train_judge

attach(__name__)
