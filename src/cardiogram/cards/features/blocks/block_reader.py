"""The blocks of a batch of cards, each read once.

A block's features depend on its text alone, and cards share many of their blocks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from cardiogram.cards.features.blocks.block_reading import BlockReadings, read_one_by_one

_MANY = 100
"""Texts that numpy reads faster."""


def read_blocks(texts: Iterable[str]) -> BlockReadings:
    """Read blocks, each text once; many of them with numpy, if that is loaded already.

    Parameters
    ----------
    texts
        Their visible texts.
    """
    row = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    if len(row) >= _MANY and "numpy" in sys.modules:
        from cardiogram.cards.features.blocks.block_batch import read_batch

        return read_batch(row)
    return read_one_by_one(row)
