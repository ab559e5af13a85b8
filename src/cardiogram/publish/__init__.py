"""A study as a dataset on the Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.publish.card import format_bytes
    from cardiogram.publish.publish import Options, Plan, plan_dataset, publish

attach(__name__)
