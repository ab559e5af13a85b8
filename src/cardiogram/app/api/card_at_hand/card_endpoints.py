"""All addresses on the card at hand."""

from __future__ import annotations

from cardiogram.app.api.card_at_hand.cards import CARD_ENDPOINTS
from cardiogram.app.api.card_at_hand.drafts import DRAFT_ENDPOINTS
from cardiogram.app.api.card_at_hand.outgoing import OUTGOING_ENDPOINTS
from cardiogram.app.api.card_at_hand.proofs import PROOF_ENDPOINTS

ENDPOINTS = (*CARD_ENDPOINTS, *PROOF_ENDPOINTS, *DRAFT_ENDPOINTS, *OUTGOING_ENDPOINTS)
