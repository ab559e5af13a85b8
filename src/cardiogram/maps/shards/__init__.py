"""A study's models shard by shard: which a map shows, which it is fitted on, what it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.maps.shards.fit_sample import choose_sample
    from cardiogram.maps.shards.map_shard import KEYS, MapShard, shards_on_map
    from cardiogram.maps.shards.reading import MappedCard, read_card, read_cards, text_of

attach(__name__)
