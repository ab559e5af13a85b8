"""Better cards in which every sentence has its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.improve.claiming import proof_of
    from cardiogram.improve.draft import (
        Audience,
        Draft,
        DraftChange,
        Handwritten,
        Question,
        Rewriting,
        Sentence,
        apply_changes,
    )
    from cardiogram.improve.drafting import improve
    from cardiogram.improve.editing import EditRefused, ReadmeText, kept_words
    from cardiogram.improve.interview import (
        Answers,
        explain_refusal,
        is_no_answer,
        make_answers,
        may_remove,
        read_answers,
        write_form,
    )
    from cardiogram.improve.operations import Operation
    from cardiogram.improve.owner_work import (
        OwnerCard,
        OwnerWork,
        keep_work,
        kept_work,
        list_work,
        read_work,
    )
    from cardiogram.improve.repairs import generator_lines, is_handwritten, is_written
    from cardiogram.improve.rewriting import estimate_rewriting, rewrite_draft, rewrite_drafts
    from cardiogram.improve.saving import save_draft
    from cardiogram.improve.sending import (
        Proposal,
        Sent,
        SentLog,
        draft_owner,
        find_handwritten,
        prepare,
        send,
        state_folder,
        with_readme,
    )
    from cardiogram.improve.tracing import TracedLine, trace_lines
    from cardiogram.improve.view import DraftView, view_card

attach(__name__)
