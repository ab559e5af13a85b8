"""Cards to vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.maps.embedding.embedders import (
        CachedVectors as CachedVectors,
        load_embedder as load_embedder,
    )
    from cardiogram.maps.embedding.term_embedder import (
        TermEmbedder as TermEmbedder,
        Vectors as Vectors,
        View as View,
        fit_terms as fit_terms,
        scipy as scipy,
        weigh as weigh,
    )

attach(__name__)
