"""Ratings that others made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.gold.judge import PREFIX as PREFIX, labels_judge as labels_judge
    from cardiogram.judge.gold.label_files import (
        Labelled as Labelled,
        read_jsonl as read_jsonl,
        read_labelled as read_labelled,
    )
    from cardiogram.judge.gold.readings import (
        PASSES as PASSES,
        Reading as Reading,
        choose_judge as choose_judge,
        hash_of as hash_of,
        read_readings as read_readings,
        read_rows as read_rows,
    )
    from cardiogram.judge.gold.training_set import (
        UNSEEN as UNSEEN,
        count_seen as count_seen,
        learned as learned,
        named as named,
        seen_by as seen_by,
        warning as warning,
        write_seen as write_seen,
    )

attach(__name__)
