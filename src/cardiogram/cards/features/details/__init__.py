"""Features of the finer kind: what numbers and code mean, and what belongs to this very card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.features.details.details import NEAR, Details, parse_python
    from cardiogram.cards.features.details.keys import count_keys
    from cardiogram.cards.features.details.loose import LOOSE_TOPICS, Ties

attach(__name__)
