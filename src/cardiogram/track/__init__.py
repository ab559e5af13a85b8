"""What followed a change, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.track.looking_back import ChangedModel, LookBack, look_back
    from cardiogram.track.watched_cards import (
        LedgerView,
        WatchedCard,
        find_series,
        read_own_events,
        view_ledger,
    )

attach(__name__)
