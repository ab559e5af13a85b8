"""What is counted in a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.features.blocks import count_words as count_words
    from cardiogram.cards.features.boilerplate import (
        generators as generators,
        is_boilerplate as is_boilerplate,
        known_shapes as known_shapes,
        shape as shape,
    )
    from cardiogram.cards.features.dataset import (
        SIZE_CATEGORIES as SIZE_CATEGORIES,
        DatasetFacts as DatasetFacts,
        configs_fault as configs_fault,
        count_dataset_facts as count_dataset_facts,
    )
    from cardiogram.cards.features.kinds import (
        KINDS as KINDS,
        LANGUAGES as LANGUAGES,
        LENGTHS as LENGTHS,
        kinds_of as kinds_of,
        language_of as language_of,
        length_name as length_name,
        length_of as length_of,
    )
    from cardiogram.cards.features.mentions import (
        CODE as CODE,
        LINKS as LINKS,
        MAKERS as MAKERS,
        PHRASES as PHRASES,
        PROSE as PROSE,
        STATED as STATED,
        Visible as Visible,
    )
    from cardiogram.cards.features.phrase_index import (
        PhraseIndex as PhraseIndex,
        lower_bytes as lower_bytes,
    )
    from cardiogram.cards.features.snippets import parse_python as parse_python
    from cardiogram.cards.features.traits import (
        TRAITS as TRAITS,
        is_machine_made as is_machine_made,
        see as see,
        traits_of as traits_of,
    )
    from cardiogram.cards.features.vector import (
        NAMES as NAMES,
        Facts as Facts,
        count_all as count_all,
        count_facts as count_facts,
        first_braces as first_braces,
        is_unfilled as is_unfilled,
        matrix as matrix,
        vector as vector,
    )

attach(__name__)
