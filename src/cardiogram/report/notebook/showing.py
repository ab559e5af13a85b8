"""Which fragment a result is shown as, and which screen."""

from __future__ import annotations

from functools import singledispatch

from cardiogram.check import Checked, VerifiedCard
from cardiogram.improve import Draft
from cardiogram.report.markup import Markup
from cardiogram.report.notebook.checked_fragment import show_checked
from cardiogram.report.notebook.draft_fragment import show_draft
from cardiogram.report.notebook.verified_fragment import show_verified
from cardiogram.report.terminal import render_checked, render_drafts, render_verified


@singledispatch
def show(result: object) -> Markup:
    """Write a checked card, a verified card or a draft as a fragment of HTML.

    Raises
    ------
    TypeError
        There is no fragment of such a thing.
    """
    raise TypeError(f"nothing shows a {type(result).__name__}")


@singledispatch
def write(result: object) -> str:
    """Write a checked card, a verified card or a draft as a screen of text.

    Raises
    ------
    TypeError
        There is no screen of such a thing.
    """
    raise TypeError(f"nothing writes a {type(result).__name__}")


show.register(Checked, show_checked)
show.register(VerifiedCard, show_verified)
show.register(Draft, show_draft)
write.register(Checked, lambda checked: render_checked([checked]).rstrip())
write.register(VerifiedCard, lambda verified: render_verified([verified]).rstrip())
write.register(Draft, lambda draft: render_drafts([draft]).rstrip())
