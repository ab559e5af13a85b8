"""A tensor as a header describes it."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a file; its weights were not read.

    Attributes
    ----------
    dtype
        ``F32``, ``BF16``, ``I32`` ... of safetensors; ``F16``, ``Q4_K`` ... of GGUF.
    shape
        Outermost dimension first in safetensors, innermost first in GGUF, as the files have it.
    bytes
        What it takes in the file; 0 where its type is not known.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    bytes: int = 0

    @property
    def numbers(self) -> int:
        """Numbers that are stored: of packed weights, those of the packing."""
        return math.prod(self.shape)
