"""Every function of this folder, in the order in which facts are shown."""

from __future__ import annotations

from cardiogram.repository.facts.contents import (
    configuration,
    context_length,
    pipelines,
    special_tokens,
)

CONTENT_FACTS = (
    *configuration.FUNCTIONS,
    *context_length.FUNCTIONS,
    *special_tokens.FUNCTIONS,
    *pipelines.FUNCTIONS,
)
