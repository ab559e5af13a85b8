"""Facts of how a model was trained and what it scored: states, settings, lists, trackers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.facts.training.setting_files import is_hub_id
    from cardiogram.repository.facts.training.training_facts import TRAINING_FACTS
    from cardiogram.repository.facts.training.yaml_blocks import card_blocks, is_copy, scalar_source

attach(__name__)
