"""What is counted in a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cards.features.blocks import count_words as count_words
    from cardiogram.cards.features.boilerplate import (
        find_generators as find_generators,
        hash_shape as hash_shape,
        is_boilerplate as is_boilerplate,
        load_shapes as load_shapes,
    )
    from cardiogram.cards.features.dataset import (
        SIZE_CATEGORIES as SIZE_CATEGORIES,
        DatasetFeatures as DatasetFeatures,
        configs_fault as configs_fault,
        count_dataset_features as count_dataset_features,
    )
    from cardiogram.cards.features.details import parse_python as parse_python
    from cardiogram.cards.features.facets import Facets as Facets, facets_of as facets_of
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
    from cardiogram.cards.features.terms import CardTerms as CardTerms, terms_of as terms_of
    from cardiogram.cards.features.traits import (
        TRAITS as TRAITS,
        is_machine_made as is_machine_made,
        traits_of as traits_of,
    )
    from cardiogram.cards.features.vector import (
        FEATURE_NAMES as FEATURE_NAMES,
        CardFeatures as CardFeatures,
        Features as Features,
        count_features as count_features,
        count_features_of as count_features_of,
        feature_matrix as feature_matrix,
        first_braces as first_braces,
        is_unfilled as is_unfilled,
        read_features as read_features,
        to_vector as to_vector,
    )

attach(__name__)
