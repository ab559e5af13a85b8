"""Every function of this folder, in the order in which facts are shown."""

from __future__ import annotations

from cardiogram.repository.facts.weights import (
    adapters,
    counted_weights,
    gguf_files,
    lora_files,
    quantisation,
)

WEIGHT_FACTS = (
    *counted_weights.FUNCTIONS,
    *gguf_files.FUNCTIONS,
    *quantisation.FUNCTIONS,
    *adapters.FUNCTIONS,
    *lora_files.FUNCTIONS,
)
