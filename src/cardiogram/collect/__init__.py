"""Models and their cards from the Hub or from the disk into a study folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.collect.collect import Source as Source, collect as collect
    from cardiogram.collect.daily_counts import Dated as Dated, read_dated as read_dated
    from cardiogram.collect.read_cards import (
        draw_cards as draw_cards,
        read_card as read_card,
        read_cards as read_cards,
        strata_of as strata_of,
    )
    from cardiogram.collect.sample import Sample as Sample
    from cardiogram.collect.snapshot import Snapshot as Snapshot, take_snapshot as take_snapshot
    from cardiogram.collect.sources import kind_of as kind_of

attach(__name__)
