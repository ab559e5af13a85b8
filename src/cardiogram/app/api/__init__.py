"""What the app answers, a module a view: dataclasses in, dataclasses out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.app.api.endpoint import Endpoint
    from cardiogram.app.api.endpoints import all_endpoints
    from cardiogram.app.api.json_messages import answer_question, read_question
    from cardiogram.app.api.openapi import describe_api

attach(__name__)
