"""Ratings that others made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.gold.judge import PREFIX, read_labels_judge
    from cardiogram.judge.gold.labelled import PARTIAL, Copies, LabelledCards, read_labelled
    from cardiogram.judge.gold.readings import (
        PASSES,
        JudgeReading,
        choose_gold,
        choose_judge,
        hash_file,
        read_readings,
        read_rows,
    )
    from cardiogram.judge.gold.training_set import (
        OUT_OF_FOLD,
        describe_overlap,
        name_in_ratings,
        training_set_of,
        write_training_set,
    )

attach(__name__)
