"""What followed a change, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.track.looking_back import ChangedModel, LookBack, look_back

attach(__name__)
