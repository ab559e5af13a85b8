"""What is counted in a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.features.blocks import count_words
    from cardiogram.cards.features.boilerplate import (
        find_makers,
        hash_shape,
        is_boilerplate,
        load_shapes,
    )
    from cardiogram.cards.features.dataset import (
        DatasetFeatures,
        count_dataset_features,
    )
    from cardiogram.cards.features.details import NEAR, parse_python
    from cardiogram.cards.features.facets import Facets, facets_of, task_of
    from cardiogram.cards.features.kinds import (
        KINDS,
        LANGUAGES,
        LENGTHS,
        kinds_of,
        language_of,
        length_name,
        length_of,
    )
    from cardiogram.cards.features.literals import name_search
    from cardiogram.cards.features.mentions import (
        CODE,
        LINKS,
        MAKERS,
        PHRASES,
        PROSE,
        STATED,
        Visible,
    )
    from cardiogram.cards.features.phrase_index import PhraseIndex, lower_bytes
    from cardiogram.cards.features.term_batch import list_pieces
    from cardiogram.cards.features.terms import CardTerms, fields_of, terms_of
    from cardiogram.cards.features.traits import TRAITS, TraitKind, is_machine_made, traits_of
    from cardiogram.cards.features.vector import (
        FEATURE_NAMES,
        CardFeatures,
        Features,
        Vector,
        count_features,
        count_features_of,
        first_braces,
        is_unfilled,
        read_features,
        to_vector,
    )

attach(__name__)
