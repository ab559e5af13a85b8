"""Segments of a map: names and profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.maps.segments.llm_naming import ModelNamer
    from cardiogram.maps.segments.map_examples import find_examples
    from cardiogram.maps.segments.mapped_models import (
        Models,
        author_of,
        read_expected,
        read_models,
    )
    from cardiogram.maps.segments.naming import (
        Named,
        SegmentContents,
        class_terms,
        common_terms,
        gather,
        name_all,
    )
    from cardiogram.maps.segments.profile import (
        RuleAgreement,
        against_rules,
        segments_of,
        trait_contrasts,
    )
    from cardiogram.maps.segments.segments import Segment, read_segments, write_segments

attach(__name__)
