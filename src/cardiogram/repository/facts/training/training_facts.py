"""All functions of this folder, those first whose sources are the strongest."""

from __future__ import annotations

from cardiogram.repository.facts.training.event_files import EVENT_FACTS
from cardiogram.repository.facts.training.generated_lists import LIST_FACTS
from cardiogram.repository.facts.training.harness_files import HARNESS_FACTS
from cardiogram.repository.facts.training.result_files import RESULT_FACTS
from cardiogram.repository.facts.training.setting_files import FILE_FACTS
from cardiogram.repository.facts.training.tracked import TRACKER_FACTS
from cardiogram.repository.facts.training.trackio import TRACKIO_FACTS
from cardiogram.repository.facts.training.trainer_state import STATE_FACTS
from cardiogram.repository.facts.training.yaml_blocks import BLOCK_FACTS

TRAINING_FACTS = (
    *RESULT_FACTS,
    *HARNESS_FACTS,
    *STATE_FACTS,
    *FILE_FACTS,
    *TRACKER_FACTS,
    *TRACKIO_FACTS,
    *EVENT_FACTS,
    *BLOCK_FACTS,
    *LIST_FACTS,
)
