"""README to card: parse, find sections, name problems; and the cards that a study keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.card import Card, parse_card, parse_row
    from cardiogram.cards.counted import (
        collector_paused,
        counting_key,
        counting_version,
        facets_of_row,
        read_problems,
        terms_of_row,
    )
    from cardiogram.cards.front_matter import parse_metadata
    from cardiogram.cards.markdown import Block, parse_document
    from cardiogram.cards.metadata import metadata_from_tags
    from cardiogram.cards.problems import (
        TRANSIENT,
        explain_problem,
        is_transient,
        problem_code,
        problem_codes,
    )
    from cardiogram.cards.sections import (
        TOPICS,
        Section,
        is_placeholder,
        is_to_do,
        split_sections,
        topics_of,
        unfilled_tables,
    )
    from cardiogram.cards.stored import StoredTexts, has_card, is_studied, stored_cards, whole_text
    from cardiogram.cards.vocabulary import load_vocabulary
    from cardiogram.cards.yaml_reader import load_yaml

attach(__name__)
