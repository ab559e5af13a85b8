"""What is stored: parameters, types, quantisation, adapters, GGUF files, counted in headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.facts.weights.adapters import adapter_configs
    from cardiogram.repository.facts.weights.counted_weights import CONFIGS, count_of, parameters
    from cardiogram.repository.facts.weights.gguf_files import model_headers
    from cardiogram.repository.facts.weights.quantisation import is_quantised
    from cardiogram.repository.facts.weights.weight_facts import WEIGHT_FACTS
    from cardiogram.repository.facts.weights.weight_files import weight_files

attach(__name__)
