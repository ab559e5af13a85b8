"""Claims and their proof: write it, verify it, export it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.proof.claim import Claim, QuoteSelector, State

attach(__name__)
