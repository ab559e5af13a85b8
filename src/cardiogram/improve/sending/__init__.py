"""A draft goes to the Hub as a pull request: shown first, sent once, never twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.improve.sending.owner_drafts import draft_owner
    from cardiogram.improve.sending.proposal import Proposal, prepare
    from cardiogram.improve.sending.restoring import find_handwritten, with_readme
    from cardiogram.improve.sending.sender import MOST_A_DAY, Sent, send
    from cardiogram.improve.sending.sent_log import SentLog, state_folder

attach(__name__)
