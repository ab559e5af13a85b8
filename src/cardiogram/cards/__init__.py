"""README to card: parse, find sections, name problems; and the cards that a study keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.card import Card as Card, parse_card as parse_card, parse_row as parse_row
    from cardiogram.cards.counted import (
        CardBatch as CardBatch,
        CountedCards as CountedCards,
        collector_paused as collector_paused,
        facets_of_row as facets_of_row,
        read_problems as read_problems,
        terms_of_row as terms_of_row,
    )
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
    from cardiogram.cards.stored import (
        StoredTexts as StoredTexts,
        has_card as has_card,
        is_studied as is_studied,
        stored_cards as stored_cards,
        whole_text as whole_text,
    )
    from cardiogram.cards.vocabulary import load_vocabulary as load_vocabulary

attach(__name__)
