"""Better cards in which every sentence has its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.improve.draft import (
        Audience,
        Draft,
        DraftChange,
        Question,
        Sentence,
        apply_changes,
    )
    from cardiogram.improve.editing import EditRefused, ReadmeText
    from cardiogram.improve.operations import Operation
    from cardiogram.improve.sending import Proposal, Sent, SentLog, prepare, send
    from cardiogram.improve.view import DraftView, view_card

attach(__name__)
