"""Why a question is not answered, as HTTP has it."""

from __future__ import annotations

from cardiogram.errors import AccessDenied, CardiogramError, CardNotFound, HubError, RateLimited

ENDING = "the app is ending"
"""Why nothing is answered any more."""

_STATUS: tuple[tuple[type[CardiogramError], int], ...] = (
    (CardNotFound, 404),
    (AccessDenied, 403),
    (RateLimited, 429),
    (HubError, 502),
    (CardiogramError, 400),
)


def status_of(error: CardiogramError) -> int:
    """The status of a refusal."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))
