"""A card against the one before it: what is new must be proven, or its author must have said it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.proof.against.new_claims import compare_with

attach(__name__)
