"""Claims and their proof: write it, verify it, export it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.proof.anchors import AnchoredText
    from cardiogram.repository.proof.claim import Claim, QuoteSelector, State
    from cardiogram.repository.proof.cyclonedx import write_cyclonedx
    from cardiogram.repository.proof.layout import (
        claim_as_json,
        clean,
        fact_as_json,
        facts_as_json,
        format_value,
        name_measure,
        name_place,
        source_as_json,
    )
    from cardiogram.repository.proof.proving import prove
    from cardiogram.repository.proof.sidecar import PROOF, Proof, read_proof, write_proof
    from cardiogram.repository.proof.verification import make_proof, verify
    from cardiogram.repository.proof.verified import STATES, Verification, Verified

attach(__name__)
