"""What a page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.data.data_blocks import make_blocks as make_blocks
    from cardiogram.report.data.match import CardPair as CardPair
    from cardiogram.report.data.origin import StudyOrigin as StudyOrigin
    from cardiogram.report.data.payload import Payload as Payload, build_payload as build_payload
    from cardiogram.report.data.shown_models import ShownModel as ShownModel
    from cardiogram.report.data.texts import CardText as CardText

attach(__name__)
