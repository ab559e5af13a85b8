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
    from cardiogram.improve.sending import (
        Handwritten,
        Proposal,
        Sent,
        SentLog,
        WorkItem,
        draft_owner,
        find_handwritten,
        prepare,
        send,
        with_readme,
    )
    from cardiogram.improve.view import DraftView, view_card

attach(__name__)
