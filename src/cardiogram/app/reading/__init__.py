"""Cards that people read blind, and how far they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.app.reading.blind_reading import (
        BlindReading,
        Level,
        ReaderProgress,
        begin_reading,
        check_name,
    )
    from cardiogram.app.reading.masking import mask_names
    from cardiogram.app.reading.people import PeopleAgreement, list_reading_judges, measure_people

attach(__name__)
