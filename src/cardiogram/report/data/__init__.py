"""What a page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.data.blocks import make_blocks as make_blocks
    from cardiogram.report.data.match import Pair as Pair
    from cardiogram.report.data.payload import (
        Evidence as Evidence,
        Model as Model,
        Payload as Payload,
        Score as Score,
        build_payload as build_payload,
    )
    from cardiogram.report.data.texts import CardText as CardText

attach(__name__)
