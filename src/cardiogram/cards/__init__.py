"""README to card: parse, find sections and features, name problems, collect into a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.card import Card as Card, parse_card as parse_card
    from cardiogram.cards.document import Block as Block, parse_document as parse_document
    from cardiogram.cards.metadata import metadata_from_tags as metadata_from_tags
    from cardiogram.cards.problems import (
        TRANSIENT as TRANSIENT,
        explain_problem as explain_problem,
        problem_code as problem_code,
        problem_codes as problem_codes,
    )
    from cardiogram.cards.sections import (
        TOPICS as TOPICS,
        is_placeholder as is_placeholder,
        split_sections as split_sections,
        topics_of as topics_of,
    )
    from cardiogram.cards.vocabulary import load_vocabulary as load_vocabulary

attach(__name__)
