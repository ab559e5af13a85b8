"""A study on the Hub: as a dataset, or its report as a static Space."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.publish.card import format_bytes
    from cardiogram.publish.planned import Options, Plan, SharedTexts
    from cardiogram.publish.publish import plan_dataset, publish
    from cardiogram.publish.space import plan_space
    from cardiogram.publish.tables import OWN_WORDS, shareable

attach(__name__)
