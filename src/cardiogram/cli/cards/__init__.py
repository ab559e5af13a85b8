"""Commands for single cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cli.cards.checking import check_cards

attach(__name__)
