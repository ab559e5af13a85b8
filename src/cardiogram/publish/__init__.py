"""A study as a dataset on the Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.publish.card import format_bytes as format_bytes
    from cardiogram.publish.publish import (
        Options as Options,
        Plan as Plan,
        plan_dataset as plan_dataset,
        publish as publish,
    )

attach(__name__)
