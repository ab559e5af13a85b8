"""A map of the cards of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.maps.cluster import Stability as Stability
    from cardiogram.maps.fitted import Settings as Settings
    from cardiogram.maps.map import StudyMap as StudyMap, draw_map as draw_map
    from cardiogram.maps.place import (
        Place as Place,
        map_of as map_of,
        place as place,
        reference_map as reference_map,
    )
    from cardiogram.maps.project import open_tsne as open_tsne
    from cardiogram.maps.second_process import draw_map_beside as draw_map_beside

attach(__name__)
