"""What a card says and files contradict for certain: mended with its proof, the rest asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.improve.corrections.correcting import (
        correct,
        find_corrections,
        is_kept,
        line_at,
    )

attach(__name__)
