"""Check single cards: their ratings, the gaps that cost them most, and what an edit changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.check.check import (
        Checked,
        DeletedCard,
        Detail,
        Lint,
        check,
        check_all,
        check_card,
        compare,
        falls_short,
        find_deleted,
        is_refused,
        rate_alone,
    )
    from cardiogram.check.earlier import Earlier
    from cardiogram.check.mend import fix, write_card
    from cardiogram.check.recognition import explain_no_card
    from cardiogram.check.targets import as_target, is_owner, look_for_cards, read_targets
    from cardiogram.check.verify import VerifiedCard, verify, verify_all

attach(__name__)
