"""The ledger: who is watched, and what the Hub counted of them, a shard a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.track.ledger.adding import Added, add_models
    from cardiogram.track.ledger.model_ledger import (
        DEFAULT_LEDGER,
        DamagedShard,
        ModelLedger,
        Watched,
    )
    from cardiogram.track.ledger.snapshot import Snapshot, take_snapshot

attach(__name__)
