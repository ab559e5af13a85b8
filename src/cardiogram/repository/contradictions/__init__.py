"""A card against files, other cards and itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.contradictions.contradiction import Contradiction
    from cardiogram.repository.contradictions.finder import find_contradictions
    from cardiogram.repository.contradictions.rules import CONTRADICTION_RULES

attach(__name__)
