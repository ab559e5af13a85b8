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
        is_edited,
        is_refused,
        rate_alone,
    )
    from cardiogram.check.earlier import Earlier
    from cardiogram.check.folders import look_for_cards
    from cardiogram.check.mend import fix, fix_all, write_card
    from cardiogram.check.missing import MissingCard, find_missing
    from cardiogram.check.recognition import explain_no_card
    from cardiogram.check.targets import (
        as_target,
        find_cards,
        is_owner,
        name_by_folder,
        read_targets,
        refuse_folder_of_many,
        refuse_one_id,
    )
    from cardiogram.check.verify import VerifiedCard, verify, verify_all

attach(__name__)
