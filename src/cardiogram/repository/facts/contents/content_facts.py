"""Every function of this folder, in the order in which facts are shown."""

from __future__ import annotations

from cardiogram.repository.facts.contents import (
    base_models,
    chat_prompts,
    configuration,
    context_length,
    inputs,
    libraries,
    pipelines,
    sentence_models,
    special_tokens,
)

CONTENT_FACTS = (
    *base_models.FUNCTIONS,
    *configuration.FUNCTIONS,
    *libraries.FUNCTIONS,
    *pipelines.FUNCTIONS,
    *context_length.FUNCTIONS,
    *sentence_models.FUNCTIONS,
    *inputs.FUNCTIONS,
    *special_tokens.FUNCTIONS,
    *chat_prompts.FUNCTIONS,
)
