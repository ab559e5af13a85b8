"""What a map knows of each card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.maps.reading.reading import (
        Read as Read,
        Reader as Reader,
        models_on_map as models_on_map,
    )
    from cardiogram.maps.reading.rules import Facets as Facets
    from cardiogram.maps.reading.terms import Terms as Terms, terms_of as terms_of

attach(__name__)
