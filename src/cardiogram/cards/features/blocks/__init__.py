"""What the blocks of cards say: read one by one, or many at once with numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.features.blocks.block_reader import read_blocks
    from cardiogram.cards.features.blocks.block_reading import (
        BlockReading,
        BlockReadings,
        count_numbers,
        count_words,
    )
    from cardiogram.cards.features.blocks.lanes import (
        COUNTED,
        DETAILED,
        LANES,
        ONE,
        Counts,
        sum_up,
    )

attach(__name__)
