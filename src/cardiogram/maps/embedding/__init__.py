"""Cards to vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.maps.embedding.study_vectors import StudyVectors
    from cardiogram.maps.embedding.term_embedder import (
        TermEmbedder,
        Vectors,
        fit_terms,
    )
    from cardiogram.maps.embedding.weighing import View, bags_of, weigh

attach(__name__)
