"""Segments of a map: names and profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.maps.segments.llm_naming import ModelNamer as ModelNamer
    from cardiogram.maps.segments.naming import (
        Named as Named,
        SegmentContents as SegmentContents,
        class_terms as class_terms,
        gather as gather,
        name_all as name_all,
    )
    from cardiogram.maps.segments.profile import (
        Models as Models,
        RuleAgreement as RuleAgreement,
        against_rules as against_rules,
        segments_of as segments_of,
        trait_contrasts as trait_contrasts,
    )
    from cardiogram.maps.segments.segments import (
        Segment as Segment,
        read_segments as read_segments,
        write_segments as write_segments,
    )

attach(__name__)
