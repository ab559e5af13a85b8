"""A language model smooths what a draft added; what it may not change, it does not see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.improve.rewriting.rewriter import (
        estimate_rewriting,
        rewrite_draft,
        rewrite_drafts,
    )

attach(__name__)
