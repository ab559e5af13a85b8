"""What the files say of the model: class, shape, context, tokens, pipeline, inputs, origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.facts.contents.content_facts import CONTENT_FACTS
    from cardiogram.repository.facts.contents.context_length import context
    from cardiogram.repository.facts.contents.libraries import holds_weights

attach(__name__)
