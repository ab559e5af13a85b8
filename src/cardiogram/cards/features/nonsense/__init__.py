"""Text that a visitor sees and that says nothing.

Words in no order, characters at random, numbers of nothing, and the rubric itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.features.nonsense.noise import (
        FEWEST_NUMBERS,
        NOISE_LETTERS,
        is_bare,
        is_noise,
    )
    from cardiogram.cards.features.nonsense.outline import BLOCK, Outlines
    from cardiogram.cards.features.nonsense.pasted import (
        PASTED_SHARE,
        PASTED_WORDS,
        read_rubrics,
    )
    from cardiogram.cards.features.nonsense.word_order import load_order

attach(__name__)
