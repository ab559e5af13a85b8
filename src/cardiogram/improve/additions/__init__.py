"""What the files of a repository allow a card to say that it does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.improve.additions.draft_words import DraftWords
    from cardiogram.improve.additions.finding import find_additions, find_unwritten
    from cardiogram.improve.additions.places import below_title, heading_over, into_section

attach(__name__)
