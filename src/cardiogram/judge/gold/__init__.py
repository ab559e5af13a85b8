"""Ratings that others made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.gold.judge import PREFIX as PREFIX, read_labels_judge as read_labels_judge
    from cardiogram.judge.gold.label_files import (
        LabelledCards as LabelledCards,
        read_labelled as read_labelled,
        read_rows as read_rows,
    )
    from cardiogram.judge.gold.readings import (
        PASSES as PASSES,
        JudgeReading as JudgeReading,
        choose_gold as choose_gold,
        choose_judge as choose_judge,
        hash_file as hash_file,
        read_readings as read_readings,
    )
    from cardiogram.judge.gold.training_set import (
        OUT_OF_FOLD as OUT_OF_FOLD,
        describe_overlap as describe_overlap,
        name_in_ratings as name_in_ratings,
        training_set_of as training_set_of,
        write_training_set as write_training_set,
    )

attach(__name__)
