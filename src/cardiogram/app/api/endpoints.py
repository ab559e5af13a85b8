"""All addresses of the API."""

from __future__ import annotations

from cardiogram.app.api import (
    card_at_hand,
    job_answers,
    over_time,
    owners,
    reading_answers,
    studies,
)
from cardiogram.app.api.endpoint import Endpoint

_ROOMS = (card_at_hand, job_answers, over_time, owners, reading_answers, studies)


def all_endpoints() -> tuple[Endpoint, ...]:
    """Each address, those of one view together."""
    return tuple(endpoint for room in _ROOMS for endpoint in room.ENDPOINTS)
