"""One card at hand: its rating, what its files prove, its draft, and where that goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.app.api.card_at_hand.at_hand import CardAtHand, check_text
    from cardiogram.app.api.card_at_hand.card_endpoints import ENDPOINTS
    from cardiogram.app.api.card_at_hand.cards import CARD_ENDPOINTS
    from cardiogram.app.api.card_at_hand.drafts import DRAFT_ENDPOINTS
    from cardiogram.app.api.card_at_hand.proofs import PROOF_ENDPOINTS

attach(__name__)
