"""A map of the cards of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.maps.cluster import Stability
    from cardiogram.maps.fitted import FittedMap
    from cardiogram.maps.map import StudyMap, draw_map
    from cardiogram.maps.map_file import NOWHERE, Settings
    from cardiogram.maps.place import (
        REFERENCE,
        Neighbour,
        Place,
        map_of,
        place,
        reference_map,
    )
    from cardiogram.maps.plain_map import PlainMap
    from cardiogram.maps.second_process import draw_map_beside
    from cardiogram.maps.standing import KindStanding, Standing, find_standing

attach(__name__)
