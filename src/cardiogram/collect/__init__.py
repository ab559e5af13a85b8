"""Models and their cards from the Hub or from the disk into a study folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.collect.collect import collect, count_unread, list_models
    from cardiogram.collect.daily_counts import Dated, read_dated
    from cardiogram.collect.hub_cards import list_owner, read_card, read_listed
    from cardiogram.collect.read_cards import draw_cards, read_cards, strata_of
    from cardiogram.collect.sample import Sample
    from cardiogram.collect.source_sample import SourceSample, draw_sample
    from cardiogram.collect.sources import kind_of, read_source
    from cardiogram.collect.study_source import Source

attach(__name__)
