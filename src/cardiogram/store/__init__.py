"""The study folder: every column once, atomic files, tables of shards, manifest and lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.store.files import write_atomically as write_atomically
    from cardiogram.store.files import write_error as write_error
    from cardiogram.store.schemas import CARDS as CARDS
    from cardiogram.store.schemas import LISTING as LISTING
    from cardiogram.store.schemas import MAP as MAP
    from cardiogram.store.schemas import MODELS as MODELS
    from cardiogram.store.schemas import RATINGS as RATINGS
    from cardiogram.store.schemas import ratings_schema as ratings_schema
    from cardiogram.store.study import FORMAT as FORMAT
    from cardiogram.store.study import Study as Study
    from cardiogram.store.table import Table as Table

attach(__name__)
